package io.headrace.broker;

import io.headrace.queue.Queue;

/// The way back to a queue for what it delivered.
///
/// Threads: the loop.
record QueueLease(Queue queue) implements Session.Lease {
    @Override
    public void ack(long sequence) {
        queue.settle(sequence);
    }

    @Override
    public void requeue(long sequence) {
        queue.requeue(sequence, true);
    }

    @Override
    public void release(long sequence) {
        queue.requeue(sequence, false);
    }

    @Override
    public void discard(long sequence) {
        queue.discard(sequence);
    }
}
