package io.headrace.stream;

import org.apache.kafka.common.protocol.Errors;

/// What knows which transactions are open: it lets a producer's batch into a partition, or does not. It is asked under
/// the same owner as the append that follows, so nothing ends the transaction in between.
///
/// Threads: the loop of the partition.
public interface TransactionGate {
    /// There is no transaction that a batch could belong to.
    TransactionGate CLOSED = new TransactionGate() {
        @Override
        public Errors admit(long producerId, short producerEpoch) {
            return Errors.INVALID_TXN_STATE;
        }

        @Override
        public boolean addsPartition() {
            return false;
        }
    };

    /// @return [Errors#NONE] if the batch may be appended, else what it is refused with
    Errors admit(long producerId, short producerEpoch);

    /// Whether the batch itself adds its partition to the transaction (KIP-890, the second version of transactions).
    /// Such a producer begins with sequence 0 where it is not known.
    boolean addsPartition();
}
