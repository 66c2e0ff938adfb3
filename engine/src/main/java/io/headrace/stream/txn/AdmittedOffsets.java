package io.headrace.stream.txn;

import io.headrace.stream.group.OffsetTransactions;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.TransactionVersion;

/// Says which offsets of groups may be part of which transactions: a partition of `__consumer_offsets` is a partition
/// of a transaction like others.
///
/// Threads: the loop.
record AdmittedOffsets(Transactions transactions) implements OffsetTransactions {
    @Override
    public Errors admit(String id, long producerId, short epoch, int partition, boolean adds) {
        if (!transactions.awake()) {
            return Errors.COORDINATOR_LOAD_IN_PROGRESS;
        }
        var producer = new Producer(producerId, epoch);
        return adds
                ? transactions.add(id, producer, Set.of(name(partition)), TransactionVersion.TV_2)
                : transactions.verify(id, producer, name(partition));
    }

    @Override
    public boolean admitted(long producerId, short epoch, int partition) {
        return transactions
                .openOf(producerId)
                .map(TransactionalId::state)
                .filter(state -> state.producerEpoch() == epoch)
                .filter(state -> state.topicPartitions().contains(name(partition)))
                .isPresent();
    }

    private static TopicPartition name(int partition) {
        return new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition);
    }
}
