package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/// What a reader that goes through a partition's files from front to back asks for next, read before it asks: then the
/// way to a file thread and back, and the read, are not waited for. One piece for a partition, a few in all.
///
/// ```text
///  begin ─► being read ─► ready ─┬─ a part is asked for: copied ──► ready, with the rest
///                                └─ all of it: memory lent ──► given back ──► begin with what follows
/// ```
/// What is lent counts as the borrower's until it comes back, and is not one of the few.
///
/// Threads: the loop of the shard.
final class ReadAhead {
    private static final int CHUNKS_MAX = 16;
    private static final int SPARE_MAX = 8;
    private static final int CHUNK_BYTES_MIN = 64 << 10;
    private static final int CHUNK_BYTES_MAX = 1 << 20;

    /// Where reading a partition has come to: the batch that follows begins at `position` of the segment.
    ///
    /// @param offset of the first record that was not read
    record Place(Segment segment, int position, long offset) {}

    /// A piece of a segment.
    final class Chunk {
        private Place place; // of the first batch that was not given
        private ByteBuffer bytes; // what was not given, from position to limit; null while it is being read
        private List<Runnable> waiting = new ArrayList<>();

        private Chunk(Place place) {
            this.place = place;
        }

        boolean ready() {
            return bytes != null;
        }

        Place place() {
            return place;
        }

        /// Runs `task` when the piece is read, or cannot be.
        void whenReady(Runnable task) {
            waiting.add(task);
        }

        /// Gives the batches that are asked for and fit, as [SegmentRead#read] would. If that is all there is, the
        /// memory itself is offered.
        ///
        /// @param exhausted runs on the loop, later, when nothing is left and the next piece may be read
        /// @return how many bytes
        int give(SegmentRead.Wanted wanted, ReadTarget target, Runnable exhausted) {
            var whole = SegmentRead.Whole.of(bytes, wanted);
            int count = whole.bytes();
            if (count == 0) {
                return 0;
            }
            place = new Place(place.segment(), place.position() + count, whole.nextOffset());
            if (count < bytes.remaining()) {
                target.room(count).put(bytes.slice(bytes.position(), count));
                bytes.position(bytes.position() + count);
                return count;
            }
            chunks.remove(place.segment().partition(), this);
            if (!lend(target, exhausted)) {
                target.room(count).put(bytes);
                keep(bytes);
                loop.execute(exhausted);
            }
            return count;
        }

        private boolean lend(ReadTarget target, Runnable exhausted) {
            boolean mostOfIt = bytes.remaining() >= bytes.capacity() / 2; // else it would hold more than is counted
            Runnable free = () -> loop.execute(() -> {
                keep(bytes);
                exhausted.run();
            });
            return mostOfIt && target.take(bytes, free);
        }
    }

    private final Streams streams;
    private final Executor loop;
    private final Map<Integer, Chunk> chunks = new LinkedHashMap<>(16, 0.75f, true); // by partition
    private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();

    ReadAhead(Streams streams, Executor loop) {
        this.streams = streams;
        this.loop = loop;
    }

    /// The piece that begins with what is at `offset`.
    Optional<Chunk> find(int partition, long offset) {
        var chunk = chunks.get(partition);
        if (chunk == null || chunk.place.offset() != offset) {
            return Optional.empty();
        }
        if (chunk.place.segment().gone()) {
            drop(partition);
            return Optional.empty();
        }
        return Optional.of(chunk);
    }

    /// Begins to read what follows `from`, in place of what was there of the partition.
    void begin(Place from, int fileBytes, int bytes) {
        int partition = from.segment().partition();
        drop(partition);
        if (chunks.size() == CHUNKS_MAX) {
            drop(chunks.keySet().iterator().next());
        }
        var chunk = new Chunk(from);
        chunks.put(partition, chunk);
        int size = Math.clamp(bytes, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
        var buffer = spare.isEmpty() ? ByteBuffer.allocateDirect(CHUNK_BYTES_MAX) : spare.pop();
        var into = new ByteBuffer[] {buffer.clear().limit(0)};
        streams.readOn(from, fileBytes, size, count -> into[0] = room(buffer, count), got -> {
            if (into[0] != buffer) {
                keep(buffer);
            }
            ended(chunk, into[0], got);
        });
    }

    // a batch that is larger than a piece gets memory of its own, which is not kept
    private static ByteBuffer room(ByteBuffer buffer, int count) {
        return count <= buffer.capacity() ? buffer.clear().limit(count) : ByteBuffer.allocateDirect(count);
    }

    private void ended(Chunk chunk, ByteBuffer bytes, SegmentRead.Got got) {
        var told = chunk.waiting;
        chunk.waiting = List.of();
        int partition = chunk.place.segment().partition();
        boolean wanted = chunks.get(partition) == chunk;
        if (wanted && got.bytes() > 0) {
            chunk.bytes = bytes.limit(got.bytes());
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
        if (bytes.capacity() == CHUNK_BYTES_MAX && spare.size() < SPARE_MAX) {
            spare.push(bytes);
        }
    }
}
