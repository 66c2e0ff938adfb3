package io.headrace.net;

import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/// One connection as a protocol sees it.
///
/// Threads: the loop it lives on.
public interface Wire {
    Loop loop();

    SocketAddress remote();

    SocketAddress local();

    /// The name that TLS has proved for the peer, if it showed a certificate that we trust.
    Optional<String> provenName();

    /// How it is encrypted; empty if it is not.
    default Optional<SSLSession> tlsSession() {
        return Optional.empty();
    }

    /// Somebody has logged in: until then a connection counts among those of strangers, of which there may be fewer.
    default void known() {}

    /// Milliseconds since the connection was accepted.
    long ageMillis();

    /// What all connections share for their buffers.
    BufferMemory memory();

    /// A buffer for [#write]: direct, pooled, at least `bytes` large.
    ByteBuf allocate(int bytes);

    /// Queues `bytes`, which belong to the wire from now on.
    void write(ByteBuf bytes);

    /// Gives the socket what is queued.
    void flush();

    /// Bytes that were flushed and that the socket has not taken.
    long pendingBytes();

    /// False while the peer is so slow that no more should be written; [Conversation#writable] tells when
    /// it is over.
    boolean writable();

    /// Whether to read from the socket. What was read already may still arrive.
    void reading(boolean on);

    /// Closes when everything written so far is out, but at once if the peer does not take it.
    void closeAfterFlush();

    /// Closes now.
    void close();
}
