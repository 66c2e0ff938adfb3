package io.headrace.bridge;

import io.headrace.stream.share.Acquired;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

/// The records that a member of a share group was given of one partition, one after the other.
///
/// Threads: the loop.
final class GivenRecords {
    private static final CloseableIterator<Record> NO_RECORDS = CloseableIterator.wrap(Collections.emptyIterator());

    private final Iterator<? extends RecordBatch> batches;
    private final Gaps gaps;
    private final List<Acquired.Range> ranges;
    private int range;
    private long next; // the offset wanted next of the range
    private CloseableIterator<Record> records = NO_RECORDS;
    private int left;

    /// Hears of offsets that were given and have no record: compaction took them out of the batch.
    interface Gaps {
        void between(long first, long last);
    }

    private GivenRecords(Iterator<? extends RecordBatch> batches, Acquired acquired, Gaps gaps) {
        this.batches = batches;
        this.gaps = gaps;
        this.ranges = acquired.ranges();
        this.left = acquired.records();
        this.next = ranges.isEmpty() ? 0 : ranges.getFirst().first();
    }

    static GivenRecords none() {
        return new GivenRecords(Collections.emptyIterator(), new Acquired(List.of(), 0, 0, 0), (_, _) -> {});
    }

    /// @param read from its position on what was read, in which `acquired` has positions
    static GivenRecords of(ByteBuffer read, Acquired acquired, Gaps gaps) {
        var bytes = read.slice(read.position() + acquired.from(), acquired.to() - acquired.from());
        return new GivenRecords(MemoryRecords.readableRecords(bytes).batches().iterator(), acquired, gaps);
    }

    /// Offsets that are still to come.
    int left() {
        return left;
    }

    /// How often the record that came last was given out, this time included.
    int deliveries() {
        return ranges.get(range).deliveries();
    }

    /// @return the next record, valid until the next call; empty if that was all
    Optional<Record> next() {
        while (left > 0) {
            while (records.hasNext()) {
                var record = records.next();
                if (reaches(record.offset())) {
                    return Optional.of(record);
                }
            }
            records.close();
            records = NO_RECORDS;
            if (!batches.hasNext()) {
                rest().forEach(gone -> gaps.between(gone.first(), gone.last()));
                return Optional.empty();
            }
            records = batches.next().streamingIterator(BufferSupplier.NO_CACHING);
        }
        return Optional.empty();
    }

    // whether it is one of those given; what lies before it and did not come is not there
    private boolean reaches(long offset) {
        while (range < ranges.size() && offset > ranges.get(range).last()) {
            miss(ranges.get(range).last() + 1);
            range++;
            if (range < ranges.size()) {
                next = ranges.get(range).first();
            }
        }
        if (range == ranges.size() || offset < next) {
            return false;
        }
        miss(offset);
        next = offset + 1;
        left--;
        return true;
    }

    private void miss(long until) {
        if (next < until) {
            left -= (int) (until - next);
            gaps.between(next, until - 1);
            next = until;
        }
    }

    /// Ends it.
    ///
    /// @return what did not come any more
    List<Acquired.Range> rest() {
        var rest = new ArrayList<Acquired.Range>();
        for (int i = range; i < ranges.size() && left > 0; i++) {
            var each = ranges.get(i);
            long first = i == range ? next : each.first();
            if (first <= each.last()) {
                rest.add(new Acquired.Range(first, each.last(), each.deliveries()));
            }
        }
        left = 0;
        records.close();
        records = NO_RECORDS;
        return rest;
    }
}
