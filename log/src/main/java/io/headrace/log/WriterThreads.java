package io.headrace.log;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The threads `log-writer-0` and `log-writer-1`, which step the committer and park when nothing is due, and
/// `log-files`, which keeps files ready for them.
///
/// One of the two is enough for what comes in drops: the other is woken only for a block that can be written beside one
/// that is on its way. A thread that steps looks again before it parks, so nobody has to be woken while one does.
///
/// Threads: any wakes. An append costs a system call only if a thread is parked and should not be.
final class WriterThreads implements LocalCommitter.Wakeup {
    private static final int AWAKE = 0;
    /// Parked until anything is appended.
    private static final int IDLE = 1;
    /// Parked until a deadline, or until someone waits for an entry.
    private static final int LAZY = 2;
    /// Parked until a file is ready.
    private static final int STARVED = 3;

    private static final long FILES_PARK_NANOS = 500_000_000;
    private static final long STOP_PARK_NANOS = 1_000_000;

    private final Writer first = new Writer("log-writer-0");
    private final Writer second = new Writer("log-writer-1");
    private final Thread keeper = Thread.ofPlatform().name("log-files").daemon().unstarted(this::keepFiles);
    private LocalCommitter committer;
    private SpareFiles files;
    private volatile boolean stopped;

    void start(LocalCommitter committer, SpareFiles files) {
        this.committer = committer;
        this.files = files;
        keeper.start();
        first.thread.start();
        second.thread.start();
    }

    /// Waits a little for the writers to get on.
    boolean awaitProgress() {
        LockSupport.parkNanos(STOP_PARK_NANOS);
        return false;
    }

    void stop() {
        stopped = true;
        files.stop();
        for (var thread : List.of(first.thread, second.thread, keeper)) {
            LockSupport.unpark(thread);
            join(thread);
        }
    }

    @Override
    public void urgent(boolean company) {
        int one = first.state.get();
        int other = second.state.get();
        if (!company && (one == AWAKE || other == AWAKE)) {
            return;
        }
        if (one == IDLE || one == LAZY) {
            first.wake(one);
        } else if (other == IDLE || other == LAZY) {
            second.wake(other);
        }
    }

    @Override
    public void lazy(boolean much) {
        int one = first.state.get();
        int other = second.state.get();
        if (one == AWAKE || other == AWAKE || !much && (one == LAZY || other == LAZY)) {
            return;
        }
        if (one != STARVED) {
            first.wake(one);
        } else if (other != STARVED) {
            second.wake(other);
        }
    }

    @Override
    public void files() {
        LockSupport.unpark(keeper);
    }

    private void keepFiles() {
        try {
            while (!stopped && !committer.failed()) {
                if (files.work()) {
                    first.wakeFromAnySleep();
                    second.wakeFromAnySleep();
                } else {
                    LockSupport.parkNanos(this, FILES_PARK_NANOS);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            committer.fail(e);
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// A thread that steps the committer.
    private final class Writer {
        private final AtomicInteger state = new AtomicInteger();
        private final Thread thread;

        Writer(String name) {
            thread = Thread.ofPlatform().name(name).unstarted(this::write);
        }

        private void write() {
            try {
                while (!stopped && !committer.failed()) {
                    if (committer.step()) {
                        Thread.yield(); // where processors are short, appenders go first: the next block has more in it
                    } else {
                        rest();
                    }
                }
            } catch (RuntimeException | Error e) {
                committer.fail(e);
                throw e;
            }
        }

        private void rest() {
            long nanos = committer.waitNanos();
            boolean starved = committer.waitingForFile();
            boolean lazy = nanos != Long.MAX_VALUE;
            state.set(starved ? STARVED : lazy ? LAZY : IDLE);
            // An appender that came before it could see the state has not woken us: look again.
            boolean work = starved ? files.hasReady() : lazy ? committer.hasUrgentWork() : committer.hasWork();
            if (!work && !stopped) {
                LockSupport.parkNanos(this, starved ? FILES_PARK_NANOS : nanos);
            }
            state.set(AWAKE);
        }

        private void wake(int parked) {
            if (state.compareAndSet(parked, AWAKE)) {
                LockSupport.unpark(thread);
            }
        }

        private void wakeFromAnySleep() {
            int parked = state.getAndSet(AWAKE);
            if (parked != AWAKE) {
                LockSupport.unpark(thread);
            }
        }
    }
}
