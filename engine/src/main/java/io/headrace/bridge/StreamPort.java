package io.headrace.bridge;

import io.headrace.message.StoredMessage;

/// Who takes what a stream delivers; implemented above by what stands for a client's consumer.
///
/// Threads: the loop.
public interface StreamPort {
    /// Whether one more message can be taken now. After `false` the stream asks again only when told by
    /// [StreamConsumer#resume].
    boolean ready();

    /// Takes the record at `offset`; `message` is valid during the call.
    void deliver(long offset, StoredMessage message);

    /// The stream is gone.
    void cancelled();
}
