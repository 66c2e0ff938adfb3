package io.headrace.queue;

import io.headrace.message.StoredMessage;

/// Hears what [Queue#take] has found; exactly one of the methods is called.
///
/// Threads: the loop of the queue.
public interface Taker {
    /// @param attempts that failed before, as far as the queue counts them
    /// @param remaining ready messages after this one
    void message(Queue queue, long sequence, StoredMessage message, boolean redelivered, int attempts, long remaining);

    void empty();
}
