package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.BufferSupplier;

/// One pass over the older segments of a partition: of each key the last record stays, at its offset, in new files.
/// They are forced before anybody hears of them. [CompactionFilter] has the rules.
///
/// ```text
///  segments       ├── compacted before ──┼──────── not yet ─────────┤
///  keys are taken                        ├── as many as fit ──►     │   [CompactionKeys]
///  all is copied  ├── without what has a later record ───────►├ as is ┤   and this is where the next pass goes on
/// ```
/// A pass is made of steps of about a MiB, between which it holds no thread ([Compactions]).
///
/// A record without a value, which deletes its key, stays for `delete.retention.ms` after the first pass that met it.
///
/// An aborted transaction stays in the index for as long as its marker stays in the segment, though its records go
/// sooner: who has read them just before still finds out that they are of no account ([AbortedSearch]).
///
/// Threads: a file thread, one at a time.
final class Compaction {
    private static final int KEPT_BYTES = 64 << 10; // grows with the batches
    private static final int KEPT_BYTES_MAX = 4 << 20;

    private final Source source;
    private final TopicSettings settings;
    private final long nowMillis;
    private final AbortedFile aborted;
    private final SegmentRead reader;
    private final CompactionOutput output;
    private final CompactionKeys keys;
    private final BufferSupplier inflated = BufferSupplier.create();
    private CompactionTransactions transactions;
    private CompactionFilter filter; // null as long as keys are taken
    private List<Segment> segments; // that this stage walks through
    private int segment;
    private int position; // in the segment
    private long compactedTo;
    private ByteBuffer kept = ByteBuffer.allocate(KEPT_BYTES); // of a batch
    private boolean done;

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

        private long endOffset() {
            return segments.getLast().endOffset();
        }
    }

    /// @param keyBytes memory for keys, which bounds how many a pass has room for
    Compaction(Source source, TopicSettings settings, SegmentFiles files, long nowMillis, int keyBytes) {
        this.source = source;
        this.settings = settings;
        this.nowMillis = nowMillis;
        this.aborted = new AbortedFile(files);
        this.reader = new SegmentRead(files);
        int generation =
                1 + source.segments.stream().mapToInt(Segment::generation).max().orElse(0);
        this.output = new CompactionOutput(files, source.segments.getFirst().partition(), generation, settings);
        this.keys = new CompactionKeys(keyBytes, source.dirtyFrom);
        this.transactions = new CompactionTransactions(aborted, source.aborted);
        this.segments = source.segments.stream()
                .filter(segment -> segment.endOffset() > source.dirtyFrom)
                .toList();
    }

    /// @param compactedTo of records below, the last of each key is left; 0 if nothing was done
    /// @param segments all that is left of those that they take the place of
    record Result(long compactedTo, List<Segment> segments) {
        static final Result NOTHING = new Result(0, List.of());
    }

    /// When [#done].
    Result result() {
        return new Result(compactedTo, output.segments());
    }

    boolean done() {
        return done;
    }

    /// What was written so far.
    List<Segment> written() {
        return output.segments();
    }

    boolean sourceGone() {
        return source.segments.stream().anyMatch(Segment::gone)
                || source.aborted.stream().anyMatch(part -> part.segment().gone());
    }

    /// Works on for a piece of a file.
    ///
    /// @return how many bytes were read and written
    long step() throws IOException {
        long writtenBefore = output.writtenBytes();
        int read = piece();
        if (segment == segments.size() || filter == null && keys.full()) {
            if (filter == null) {
                beginToCopy();
            } else {
                output.finish(segments.getLast().endOffset());
                inflated.close();
                done = true;
            }
        }
        return read + output.writtenBytes() - writtenBefore;
    }

    private int piece() throws IOException {
        var from = segments.get(segment);
        int bytes = 0;
        if (position < from.bytes()) {
            var batches = reader.batches(from, position, from.bytes());
            bytes = batches.capacity();
            work(batches);
            position += bytes;
        }
        if (position >= from.bytes()) {
            segment++;
            position = 0;
        }
        return bytes;
    }

    private void beginToCopy() {
        compactedTo = keys.coveredTo(source.endOffset());
        segments = source.segments.stream()
                .filter(segment -> segment.baseOffset() < compactedTo)
                .toList();
        segment = 0;
        position = 0;
        transactions = new CompactionTransactions(aborted, source.aborted);
        filter = new CompactionFilter(
                keys.lastOfKey(),
                transactions.account(),
                source.newest,
                compactedTo,
                nowMillis,
                settings.deleteRetentionMillis());
    }

    private void work(ByteBuffer batches) throws IOException {
        for (int at = 0; at < batches.capacity(); ) {
            var batch = batches.slice(at, (int) BatchHeader.sizeBytes(batches, at));
            at += batch.capacity();
            transactions.reach(BatchHeader.baseOffset(batch, 0), BatchHeader.nextOffset(batch, 0));
            if (filter != null) {
                copy(batch);
            } else if (!keys.full()) {
                take(batch);
            }
        }
    }

    private void take(ByteBuffer bytes) {
        var batch = MemoryRecords.readableRecords(bytes).firstBatch();
        if (batch.isControlBatch()) {
            transactions.account().onControlBatchRead(batch);
        } else if (!transactions.account().onBatchRead(batch)) {
            keys.take(batch);
        }
    }

    // what the keys do not cover is left to the next pass, also the time from which on a deletion may go
    private void copy(ByteBuffer batch) throws IOException {
        var left = BatchHeader.baseOffset(batch, 0) >= compactedTo ? batch : filtered(batch);
        if (left.hasRemaining()) {
            output.add(left);
            boolean marker = BatchHeader.control(left, 0) && BatchHeader.recordCount(left, 0) > 0;
            var ended = marker ? transactions.endedBy(BatchHeader.baseOffset(left, 0)) : Optional.<AbortedRange>empty();
            if (ended.isPresent()) {
                output.add(ended.get());
            }
        }
    }

    private ByteBuffer filtered(ByteBuffer batch) {
        var found = MemoryRecords.readableRecords(batch)
                .filterTo(filter, kept.clear(), inflated)
                .outputBuffer();
        if (found.capacity() <= KEPT_BYTES_MAX) {
            kept = found; // what it had to grow to is kept for the next one
        }
        return found.flip().slice();
    }
}
