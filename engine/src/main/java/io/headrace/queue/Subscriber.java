package io.headrace.queue;

import io.headrace.message.StoredMessage;

/// Someone who takes messages from a queue; implemented above by what stands for a client's consumer.
///
/// Threads: the loop of the queue.
public interface Subscriber {
    /// Whether one more message can be taken now. After `false` the queue asks again only when told by
    /// [Queue#resume].
    boolean ready();

    /// Takes a message; `message` is valid during the call.
    ///
    /// @param attempts that failed before, as far as the queue counts them
    void deliver(Queue queue, long sequence, StoredMessage message, boolean redelivered, int attempts);

    /// The queue is gone.
    void cancelled();

    /// Whether deliveries have to be settled; otherwise they are gone once delivered.
    boolean manualAck();

    /// Higher ones are served first.
    int priority();
}
