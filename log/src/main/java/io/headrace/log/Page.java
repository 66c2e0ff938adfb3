package io.headrace.log;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/// A piece of off-heap memory that a shard encodes entries into, the log writes from, and deliveries are
/// copied out of. Usually [PageArena#PAGE_BYTES]; larger for one large entry.
///
/// Threads: the shard that acquired it writes and releases it; the log's writer reads ranges that were
/// appended. [#pin()] and [#unpin()] may come from any thread.
public final class Page {
    private final Arena arena;
    private final MemorySegment segment;
    private final ByteBuffer bytes;
    private final AtomicInteger pins = new AtomicInteger();

    Page(Arena arena, int bytes) {
        this.arena = arena;
        segment = arena.allocate(bytes, Long.BYTES);
        this.bytes = segment.asByteBuffer();
    }

    public MemorySegment segment() {
        return segment;
    }

    /// The whole page, big-endian, for absolute access. Never change its position or limit.
    public ByteBuffer bytes() {
        return bytes;
    }

    public int sizeBytes() {
        return bytes.capacity();
    }

    /// Someone (the writer, a reader on another loop) still needs the bytes.
    public void pin() {
        pins.incrementAndGet();
    }

    public void unpin() {
        if (pins.decrementAndGet() < 0) {
            throw new IllegalStateException("page unpinned more often than pinned");
        }
    }

    /// Frees its arena's memory; who touches it later gets an `IllegalStateException`.
    void free() {
        arena.close();
    }

    public boolean pinned() {
        return pins.get() > 0;
    }
}
