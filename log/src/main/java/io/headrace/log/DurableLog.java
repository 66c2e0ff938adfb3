package io.headrace.log;

import java.io.IOException;
import java.util.Arrays;

/// The ground as the upper floors get it: one data directory's log, with everything that belongs to it.
///
/// Life: open (lock, read the newest checkpoint, find the log's end) → [#replay] → [#start] → [#close].
public interface DurableLog extends AutoCloseable {
    CommitLog commits();

    EntryReader reader();

    Reclaim reclaim();

    Checkpoints checkpoints();

    PageFile indexPages();

    /// Restores `machine` from the newest checkpoint's section of `group`; without one it begins empty. All
    /// groups are restored before any is replayed.
    void restore(int group, StateMachine machine);

    /// Feeds the entries after the checkpoint to their groups' machines, in log order; `machines[group]`.
    /// Called once, before [#start]. Control entries are passed over, see [EntryFrame].
    ///
    /// @param through by group, the last offset that may be applied: on a node whose group is replicated,
    ///     what lies behind the last commit it knows of may still be truncated
    void replayThrough(long[] through, StateMachine... machines) throws IOException;

    /// Replays everything: alone, a node has committed what it finds.
    default void replay(StateMachine... machines) throws IOException {
        var everything = new long[machines.length];
        Arrays.fill(everything, Long.MAX_VALUE);
        replayThrough(everything, machines);
    }

    /// True if the directory was closed by [#close] and nothing was appended since.
    boolean wasCleanlyClosed();

    /// Begins to accept appends: starts the writer and reader threads.
    void start() throws IOException;

    /// Writes and forces what is pending, then releases the directory. Upper floors write their last
    /// checkpoint (with [Checkpoints.Checkpoint#cleanShutdown]) through a log that is still started, with
    /// no append after it.
    @Override
    void close() throws IOException;
}
