package io.headrace.log;

import io.headrace.time.Clock;
import java.time.Duration;

/// A clock that a test moves.
///
/// Threads: any.
public final class TestClock implements Clock {
    private volatile long nanos = 1_000_000_000;

    @Override
    public long millis() {
        return 1_700_000_000_000L + nanos / 1_000_000;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    public synchronized void advance(Duration duration) {
        nanos += duration.toNanos();
    }
}
