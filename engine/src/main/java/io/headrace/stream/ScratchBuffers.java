package io.headrace.stream;

import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.BufferSupplier;

/// What decompressing a batch needs besides it, kept for the next one: buffers of 64 KiB for a batch of 16 KiB would be
/// most of the heap's garbage. Each thread has its own.
///
/// Threads: the one that asked for it.
final class ScratchBuffers extends BufferSupplier {
    /// Room for lz4's blocks as Kafka's producers make them, 64 KiB, and for zstd's, 128 KiB and some bytes. Whoever
    /// sends larger ones cannot make us keep them.
    private static final int KEPT_BYTES_MAX = 256 << 10;

    private static final ThreadLocal<ScratchBuffers> OF_THREAD = ThreadLocal.withInitial(ScratchBuffers::new);

    private final BufferSupplier kept = BufferSupplier.create();

    private ScratchBuffers() {}

    static BufferSupplier ofThread() {
        return OF_THREAD.get();
    }

    @Override
    public ByteBuffer get(int capacity) {
        return capacity <= KEPT_BYTES_MAX ? kept.get(capacity) : ByteBuffer.allocate(capacity);
    }

    @Override
    public void release(ByteBuffer buffer) {
        if (buffer.capacity() <= KEPT_BYTES_MAX) {
            kept.release(buffer);
        }
    }

    @Override
    public void close() {
        kept.close();
    }
}
