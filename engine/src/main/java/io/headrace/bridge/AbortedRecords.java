package io.headrace.bridge;

import io.headrace.stream.AbortedTransaction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Which of the batches that were read are of no account, as Kafka's consumers find out: those of a producer from where
/// a transaction of it began that was aborted, to its marker. KIP-98.
///
/// Threads: the loop.
final class AbortedRecords {
    static final AbortedRecords NONE = new AbortedRecords(List.of());

    private final List<AbortedTransaction> transactions;
    private final Set<Long> producers = new HashSet<>(); // whose batches are left out at this place
    private int begun; // of the transactions

    /// @param transactions by their first offsets
    AbortedRecords(List<AbortedTransaction> transactions) {
        this.transactions = transactions;
    }

    /// Asked for each batch, in their order; markers are none of the records either.
    boolean leavesOut(RecordBatch batch) {
        while (begun < transactions.size() && transactions.get(begun).firstOffset() <= batch.lastOffset()) {
            producers.add(transactions.get(begun++).producerId());
        }
        if (batch.isControlBatch()) {
            if (!producers.isEmpty() && isAbort(batch)) {
                producers.remove(batch.producerId());
            }
            return true;
        }
        return batch.isTransactional() && producers.contains(batch.producerId());
    }

    private static boolean isAbort(RecordBatch marker) {
        var records = marker.iterator();
        return records.hasNext() && ControlRecordType.parse(records.next().key()) == ControlRecordType.ABORT;
    }
}
