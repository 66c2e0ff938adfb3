package io.headrace.bridge;

import io.headrace.message.StoredMessage;

/// Who takes what a member of a share group is given; implemented above by what stands for a client's consumer.
///
/// Threads: the loop.
public interface SharePort {
    /// Whether one more message can be taken now. After `false` it is asked again only after [ShareConsumer#resume].
    boolean ready();

    /// Takes the record at `offset`; `message` is valid during the call.
    ///
    /// @param part to which it is settled, unless that is done by the delivery
    /// @param attempts that came to nothing before
    void deliver(SharePart part, long offset, StoredMessage message, int attempts);

    /// The queue is gone.
    void cancelled();
}
