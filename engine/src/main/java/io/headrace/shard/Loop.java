package io.headrace.shard;

import io.headrace.time.Clock;
import java.util.concurrent.Executor;

/// One event loop as the engine sees it. Everything a shard owns is touched on its loop only.
///
/// Threads: [#execute], [#inLoop] and [#clock] any; the rest on the loop.
public interface Loop extends Executor {
    boolean inLoop();

    /// Runs `task` in a later turn of this loop. Tasks from one thread run in the order given.
    @Override
    void execute(Runnable task);

    /// Runs `task` at the end of the current turn: after everything that can be read and executed now,
    /// before the loop waits. A task given while the end of the turn is worked off runs in the same end.
    void afterTurn(Runnable task);

    /// At the end of a turn: the next need not begin at once, because many wait for something that another thread will
    /// tell. The loop may rest a fraction of a millisecond; a task from another thread ends that.
    default void mayRest() {}

    /// Runs `task` on the loop after `delayMillis`, at a resolution of some milliseconds.
    Timer schedule(long delayMillis, Runnable task);

    Clock clock();

    /// A task that waits for its time.
    interface Timer {
        /// The task will not run any more, unless it already did.
        void cancel();
    }
}
