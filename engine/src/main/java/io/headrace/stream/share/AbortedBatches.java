package io.headrace.stream.share;

import io.headrace.stream.AbortedTransaction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Tells the batches of aborted transactions from the others, as a consumer that reads what is committed does (KIP-98):
/// those of a producer from the first offset of the transaction on to its marker.
///
/// Threads: the loop; for one read, whose batches it meets in order.
final class AbortedBatches {
    private final List<AbortedTransaction> transactions;
    private final Set<Long> producers = new HashSet<>();
    private int begun;

    /// @param transactions by their first offsets
    AbortedBatches(List<AbortedTransaction> transactions) {
        this.transactions = transactions;
    }

    boolean holds(RecordBatch batch) {
        if (transactions.isEmpty() || !batch.isTransactional()) {
            return false;
        }
        while (begun < transactions.size() && transactions.get(begun).firstOffset() <= batch.lastOffset()) {
            producers.add(transactions.get(begun++).producerId());
        }
        if (batch.isControlBatch()) {
            if (marker(batch) == ControlRecordType.ABORT) {
                producers.remove(batch.producerId());
            }
            return false; // a marker is nothing to give out anyway
        }
        return producers.contains(batch.producerId());
    }

    private static ControlRecordType marker(RecordBatch batch) {
        var records = batch.iterator();
        return records.hasNext() ? ControlRecordType.parse(records.next().key()) : ControlRecordType.UNKNOWN;
    }
}
