package io.headrace.queue;

/// A subscriber's place at its queue.
///
/// Threads: the loop of the queue.
public final class QueueSubscription {
    final Subscriber subscriber;
    private final Queue queue;
    boolean inTurn; // in its ring, to be asked next time
    boolean cancelled;
    int unsettled; // counted for a consumer that settles

    QueueSubscription(Queue queue, Subscriber subscriber) {
        this.queue = queue;
        this.subscriber = subscriber;
    }

    /// Whether it may get messages now; of a single active consumer's rivals none does.
    public boolean active() {
        return queue.active(this);
    }

    void delivered() {
        if (subscriber.manualAck()) {
            unsettled++;
        }
    }

    /// One of its deliveries was settled, whatever became of it.
    public void settled() {
        if (--unsettled == 0) {
            queue.idle(this);
        }
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
