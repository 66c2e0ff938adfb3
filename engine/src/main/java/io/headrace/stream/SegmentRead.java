package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntFunction;

/// Reads batches from a segment's file.
///
/// Threads: one file thread at a time; the scratch memory is kept for the next read.
final class SegmentRead {
    private static final int NOTHING = -1;

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int SMALL_BYTES = 64 << 10;
    private static final int KEPT_BYTES_MAX = 4 << 20;

    /// What was found.
    ///
    /// @param bytes put into the target; -1 if the segment ends before the offset
    /// @param nextOffset after the last batch of them
    /// @param nextPosition in the segment's file
    record Got(int bytes, long nextOffset, int nextPosition) {
        static final Got NOT_HERE = new Got(NOTHING, NOTHING, NOTHING);
        static final Got NOT_FITTING = new Got(0, NOTHING, NOTHING);

        boolean here() {
            return bytes != NOTHING;
        }
    }

    /// What is asked for, as in [Partition#read].
    record Wanted(long offset, long end, int maxBytes, boolean oneAtLeast) {
        Wanted from(long laterOffset) {
            return new Wanted(laterOffset, end, maxBytes, oneAtLeast);
        }
    }

    /// The whole batches at the beginning of what was read.
    record Whole(int bytes, long nextOffset) {
        /// Those that are asked for and fit.
        static Whole of(ByteBuffer read, Wanted wanted) {
            int start = read.position();
            int at = start;
            long nextOffset = wanted.offset();
            while (read.limit() - at >= BatchHeader.BYTES) {
                long end = at + BatchHeader.sizeBytes(read, at);
                boolean fits = end - start <= wanted.maxBytes() || at == start && wanted.oneAtLeast();
                boolean here = end - at >= BatchHeader.BYTES && end <= read.limit();
                if (!fits || !here || BatchHeader.baseOffset(read, at) >= wanted.end()) {
                    break;
                }
                nextOffset = BatchHeader.nextOffset(read, at);
                at = (int) end;
            }
            return new Whole(at - start, nextOffset);
        }
    }

    private final SegmentFiles files;
    private ByteBuffer scratch = ByteBuffer.allocate(0); // grows with what is read

    SegmentRead(SegmentFiles files) {
        this.files = files;
    }

    /// @param from where to begin to look for the batch
    /// @param fileBytes how much of the file is good
    Got read(Segment segment, int from, int fileBytes, Wanted wanted, ReadTarget target) throws IOException {
        int position = find(segment, from, fileBytes, wanted.offset());
        if (position >= fileBytes) {
            return Got.NOT_HERE;
        }
        int readable = Math.min(fileBytes - position, Math.max(wanted.maxBytes(), BatchHeader.BYTES));
        fill(segment, position, readable);
        int first = size(segment, scratch, 0, position);
        if (first > readable) {
            if (!wanted.oneAtLeast()) {
                return Got.NOT_FITTING;
            }
            fill(segment, position, first);
        }
        var whole = Whole.of(scratch, wanted);
        if (whole.bytes() > 0) {
            target.room(whole.bytes()).put(scratch.slice(0, whole.bytes()));
        }
        return new Got(whole.bytes(), whole.nextOffset(), position + whole.bytes());
    }

    /// Reads from where a batch begins, straight into the target's memory: all of the room is written, and what is good
    /// of it are whole batches at its beginning.
    ///
    /// @param offset of the first record there, or before it
    /// @param bytes about how many, but one batch at least
    /// @param memory gives so many bytes; again, if the first batch is larger
    Got readOn(Segment segment, int position, int fileBytes, long offset, int bytes, IntFunction<ByteBuffer> memory)
            throws IOException {
        int readable = Math.min(fileBytes - position, Math.max(bytes, BatchHeader.BYTES));
        if (readable < BatchHeader.BYTES) {
            return Got.NOT_HERE;
        }
        var wanted = new Wanted(offset, Long.MAX_VALUE, bytes, true);
        var room = filled(segment, position, memory.apply(readable));
        int first = size(segment, room, room.position(), position);
        if (first > readable) {
            room = filled(segment, position, memory.apply(first));
        }
        var whole = Whole.of(room, wanted);
        return new Got(whole.bytes(), whole.nextOffset(), position + whole.bytes());
    }

    /// The index of a segment: what lies beside its file, else made by walking that.
    SegmentIndex index(Segment segment, int fileBytes, long maxTimestamp, int intervalBytes) throws IOException {
        var stored = storedIndex(segment, fileBytes, maxTimestamp);
        return stored.isPresent() ? stored.get() : walked(segment, fileBytes, intervalBytes);
    }

    /// What lies beside a segment's file, if that is its index.
    Optional<SegmentIndex> storedIndex(Segment segment, int fileBytes, long maxTimestamp) throws IOException {
        var file = files.readIndex(segment, SegmentIndexFile.bytesMax(fileBytes));
        if (file.isEmpty()) {
            return Optional.empty();
        }
        var index = SegmentIndexFile.decode(file.get(), segment.baseOffset(), fileBytes, maxTimestamp);
        return index.isPresent() && agrees(index.get(), segment, fileBytes) ? index : Optional.empty();
    }

