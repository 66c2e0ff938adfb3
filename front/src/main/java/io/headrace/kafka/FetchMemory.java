package io.headrace.kafka;

import java.util.concurrent.atomic.AtomicLong;

/// How much memory records hold that were read for clients and not sent yet, of all connections. Above the limit a
/// fetch gets one batch at a time.
///
/// Threads: any.
final class FetchMemory {
    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    FetchMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// How much of `wanted` there is room for now.
    int room(int wanted) {
        return Math.clamp(bytesMax - held.get(), 0, wanted);
    }

    void take(long bytes) {
        held.addAndGet(bytes);
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
