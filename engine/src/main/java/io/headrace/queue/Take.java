package io.headrace.queue;

import io.headrace.shard.CommitWaits;

/// One `basic.get` on its way: it may have to wait for the commit of what was published before it, and for the disk.
/// It is answered in any case, also when its queue is gone by then.
///
/// Threads: the loop of the queue.
record Take(Queue queue, boolean manualAck, Taker taker) implements CommitWaits.Waiter {
    @Override
    public void committed(long tag) {
        next();
    }

    void next() {
        var counts = queue.counts();
        long sequence = queue.gone() ? -1 : queue.peekAlive();
        if (sequence < 0) {
            counts.getEmpty++;
            taker.empty();
            return;
        }
        int at = queue.find(sequence);
        if (at < 0) {
            queue.load(sequence, this::next);
            return;
        }
        boolean redelivered = queue.advance(sequence);
        int attempts = queue.retries().attempts(sequence);
        taker.message(queue, sequence, queue.found(at), redelivered, attempts, queue.ready());
        if (manualAck) {
            counts.got++;
        } else {
            counts.gotNoAck++;
            queue.drop(sequence);
        }
    }
}
