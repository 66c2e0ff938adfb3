package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;

/// One pass over the older segments of a partition: of each key the last record stays, at its offset, in new files.
/// They are forced before anybody hears of them. [CompactionFilter] has the rules.
///
/// The last offset of each key is kept in a map of fixed size; if a pass has more keys, it covers fewer segments. A
/// record without a value, which deletes its key, stays for `delete.retention.ms` after the first pass that met it.
///
/// An aborted transaction stays in the index for as long as its marker stays in the segment, though its records go
/// sooner: who has read them just before still finds out that they are of no account ([AbortedSearch]).
///
/// Threads: a file thread.
final class Compaction {
    private static final int MAP_BYTES = 16 << 20;
    private static final double MAP_FILL_MAX = 0.9;

    private final int partition;
    private final Source source;
    private final TopicSettings settings;
    private final long nowMillis;
    private final int generation;

    /// What there is to compact.
    ///
    /// @param segments oldest first, whole in their files, and below the last stable offset
    /// @param aborted where the transactions are that were aborted in them or later
    /// @param newest of each producer
    /// @param dirtyFrom what is below was compacted before
    record Source(
            List<Segment> segments,
            List<AbortedFile.Part> aborted,
            Map<Long, ProducerStates.Newest> newest,
            long dirtyFrom) {
        Source {
            segments = List.copyOf(segments);
        }
    }

    Compaction(int partition, Source source, TopicSettings settings, long nowMillis) {
        this.partition = partition;
        this.source = source;
        this.settings = settings;
        this.nowMillis = nowMillis;
        this.generation =
                1 + source.segments.stream().mapToInt(Segment::generation).max().orElse(0);
    }

    /// @param endOffset everything below is in `segments`
    record Result(long endOffset, List<Segment> segments) {}

    /// As if there had been nothing to do.
    Result nothing() {
        return new Result(0, List.of());
    }

    boolean sourceGone() {
        return source.segments.stream().anyMatch(Segment::gone)
                || source.aborted.stream().anyMatch(part -> part.segment().gone());
    }

    Result run(SegmentFiles files, SegmentRead reader) throws IOException {
        var aborted = new AbortedFile(files);
        var lastOfKey = map();
        var covered = covered(lastOfKey, new CompactionTransactions(aborted, source.aborted), reader);
        if (covered.isEmpty() || covered.getLast().endOffset() <= source.dirtyFrom) {
            return nothing();
        }
        long endOffset = covered.getLast().endOffset();
        var transactions = new CompactionTransactions(aborted, source.aborted);
        var filter = new CompactionFilter(
                lastOfKey,
                transactions.account(),
                source.newest,
                endOffset,
                nowMillis,
                settings.deleteRetentionMillis());
        var output = new CompactionOutput(files, partition, generation, settings);
        for (var segment : covered) {
            copy(segment, filter, transactions, reader, output);
        }
        output.finish(endOffset);
        return new Result(endOffset, output.segments());
    }

    // the segments whose keys all fit into the map
    private List<Segment> covered(SkimpyOffsetMap lastOfKey, CompactionTransactions transactions, SegmentRead reader)
            throws IOException {
        var covered = new ArrayList<Segment>();
        for (var segment : source.segments) {
            if (segment.endOffset() > source.dirtyFrom && !take(segment, lastOfKey, transactions, reader)) {
                break;
            }
            covered.add(segment);
        }
        return covered;
    }

    private static SkimpyOffsetMap map() {
        try {
            return new SkimpyOffsetMap(MAP_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    // false if the keys are too many: the map then has some of this segment's, which does no harm
    private static boolean take(
            Segment source, SkimpyOffsetMap map, CompactionTransactions transactions, SegmentRead reader)
            throws IOException {
        long most = (long) (map.slots() * MAP_FILL_MAX);
        for (int position = 0; position < source.bytes(); ) {
            var bytes = reader.batch(source, position);
            position += bytes.capacity();
            transactions.reach(BatchHeader.baseOffset(bytes, 0), BatchHeader.nextOffset(bytes, 0));
            var batch = MemoryRecords.readableRecords(bytes).firstBatch();
            if (batch.isControlBatch()) {
                transactions.account().onControlBatchRead(batch);
            } else if (!transactions.account().onBatchRead(batch)) {
                for (var record : batch) {
                    if (record.hasKey()) {
                        if (map.size() >= most) {
                            return false;
                        }
                        put(map, record);
                    }
                }
            }
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

    private static void copy(
            Segment source,
            CompactionFilter filter,
            CompactionTransactions transactions,
            SegmentRead reader,
            CompactionOutput output)
            throws IOException {
        for (int position = 0; position < source.bytes(); ) {
            var batch = reader.batch(source, position);
            position += batch.capacity();
            transactions.reach(BatchHeader.baseOffset(batch, 0), BatchHeader.nextOffset(batch, 0));
            var kept = MemoryRecords.readableRecords(batch)
                    .filterTo(filter, ByteBuffer.allocate(batch.capacity()), BufferSupplier.NO_CACHING)
                    .outputBuffer()
                    .flip();
            if (kept.hasRemaining()) {
                output.add(kept.slice());
                boolean marker = BatchHeader.control(kept, 0) && BatchHeader.recordCount(kept, 0) > 0;
                var aborted =
                        marker ? transactions.endedBy(BatchHeader.baseOffset(kept, 0)) : Optional.<AbortedRange>empty();
                if (aborted.isPresent()) {
                    output.add(aborted.get());
                }
            }
        }
    }
}
