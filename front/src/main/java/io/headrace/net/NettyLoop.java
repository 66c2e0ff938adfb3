package io.headrace.net;

import io.headrace.shard.Loop;
import io.headrace.time.Clock;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A Netty event loop as the engine sees it.
///
/// Netty runs its tail tasks once for each iteration, after ready sockets and queued tasks and before it
/// waits; the end of our turn is one such task.
///
/// Threads: as in [Loop].
public final class NettyLoop implements Loop {
    private static final System.Logger LOG = System.getLogger(NettyLoop.class.getName());

    private final SingleThreadIoEventLoop eventLoop;
    private final Clock clock;
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>(); // loop only
    private final Runnable workEndOfTurn = this::workEndOfTurn;
    private final TurnPace pace;
    private boolean endQueued; // loop only
    private boolean mayRest; // loop only
    private volatile Thread resting; // null while it does not

    NettyLoop(SingleThreadIoEventLoop eventLoop, Clock clock) {
        this.eventLoop = eventLoop;
        this.clock = clock;
        this.pace = new TurnPace(clock);
    }

    SingleThreadIoEventLoop eventLoop() {
        return eventLoop;
    }

    @Override
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(task);
        var thread = resting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void mayRest() {
        mayRest = true;
    }

    @Override
    public void afterTurn(Runnable task) {
        endOfTurn.add(task);
        if (!endQueued) {
            endQueued = true;
            eventLoop.executeAfterEventLoopIteration(workEndOfTurn);
        }
    }

    private void workEndOfTurn() {
        for (var task = endOfTurn.poll(); task != null; task = endOfTurn.poll()) {
            try {
                task.run();
            } catch (Throwable trouble) {
                // one task's trouble must not keep the others from ending their turn
                LOG.log(System.Logger.Level.ERROR, "A task at the end of a turn failed", trouble);
            }
        }
        endQueued = false;
        long nanos = pace.turned(mayRest);
        mayRest = false;
        if (nanos > 0) {
            rest(nanos);
        }
    }

    // a task that came before it could see that we rest does not wake us, so it is looked for
    private void rest(long nanos) {
        resting = Thread.currentThread();
        if (eventLoop.pendingTasks() == 0) {
            LockSupport.parkNanos(nanos);
        }
        resting = null;
        pace.rested();
    }

    @Override
    public Timer schedule(long delayMillis, Runnable task) {
        ScheduledFuture<?> future = eventLoop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public Clock clock() {
        return clock;
    }
}
