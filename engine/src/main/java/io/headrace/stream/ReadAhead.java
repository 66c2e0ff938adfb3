package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a reader that goes through a partition's files from front to back asks for next, read before it asks: then the
/// way to a file thread and back, and the read, are not waited for. One piece for a partition, a few in all.
///
/// Threads: the loop of the shard.
final class ReadAhead {
    private static final int CHUNKS_MAX = 16;
    private static final int CHUNK_BYTES_MIN = 64 << 10;
    private static final int CHUNK_BYTES_MAX = 1 << 20;

    /// A piece of a segment.
    static final class Chunk {
        private final Segment segment;
        private long offset; // of the first batch that was not given
        private ByteBuffer bytes; // what was not given, from position to limit; null while it is being read
        private List<Runnable> waiting = new ArrayList<>();

        private Chunk(Segment segment, long offset) {
            this.segment = segment;
            this.offset = offset;
        }

        boolean ready() {
            return bytes != null;
        }

        boolean exhausted() {
            return !bytes.hasRemaining();
        }

        long offset() {
            return offset;
        }

        /// Runs `task` when the piece is read, or cannot be.
        void whenReady(Runnable task) {
            waiting.add(task);
        }

        /// Gives the batches that are asked for and fit, as [SegmentRead#read] would.
        ///
        /// @return how many bytes
        int give(SegmentRead.Wanted wanted, ReadTarget target) {
            int count = 0;
            long next = offset;
            for (int at = bytes.position(); at < bytes.limit(); ) {
                int size = (int) BatchHeader.sizeBytes(bytes, at);
                boolean fits = count + size <= wanted.maxBytes() || count == 0 && wanted.oneAtLeast();
                if (!fits || BatchHeader.baseOffset(bytes, at) >= wanted.end()) {
                    break;
                }
                next = BatchHeader.nextOffset(bytes, at);
                count += size;
                at += size;
            }
            if (count > 0) {
                target.room(count).put(bytes.slice(bytes.position(), count));
                bytes.position(bytes.position() + count);
                offset = next;
            }
            return count;
        }
    }

    private final Streams streams;
    private final Map<Integer, Chunk> chunks = new LinkedHashMap<>(16, 0.75f, true); // by partition
    private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();

    ReadAhead(Streams streams) {
        this.streams = streams;
    }

    /// The piece that begins with what is at `offset`.
    Optional<Chunk> find(int partition, long offset) {
        var chunk = chunks.get(partition);
        if (chunk == null || chunk.offset != offset) {
            return Optional.empty();
        }
        if (chunk.segment.gone()) {
            drop(partition);
            return Optional.empty();
        }
        return Optional.of(chunk);
    }

    /// Begins to read from `offset` on, in place of what was there of the partition.
    void begin(Segment segment, int fileBytes, int indexIntervalBytes, long offset, int bytes) {
        drop(segment.partition());
        if (chunks.size() == CHUNKS_MAX) {
            drop(chunks.keySet().iterator().next());
        }
        var chunk = new Chunk(segment, offset);
        chunks.put(segment.partition(), chunk);
        int size = Math.clamp(bytes, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
        var buffer = spare.isEmpty() ? ByteBuffer.allocateDirect(CHUNK_BYTES_MAX) : spare.pop();
        var into = new ByteBuffer[] {buffer.clear().limit(0)};
        streams.read(
                segment,
                fileBytes,
                indexIntervalBytes,
                new SegmentRead.Wanted(offset, Long.MAX_VALUE, size, true),
                count -> into[0] = room(buffer, count),
                got -> ended(chunk, into[0], got));
    }

    // a batch that is larger than a piece gets memory of its own, which is not kept
    private static ByteBuffer room(ByteBuffer buffer, int count) {
        return count <= buffer.capacity() ? buffer.clear().limit(count) : ByteBuffer.allocateDirect(count);
    }

    private void ended(Chunk chunk, ByteBuffer bytes, SegmentRead.Got got) {
        var told = chunk.waiting;
        chunk.waiting = List.of();
        int partition = chunk.segment.partition();
        boolean wanted = chunks.get(partition) == chunk;
        if (wanted && got.bytes() > 0) {
            chunk.bytes = bytes.flip();
        } else {
            keep(bytes);
            if (wanted) {
                chunks.remove(partition);
            }
        }
        told.forEach(Runnable::run);
    }

    /// What is left of a piece is not wanted any more.
    void drop(int partition) {
        var chunk = chunks.remove(partition);
        if (chunk != null && chunk.ready()) {
            keep(chunk.bytes);
        }
    }

    private void keep(ByteBuffer bytes) {
        if (bytes.capacity() == CHUNK_BYTES_MAX && spare.size() < CHUNKS_MAX / 4) {
            spare.push(bytes);
        }
    }
}