    // a log that was opened with losses may have gone on with other batches of the same sizes
    private boolean agrees(SegmentIndex index, Segment segment, int fileBytes) throws IOException {
        if (index.count() == 0) {
            return fileBytes == 0;
        }
        for (int entry : new int[] {index.count() / 2, index.count() - 1}) {
            int position = index.position(entry);
            if (position < 0 || position > fileBytes - BatchHeader.BYTES) {
                return false;
            }
            fill(segment, position, BatchHeader.BYTES);
            if (BatchHeader.baseOffset(scratch, 0) != segment.baseOffset() + index.delta(entry)) {
                return false;
            }
        }
        return true;
    }

    private SegmentIndex walked(Segment segment, int fileBytes, int intervalBytes) throws IOException {
        var index = new SegmentIndex(intervalBytes);
        long[] latest = {-1};
        walk(segment, 0, fileBytes, (chunk, at, position) -> {
            index.add((int) (BatchHeader.baseOffset(chunk, at) - segment.baseOffset()), position, latest[0]);
            latest[0] = Math.max(latest[0], BatchHeader.maxTimestamp(chunk, at));
            return true;
        });
        return index;
    }

    /// Meets the headers of batches in order.
    interface Visitor {
        /// @param position in the file
        /// @return whether to go on
        boolean header(ByteBuffer chunk, int at, int position) throws IOException;
    }

    /// Reads a large piece at a time.
    void walk(Segment segment, int from, int fileBytes, Visitor visitor) throws IOException {
        walk(segment, from, fileBytes, CHUNK_BYTES, visitor);
    }

    private void walk(Segment segment, int from, int fileBytes, int pieceBytes, Visitor visitor) throws IOException {
        int position = from;
        while (fileBytes - position >= BatchHeader.BYTES) {
            fill(segment, position, Math.min(pieceBytes, fileBytes - position));
            int at = 0;
            while (scratch.limit() - at >= BatchHeader.BYTES) {
                if (!visitor.header(scratch, at, position + at)) {
                    return;
                }
                at += size(segment, scratch, at, position + at);
                if (at > scratch.limit()) {
                    break; // the next batch begins behind this piece
                }
            }
            position += at;
        }
    }

    /// A whole batch, in memory that the next call uses again.
    ByteBuffer batch(Segment segment, int position) throws IOException {
        fill(segment, position, BatchHeader.BYTES);
        fill(segment, position, size(segment, scratch, 0, position));
        return scratch.slice(0, scratch.limit());
    }

    /// Whole batches from `position` on, as many as a large piece has but at least one, in memory that the next call
    /// uses again.
    ByteBuffer batches(Segment segment, int position, int fileBytes) throws IOException {
        fill(segment, position, Math.clamp(fileBytes - position, BatchHeader.BYTES, CHUNK_BYTES));
        int end = 0;
        while (scratch.limit() - end >= BatchHeader.BYTES) {
            int size = size(segment, scratch, end, position + end);
            if (size > scratch.limit() - end) {
                break;
            }
            end += size;
        }
        if (end == 0) {
            fill(segment, position, size(segment, scratch, 0, position));
            end = scratch.limit();
        }
        return scratch.slice(0, end);
    }

    private int find(Segment segment, int from, int fileBytes, long offset) throws IOException {
        int[] found = {fileBytes};
        walk(segment, from, fileBytes, SMALL_BYTES, (chunk, at, position) -> {
            if (BatchHeader.nextOffset(chunk, at) > offset) {
                found[0] = position;
                return false;
            }
            return true;
        });
        return found[0];
    }

    /// @param position of the batch in the file
    private static int size(Segment segment, ByteBuffer read, int at, int position) throws IOException {
        long size = BatchHeader.sizeBytes(read, at);
        if (size < BatchHeader.BYTES || size > Integer.MAX_VALUE) {
            throw new IOException(
                    "segment %s is harmed: at %d a batch has %d bytes".formatted(segment.fileName(), position, size));
        }
        return (int) size;
    }

    private void fill(Segment segment, int position, int bytes) throws IOException {
        if (scratch.capacity() < bytes || scratch.capacity() > KEPT_BYTES_MAX && bytes <= KEPT_BYTES_MAX) {
            scratch = ByteBuffer.allocateDirect(bytes <= SMALL_BYTES ? SMALL_BYTES : Math.max(CHUNK_BYTES, bytes));
        }
        filled(segment, position, scratch.clear().limit(bytes));
    }

    /// @return `room`, to be read
    private ByteBuffer filled(Segment segment, int position, ByteBuffer room) throws IOException {
        int start = room.position();
        int bytes = room.remaining();
        int read = files.read(segment, room, position);
        if (read < bytes) {
            throw new IOException("segment %s is harmed: it ends at %d, not at %d"
                    .formatted(segment.fileName(), position + Math.max(0, read), position + bytes));
        }
        return room.position(start);
    }
}
