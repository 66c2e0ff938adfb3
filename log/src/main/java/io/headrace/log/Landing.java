package io.headrace.log;

/// Expects when the block that is on its way will have arrived: as long after its beginning as the last ones took.
///
/// A second block beside it gains what the first one still needs, and costs a force of its own, after which everybody
/// is woken. So it is worth it only where the device is slow: what would not have to wait long had better become part
/// of the next, larger block.
///
/// Threads: [#soon] any; the rest its owner's lock.
final class Landing {
    /// Measured: hardly any block gets company on a device that forces in 150 µs, and as many as before on one that
    /// takes 350.
    static final long SOON_NANOS = 250_000;

    /// The device counts as slow until it has shown what it is.
    private static final long UNKNOWN_NANOS = 1_000_000;

    private static final int MEMORY = 8; // blocks, about

    private long usualNanos = UNKNOWN_NANOS;
    private volatile long soonFromNanos;

    /// The first of those on their way was begun then.
    void expect(long beganNanos) {
        soonFromNanos = beganNanos + usualNanos - SOON_NANOS;
    }

    /// One arrived, and was forced.
    void landed(long beganNanos, long nowNanos) {
        usualNanos += (nowNanos - beganNanos - usualNanos) / MEMORY;
    }

    /// Whether the block on its way should be there soon, or should have been.
    boolean soon(long nowNanos) {
        return nowNanos - soonFromNanos >= 0;
    }
}
