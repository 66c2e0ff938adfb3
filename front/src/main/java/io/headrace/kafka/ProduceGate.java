package io.headrace.kafka;

import io.headrace.stream.TransactionGate;
import io.headrace.stream.txn.Producer;
import io.headrace.stream.txn.Transactions;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/// Lets a batch into a partition that is part of its producer's transaction, and says why it does not in words that the
/// version of the request knows.
///
/// Threads: the loop of the connection.
final class ProduceGate implements TransactionGate {
    /// From here on a producer aborts and goes on after TRANSACTION_ABORTABLE.
    private static final short FIRST_WITH_ABORTABLE = 11;
    /// From here on a batch adds its partition (KIP-890).
    private static final short FIRST_THAT_ADDS = 12;

    private final Transactions transactions;
    private final String id;
    private final TopicPartition partition;
    private final short version;
    private boolean refused;

    ProduceGate(Transactions transactions, String id, TopicPartition partition, short version) {
        this.transactions = transactions;
        this.id = id;
        this.partition = partition;
        this.version = version;
    }

    static boolean adds(short version) {
        return version >= FIRST_THAT_ADDS;
    }

    @Override
    public Errors admit(long producerId, short producerEpoch) {
        var error = transactions.verify(id, new Producer(producerId, producerEpoch), partition);
        refused = error != Errors.NONE;
        return told(error, version);
    }

    @Override
    public boolean addsPartition() {
        return adds(version);
    }

    /// Whether it was this that kept the batch out.
    boolean refused() {
        return refused;
    }

    /// What a producer is told of an error of the coordinator (`AddPartitionsToTxnManager` and `ReplicaManager` of
    /// Kafka). What passes is NOT_ENOUGH_REPLICAS: old clients try again then, without a look at metadata.
    static Errors told(Errors error, short version) {
        return switch (error) {
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case TRANSACTION_ABORTABLE -> version >= FIRST_WITH_ABORTABLE ? error : Errors.INVALID_TXN_STATE;
            case CONCURRENT_TRANSACTIONS -> adds(version) ? error : Errors.NOT_ENOUGH_REPLICAS;
            case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> Errors.NOT_ENOUGH_REPLICAS;
            default -> error;
        };
    }
}
