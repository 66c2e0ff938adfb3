package io.headrace.stream;

import java.security.DigestException;
import java.util.Map;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.storage.internals.log.CleanedTransactionMetadata;
import org.apache.kafka.storage.internals.log.OffsetMap;

/// What a compaction keeps, by the rules of Kafka's cleaner, batch after batch in their order.
///
/// - a record, unless a later one of its key was seen, or it is of an aborted transaction, or it has deleted its key
///   for long enough; those that the keys do not cover stay
/// - a marker, until nothing of its transaction is left and one more time of that length has passed
/// - the header of a producer's newest batch, for its sequence; of a producer that has only a marker, that marker, for
///   its epoch; and the header of the last batch of all
///
/// Threads: a file thread.
final class CompactionFilter extends RecordFilter {
    private final OffsetMap lastOfKey;
    private final CleanedTransactionMetadata transactions;
    private final Map<Long, ProducerStates.Newest> newest;
    private final long endOffset;
    private boolean discarding; // all records of this batch go

    /// @param transactions knows of those that were aborted, in time
    /// @param endOffset up to which keys are covered
    CompactionFilter(
            OffsetMap lastOfKey,
            CleanedTransactionMetadata transactions,
            Map<Long, ProducerStates.Newest> newest,
            long endOffset,
            long nowMillis,
            long deleteRetentionMillis) {
        super(nowMillis, deleteRetentionMillis);
        this.lastOfKey = lastOfKey;
        this.transactions = transactions;
        this.newest = newest;
        this.endOffset = endOffset;
    }

    @Override
    protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
        boolean control = batch.isControlBatch();
        boolean unneeded = control ? transactions.onControlBatchRead(batch) : transactions.onBatchRead(batch);
        discarding = unneeded && (!control || horizonPassed(batch));
        var retention = newestOfProducer(batch) || batch.nextOffset() == endOffset
                ? BatchRetention.RETAIN_EMPTY
                : discarding ? BatchRetention.DELETE : BatchRetention.DELETE_EMPTY;
        return new BatchRetentionResult(retention, unneeded && control);
    }

    private boolean newestOfProducer(RecordBatch batch) {
        var last = batch.hasProducerId() ? newest.get(batch.producerId()) : null;
        if (last == null) {
            return false;
        }
        return last.offset().isPresent()
                ? batch.lastOffset() == last.offset().getAsLong()
                : batch.isControlBatch() && batch.producerEpoch() == last.epoch();
    }

    @Override
    protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
        if (discarding) {
            return false;
        }
        if (batch.isControlBatch() || record.offset() >= endOffset) {
            return true;
        }
        if (!record.hasKey()) {
            return false;
        }
        try {
            return lastOfKey.get(record.key()) <= record.offset() && (record.hasValue() || !horizonPassed(batch));
        } catch (DigestException e) {
            throw new IllegalStateException("cannot hash a key", e);
        }
    }

    private boolean horizonPassed(RecordBatch batch) {
        var horizon = batch.deleteHorizonMs();
        return horizon.isPresent() && horizon.getAsLong() <= currentTime;
    }
}
