package io.headrace.log;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The threads `log-writer`, which steps the committer and parks when nothing is due, and `log-files`,
/// which keeps files ready for it.
///
/// Threads: any wakes. An append costs a system call only if the writer is parked and should not be.
final class WriterThread implements LocalCommitter.Wakeup {
    private static final int AWAKE = 0;
    /// Parked until anything is appended.
    private static final int IDLE = 1;
    /// Parked until a deadline, or until someone waits for an entry.
    private static final int LAZY = 2;
    /// Parked until a file is ready.
    private static final int STARVED = 3;

    private static final long FILES_PARK_NANOS = 500_000_000;
    private static final long STOP_PARK_NANOS = 1_000_000;

    private final AtomicInteger state = new AtomicInteger();
    private final Thread writer = Thread.ofPlatform().name("log-writer").unstarted(this::write);
    private final Thread keeper = Thread.ofPlatform().name("log-files").daemon().unstarted(this::keepFiles);
    private LocalCommitter committer;
    private SpareFiles files;
    private volatile boolean stopped;

    void start(LocalCommitter committer, SpareFiles files) {
        this.committer = committer;
        this.files = files;
        keeper.start();
        writer.start();
    }

    /// Waits a little for the writer to get on.
    boolean awaitProgress() {
        LockSupport.parkNanos(STOP_PARK_NANOS);
        return false;
    }

    void stop() {
        stopped = true;
        files.stop();
        LockSupport.unpark(writer);
        LockSupport.unpark(keeper);
        join(writer);
        join(keeper);
    }

    @Override
    public void urgent() {
        int parked = state.get();
        if (parked == IDLE || parked == LAZY) {
            wake(parked);
        }
    }

    @Override
    public void lazy(boolean much) {
        int parked = state.get();
        if (parked == IDLE || parked == LAZY && much) {
            wake(parked);
        }
    }

    @Override
    public void files() {
        LockSupport.unpark(keeper);
    }

    private void wake(int parked) {
        if (state.compareAndSet(parked, AWAKE)) {
            LockSupport.unpark(writer);
        }
    }

    private void write() {
        try {
            while (!stopped && !committer.failed()) {
                if (!committer.step()) {
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

    private void keepFiles() {
        try {
            while (!stopped && !committer.failed()) {
                boolean did = files.work();
                if (did) {
                    wakeFromAnySleep();
                }
                if (!did) {
                    LockSupport.parkNanos(this, FILES_PARK_NANOS);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            committer.fail(e);
        }
    }

    private void wakeFromAnySleep() {
        int parked = state.getAndSet(AWAKE);
        if (parked != AWAKE) {
            LockSupport.unpark(writer);
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
}
