package io.headrace.net;

import io.netty.buffer.ByteBuf;

/// A protocol that a listener can speak. Several may share a port: each is asked about the first bytes.
///
/// Threads: any loop.
public interface Protocol {
    /// The first bytes as a protocol sees them.
    enum Recognition {
        /// It is ours.
        YES,
        /// It is not.
        NO,
        /// It may be; ask again when there is more. No protocol may need more than
        /// [FirstBytes#RECOGNISE_BYTES_MAX].
        MORE
    }

    /// Short and lower case, for the log.
    String name();

    /// Looks at the bytes from the reader index on, without moving it.
    Recognition recognise(ByteBuf first);

    /// What a stranger is told before the connection is closed; may be empty.
    byte[] refusal(ByteBuf first);

    /// Begins a conversation. The bytes that were recognised arrive, whole, with the first
    /// [Conversation#received].
    Conversation serve(Wire wire);
}
