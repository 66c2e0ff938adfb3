package io.headrace.broker;

import io.headrace.message.StoredMessage;
import io.headrace.queue.Queue;
import io.headrace.queue.Subscriber;

/// A front's consumer, as its queue sees it.
///
/// Threads: the loop.
final class PortSubscriber implements Subscriber {
    private final Session.ConsumerPort port;
    private final Session.Lease lease;
    private final boolean manualAck;
    private final int priority;
    private final Runnable onCancelled;
    private final String queueName;
    private final TracePoint trace;

    PortSubscriber(
            Session.ConsumerPort port,
            Session.Lease lease,
            boolean manualAck,
            int priority,
            Runnable onCancelled,
            String queueName,
            TracePoint trace) {
        this.port = port;
        this.lease = lease;
        this.manualAck = manualAck;
        this.priority = priority;
        this.onCancelled = onCancelled;
        this.queueName = queueName;
        this.trace = trace;
    }

    @Override
    public boolean ready() {
        return port.ready();
    }

    @Override
    public void deliver(Queue queue, long sequence, StoredMessage message, boolean redelivered, int attempts) {
        if (trace.on()) {
            trace.delivered(queueName, message, redelivered);
        }
        port.deliver(lease, sequence, message, redelivered, attempts);
    }

    @Override
    public void cancelled() {
        onCancelled.run();
        port.cancelled();
    }

    @Override
    public boolean manualAck() {
        return manualAck;
    }

    @Override
    public int priority() {
        return priority;
    }
}
