package io.headrace.stream.group;

import org.apache.kafka.common.protocol.Errors;

/// What knows which transactions offsets may be part of; the coordinator of transactions gives it.
///
/// Threads: the loop.
public interface OffsetTransactions {
    /// There are none.
    OffsetTransactions NONE = new OffsetTransactions() {
        @Override
        public Errors admit(String transactionalId, long producerId, short epoch, int partition, boolean adds) {
            return Errors.INVALID_PRODUCER_ID_MAPPING;
        }

        @Override
        public boolean admitted(long producerId, short epoch, int partition) {
            return false;
        }
    };

    /// Whether the producer may commit offsets in its transaction: to a partition of `__consumer_offsets` that was
    /// added to it.
    ///
    /// @param adds the partition, if it was not added (KIP-890)
    Errors admit(String transactionalId, long producerId, short epoch, int partition, boolean adds);

    /// Whether what was admitted still is, asked right before it is appended.
    boolean admitted(long producerId, short epoch, int partition);
}
