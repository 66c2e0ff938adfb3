package io.headrace.net;

import io.netty.buffer.ByteBuf;

/// A protocol's side of one connection.
///
/// Threads: the loop of its [Wire].
public interface Conversation {
    /// Bytes arrived. The conversation owns `bytes` and releases it.
    void received(ByteBuf bytes);

    /// The socket took what was waiting and there is room again.
    void writable();

    /// The connection is gone; called once, and nothing after it.
    void closed();
}
