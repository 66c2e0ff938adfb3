package io.headrace.broker;

import io.headrace.queue.Queue;
import io.headrace.queue.QueueSubscription;

/// The way back to a queue that wants to know when its active consumer has nothing unsettled.
///
/// Threads: the loop.
final class ConsumerLease implements Session.Lease {
    private final Queue queue;
    private QueueSubscription subscription; // from the start of its consumer on

    ConsumerLease(Queue queue) {
        this.queue = queue;
    }

    void started(QueueSubscription started) {
        subscription = started;
    }

    @Override
    public void ack(long sequence) {
        queue.settle(sequence);
        subscription.settled();
    }

    @Override
    public void requeue(long sequence) {
        queue.requeue(sequence, true);
        subscription.settled();
    }

    @Override
    public void release(long sequence) {
        queue.requeue(sequence, false);
        subscription.settled();
    }

    @Override
    public void discard(long sequence) {
        queue.discard(sequence);
        subscription.settled();
    }
}
