package io.headrace.stream.txn;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.coordinator.transaction.TransactionState;

/// What a transactional id is like at one moment.
///
/// @param startMillis when its newest transaction began; -1 if there was none
/// @param partitions that its open transaction has, or that are still to hear how it ends
public record TransactionReport(
        String id,
        Producer producer,
        TransactionState state,
        int timeoutMillis,
        long startMillis,
        Set<TopicPartition> partitions) {
    static TransactionReport of(TransactionalId known) {
        var state = known.state();
        return new TransactionReport(
                known.name(),
                known.producer(),
                state.state(),
                state.txnTimeoutMs(),
                state.txnStartTimestamp(),
                Set.copyOf(state.topicPartitions()));
    }
}
