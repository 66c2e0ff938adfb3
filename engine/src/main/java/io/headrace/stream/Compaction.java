package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;

/// One pass over the older segments of a partition: of each key the last record stays, at its offset, in new files.
/// They are forced before anybody hears of them.
///
/// The last offset of each key is kept in a map of fixed size; if a pass has more keys, it covers fewer segments. A
/// record without a value, which deletes its key, stays for `delete.retention.ms` after the first pass that met it.
///
/// Threads: a file thread.
final class Compaction {
    private static final int MAP_BYTES = 16 << 20;
    private static final double MAP_FILL_MAX = 0.9;
    private static final int BUFFER_BYTES = 1 << 20;

    private final int partition;
    private final List<Segment> sources;
    private final long dirtyFrom;
    private final TopicSettings settings;
    private final long nowMillis;
    private final int generation;

    /// @param sources oldest first, whole in their files
    /// @param dirtyFrom what is below was compacted before
    Compaction(int partition, List<Segment> sources, long dirtyFrom, TopicSettings settings, long nowMillis) {
        this.partition = partition;
        this.sources = List.copyOf(sources);
        this.dirtyFrom = dirtyFrom;
        this.settings = settings;
        this.nowMillis = nowMillis;
        this.generation =
                1 + sources.stream().mapToInt(Segment::generation).max().orElse(0);
    }

    /// @param endOffset everything below is in `segments`
    record Result(long endOffset, List<Segment> segments) {}

    /// As if there had been nothing to do.
    Result nothing() {
        return new Result(0, List.of());
    }

    boolean sourceGone() {
        return sources.stream().anyMatch(Segment::gone);
    }

    Result run(SegmentFiles files, SegmentRead reader) throws IOException {
        var map = map();
        var covered = new ArrayList<Segment>();
        for (var source : sources) {
            if (source.endOffset() > dirtyFrom && !take(source, map, reader)) {
                break;
            }
            covered.add(source);
        }
        if (covered.isEmpty() || covered.getLast().endOffset() <= dirtyFrom) {
            return nothing();
        }
        var output = new Output(files);
        for (var source : covered) {
            copy(source, map, reader, output);
        }
        long endOffset = covered.getLast().endOffset();
        output.finish(endOffset);
        return new Result(endOffset, output.segments);
    }

    private static SkimpyOffsetMap map() {
        try {
            return new SkimpyOffsetMap(MAP_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    // false if the keys are too many: the map then has some of this segment's, which does no harm
    private boolean take(Segment source, SkimpyOffsetMap map, SegmentRead reader) throws IOException {
        long most = (long) (map.slots() * MAP_FILL_MAX);
        for (int position = 0; position < source.bytes(); ) {
            var batch = reader.batch(source, position);
            for (var record : MemoryRecords.readableRecords(batch).records()) {
                if (record.hasKey()) {
                    if (map.size() >= most) {
                        return false;
                    }
                    put(map, record);
                }
            }
            position += batch.capacity();
        }
        return true;
    }

    private static void put(SkimpyOffsetMap map, Record record) {
        try {
            map.put(record.key(), record.offset());
        } catch (DigestException e) {
            throw new IllegalStateException("cannot hash a key", e);
        }
    }

    private void copy(Segment source, SkimpyOffsetMap map, SegmentRead reader, Output output) throws IOException {
        var filter = new LastOfKey(map, nowMillis, settings.deleteRetentionMillis());
        for (int position = 0; position < source.bytes(); ) {
            var batch = reader.batch(source, position);
            var kept = MemoryRecords.readableRecords(batch)
                    .filterTo(filter, ByteBuffer.allocate(batch.capacity()), BufferSupplier.NO_CACHING)
                    .outputBuffer()
                    .flip();
            if (kept.hasRemaining()) {
                output.add(kept);
            }
            position += batch.capacity();
        }
    }

    /// Keeps a record unless a later one of its key was seen.
    private static final class LastOfKey extends RecordFilter {
        private final SkimpyOffsetMap map;

        LastOfKey(SkimpyOffsetMap map, long nowMillis, long deleteRetentionMillis) {
            super(nowMillis, deleteRetentionMillis);
            this.map = map;
        }

        @Override
        protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
            return new BatchRetentionResult(BatchRetention.DELETE_EMPTY, false);
        }

        @Override
        protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
            if (!record.hasKey()) {
                return false;
            }
            try {
                boolean last = map.get(record.key()) <= record.offset();
                boolean seenLongEnough = !record.hasValue()
                        && batch.deleteHorizonMs().isPresent()
                        && batch.deleteHorizonMs().getAsLong() < currentTime;
                return last && !seenLongEnough;
            } catch (DigestException e) {
                throw new IllegalStateException("cannot hash a key", e);
            }
        }
    }

    /// The new files: as few as the size of segments allows.
    private final class Output {
        private final SegmentFiles files;
        private final List<Segment> segments = new ArrayList<>();
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final ByteBuffer[] pieces = new ByteBuffer[1];
        private long written; // of the last segment

        Output(SegmentFiles files) {
            this.files = files;
        }

        void add(ByteBuffer batches) throws IOException {
            while (batches.hasRemaining()) {
                int at = batches.position();
                int length = (int) BatchHeader.sizeBytes(batches, at);
                append(batches.slice(at, length));
                batches.position(at + length);
            }
        }

        private void append(ByteBuffer batch) throws IOException {
            long base = BatchHeader.baseOffset(batch, 0);
            long next = BatchHeader.nextOffset(batch, 0);
            int length = batch.capacity();
            if (segments.isEmpty()
                    || segments.getLast().bytes() > settings.segmentBytes() - length
                    || next - segments.getLast().baseOffset() > Integer.MAX_VALUE) {
                flush();
                written = 0;
                segments.add(Segment.begin(partition, base, generation, settings.indexIntervalBytes()));
            }
            segments.getLast().append(base, next, length, BatchHeader.maxTimestamp(batch, 0));
            if (buffer.remaining() < length) {
                flush();
            }
            if (buffer.remaining() < length) {
                write(batch);
            } else {
                buffer.put(batch);
            }
        }

        void finish(long endOffset) throws IOException {
            flush();
            if (!segments.isEmpty()) {
                segments.getLast().extendTo(endOffset);
                files.force();
            }
        }

        private void flush() throws IOException {
            if (buffer.position() > 0) {
                write(buffer.flip());
                buffer.clear();
            }
        }

        private void write(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            pieces[0] = bytes;
            files.write(segments.getLast(), pieces, 1, written);
            written += length;
        }
    }
}
