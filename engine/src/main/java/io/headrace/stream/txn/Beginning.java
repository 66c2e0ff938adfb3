package io.headrace.stream.txn;

import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;

/// What is to be done when a producer comes with a transactional id: InitProducerId in Kafka's words.
///
/// A producer that says who it was (KIP-360) goes on after an error. It is fenced if another one came since, and gets
/// the same answer again if it is told the one it missed.
sealed interface Beginning {
    short NO_EPOCH = -1;

    record Refused(Errors error) implements Beginning {}

    /// The next epoch of the same id; or once more the answer to the same wish.
    record NextEpoch() implements Beginning {}

    /// Its epochs are used up: another producer's id.
    record NextId() implements Beginning {}

    /// A transaction is open, of an earlier life of the producer: it is aborted, and the producer comes again.
    record Fence() implements Beginning {}

    /// @param expected who the producer says it was
    static Beginning of(TransactionMetadata state, Optional<Producer> expected) {
        if (expected.isPresent() && !mayGoOn(state, expected.get())) {
            return new Refused(Errors.PRODUCER_FENCED);
        }
        return switch (state.state()) {
            case PREPARE_COMMIT, PREPARE_ABORT -> new Refused(Errors.CONCURRENT_TRANSACTIONS);
            case ONGOING -> new Fence();
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> rested(state, expected);
            case DEAD, PREPARE_EPOCH_FENCE ->
                throw new IllegalStateException(state.transactionalId() + " is in the state " + state.state());
        };
    }

    private static boolean mayGoOn(TransactionMetadata state, Producer expected) {
        return state.producerEpoch() == NO_EPOCH
                || expected.id() == state.producerId()
                || expected.id() == state.prevProducerId() && TransactionMetadata.isEpochExhausted(expected.epoch());
    }

    private static Beginning rested(TransactionMetadata state, Optional<Producer> expected) {
        short epoch = state.producerEpoch();
        if (state.isProducerEpochExhausted()) { // a wish that comes again finds another id
            return expected.isEmpty() || expected.get().epoch() == epoch
                    ? new NextId()
                    : new Refused(Errors.PRODUCER_FENCED);
        }
        boolean known = expected.isEmpty()
                || epoch == NO_EPOCH
                || expected.get().epoch() == epoch
                || expected.get().epoch() == state.lastProducerEpoch();
        return known ? new NextEpoch() : new Refused(Errors.PRODUCER_FENCED);
    }
}
