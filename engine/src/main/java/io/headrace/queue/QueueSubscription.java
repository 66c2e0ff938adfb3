package io.headrace.queue;

/// A subscriber's place at its queue.
///
/// Threads: the loop of the queue.
public final class QueueSubscription {
    final Subscriber subscriber;
    private final Queue queue;
    boolean inTurn; // in its ring, to be asked next time
    boolean cancelled;

    QueueSubscription(Queue queue, Subscriber subscriber) {
        this.queue = queue;
        this.subscriber = subscriber;
    }

    /// [Subscriber#ready] may have become true.
    public void resume() {
        if (!inTurn && !cancelled) {
            queue.resume(this);
        }
    }

    /// No delivery after the call; what was delivered stays outstanding.
    public void cancel() {
        if (!cancelled) {
            queue.unsubscribe(this);
        }
    }
}
