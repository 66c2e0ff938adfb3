package io.headrace.stream;

import io.headrace.shard.Loop;

/// How much may be decompressed on the loop before everybody else on it has a turn.
///
/// The way to a file thread and back costs as much as decompressing 30 KiB, and the batch may wait there behind files
/// that are being written. But what takes long has to go there, or the loop's other connections would wait.
///
/// Threads: the loop.
final class DecompressionBudget {
    /// As many bytes of records take 0.1 to 0.3 ms.
    static final int BATCH_BYTES_MAX = 256 << 10;

    static final int TURN_BYTES_MAX = 1 << 20;

    private final Loop loop;
    private int spent; // in this turn

    DecompressionBudget(Loop loop) {
        this.loop = loop;
    }

    /// Whether a batch that becomes so many bytes may be decompressed now; they are spent then. Nothing costs nothing.
    boolean affords(long bytes) {
        if (bytes == 0) {
            return true;
        }
        if (bytes > Math.min(BATCH_BYTES_MAX, TURN_BYTES_MAX - spent)) {
            return false;
        }
        if (spent == 0) {
            loop.execute(() -> spent = 0); // which comes when what has arrived was dealt with
        }
        spent += (int) bytes;
        return true;
    }
}
