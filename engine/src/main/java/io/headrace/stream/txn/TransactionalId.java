package io.headrace.stream.txn;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;

/// One transactional id: its state, which is Kafka's, and who waits for it.
///
/// Threads: the loop.
final class TransactionalId {
    private final TransactionMetadata state;
    private List<Runnable> waiting = List.of();
    private int markersMissing;
    private boolean fetching;

    TransactionalId(TransactionMetadata state) {
        this.state = state;
    }

    String name() {
        return state.transactionalId();
    }

    TransactionMetadata state() {
        return state;
    }

    Producer producer() {
        return new Producer(state.producerId(), state.producerEpoch());
    }

    /// Its transaction can take batches.
    boolean open() {
        return state.state() == TransactionState.ONGOING;
    }

    /// It is decided how its transaction ends, and not every partition knows.
    boolean ending() {
        return state.state() == TransactionState.PREPARE_COMMIT || state.state() == TransactionState.PREPARE_ABORT;
    }

    /// A change of it has begun, and waits for something else.
    boolean busy() {
        return fetching;
    }

    void fetching(boolean now) {
        fetching = now;
        if (!now && !ending()) {
            tell();
        }
    }

    /// The state is what `next` says. Every step is prepared on [#state] right before.
    void become(TxnTransitMetadata next) {
        state.completeTransitionTo(next);
        if (!ending()) {
            tell();
        }
    }

    void markersMissing(int count) {
        markersMissing = count;
    }

    /// @return whether it was the last
    boolean markerThere() {
        return --markersMissing == 0;
    }

    /// Runs `then` when it may be asked again.
    void whenSettled(Runnable then) {
        if (waiting.isEmpty()) {
            waiting = new ArrayList<>();
        }
        waiting.add(then);
    }

    /// It is forgotten, or settled.
    void tell() {
        var told = waiting;
        waiting = List.of();
        told.forEach(Runnable::run);
    }
}
