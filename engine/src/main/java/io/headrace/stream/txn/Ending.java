package io.headrace.stream.txn;

import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;

/// What is to be done when a producer wants its transaction to end: the tables of Kafka's coordinator.
///
/// In the first version of transactions the producer keeps its epoch, so a wish that comes again is known by the state
/// alone. In the second (KIP-890) each transaction has its own epoch: the producer's is moved when the end is decided,
/// and a wish with the epoch before is the one that was heard already. If that was another one, an abort where the
/// producer wants to commit, it was the coordinator's own, after a time-out or for a producer that took its place:
/// PRODUCER_FENCED, after which applications begin anew. INVALID_TXN_STATE, the answer of Kafka 4.3, is fatal to them
/// (KAFKA-20785).
sealed interface Ending {
    record Refused(Errors error) implements Ending {}

    /// It was heard before, and this was the answer.
    record Heard(Producer producer) implements Ending {}

    /// @param empty nothing was added: an abort in the second version only moves the epoch
    record Decided(boolean commit, boolean empty) implements Ending {
        TransactionState next() {
            return commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT;
        }
    }

    static Ending first(TransactionMetadata state, Producer producer, boolean commit) {
        if (state.producerId() != producer.id()) {
            return new Refused(Errors.INVALID_PRODUCER_ID_MAPPING);
        }
        if (state.producerEpoch() != producer.epoch()) {
            return new Refused(Errors.PRODUCER_FENCED);
        }
        return switch (state.state()) {
            case ONGOING -> new Decided(commit, false);
            case PREPARE_COMMIT -> again(commit, Errors.CONCURRENT_TRANSACTIONS);
            case PREPARE_ABORT -> again(!commit, Errors.CONCURRENT_TRANSACTIONS);
            case COMPLETE_COMMIT -> commit ? new Heard(Producer.NONE) : new Refused(Errors.INVALID_TXN_STATE);
            case COMPLETE_ABORT -> commit ? new Refused(Errors.INVALID_TXN_STATE) : new Heard(Producer.NONE);
            case EMPTY -> new Refused(Errors.INVALID_TXN_STATE);
            case DEAD, PREPARE_EPOCH_FENCE -> throw never(state);
        };
    }

    static Ending second(TransactionMetadata state, Producer producer, boolean commit) {
        boolean rotated = state.prevProducerId() == producer.id()
                && producer.epoch() == Short.MAX_VALUE - 1
                && state.producerEpoch() == 0;
        boolean before = rotated || state.producerEpoch() == producer.epoch() + 1;
        boolean current = state.producerEpoch() == producer.epoch();
        if (state.producerId() != producer.id() && !rotated) {
            return new Refused(Errors.INVALID_PRODUCER_ID_MAPPING);
        }
        boolean known = switch (state.state()) {
            case EMPTY, ONGOING -> current;
            case PREPARE_COMMIT, PREPARE_ABORT -> before;
            case COMPLETE_COMMIT, COMPLETE_ABORT -> before || current;
            case DEAD, PREPARE_EPOCH_FENCE -> throw never(state);
        };
        if (!known) {
            return new Refused(Errors.PRODUCER_FENCED);
        }
        return switch (state.state()) {
            case ONGOING -> new Decided(commit, false);
            case PREPARE_COMMIT -> again(commit, Errors.CONCURRENT_TRANSACTIONS);
            case PREPARE_ABORT -> again(!commit, Errors.CONCURRENT_TRANSACTIONS);
            case COMPLETE_COMMIT -> before ? heard(state, commit, Errors.INVALID_TXN_STATE) : nothing(commit);
            case COMPLETE_ABORT -> before ? heard(state, !commit, Errors.PRODUCER_FENCED) : nothing(commit);
            case EMPTY -> nothing(commit);
            case DEAD, PREPARE_EPOCH_FENCE -> throw never(state);
        };
    }

    private static Ending heard(TransactionMetadata state, boolean same, Errors other) {
        return same ? new Heard(new Producer(state.producerId(), state.producerEpoch())) : new Refused(other);
    }

    private static Ending nothing(boolean commit) {
        return commit ? new Refused(Errors.INVALID_TXN_STATE) : new Decided(false, true);
    }

    private static Ending again(boolean same, Errors error) {
        return new Refused(same ? error : Errors.INVALID_TXN_STATE);
    }

    private static IllegalStateException never(TransactionMetadata state) {
        return new IllegalStateException(state.transactionalId() + " is in the state " + state.state());
    }
}
