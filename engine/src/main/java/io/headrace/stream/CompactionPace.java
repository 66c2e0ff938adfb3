package io.headrace.stream;

import java.util.concurrent.TimeUnit;

/// How long compaction rests between two pieces of work: so that it reads and writes no more than its budget in a
/// second, on average, and so that it is at work for a part of the time only. The second rule needs no number from
/// anybody. A piece takes the longer the busier the processors and the disk are with other things, and the rest grows
/// with it (decision 25).
///
/// Threads: the loop of the shard.
final class CompactionPace {
    /// A rest is so many times as long as the work before it.
    static final int RESTS = 2;

    /// What a timer is late by is made up for; what nothing was to be done for is not.
    private static final long LATE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);
    private static final double NANOS_MAX = TimeUnit.DAYS.toNanos(1);

    private double bytesPerSecond;
    private long due; // when the next piece may begin, on the monotonic clock
    private boolean resting;

    CompactionPace(double bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /// From now on, and without the rest that was owed to another one.
    void limit(double newBytesPerSecond) {
        if (newBytesPerSecond != bytesPerSecond) {
            bytesPerSecond = newBytesPerSecond;
            resting = false;
        }
    }

    /// So much was read and written.
    void worked(long bytes, long beganNanos, long endedNanos) {
        long byBudget = (long) Math.min(NANOS_MAX, bytes * (double) TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
        long byTime = (endedNanos - beganNanos) * (1 + RESTS);
        boolean late = resting && beganNanos - due < LATE_NANOS_MAX;
        due = (late ? due : beganNanos) + Math.max(byTime, byBudget);
        resting = true;
    }

    /// @return 0 if it may go on now
    long restMillis(long nowNanos) {
        return resting ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(due - nowNanos)) : 0;
    }
}
