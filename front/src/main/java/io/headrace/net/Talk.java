package io.headrace.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;

/// What is said on a wire: first bytes that nobody has recognised, then one protocol's conversation, then nothing.
///
/// Threads: the loop of the wire.
final class Talk {
    private final Wire wire;
    private FirstBytes first; // null once a protocol has taken over
    private Conversation conversation; // null before that
    private boolean ending; // what still arrives is not heard

    Talk(Wire wire, List<Protocol> protocols, ListenerConfig config, boolean encrypted) {
        this.wire = wire;
        this.first = new FirstBytes(wire, this, protocols, config, encrypted);
    }

    /// Takes `bytes`, which belong to the talk from now on.
    void received(ByteBuf bytes) {
        if (ending) {
            bytes.release();
        } else if (conversation != null) {
            conversation.received(bytes);
        } else {
            first.received(bytes);
        }
    }

    /// The protocol is known: from now on the bytes are its own.
    void begin(Protocol protocol, ByteBuf bytes) {
        first = null;
        conversation = protocol.serve(wire);
        conversation.received(bytes);
    }

    /// Nobody here speaks this.
    void refuse(byte[] answer) {
        first = null;
        ending = true;
        if (answer.length > 0) {
            wire.write(Unpooled.wrappedBuffer(answer));
        }
        wire.closeAfterFlush();
    }

    /// The wire is being closed from this side.
    void ending() {
        ending = true;
    }

    /// There is room in the socket again.
    void writable() {
        if (conversation != null) {
            conversation.writable();
        }
    }

    /// The socket is gone.
    void closed() {
        ending = true;
        if (first != null) {
            first.closed();
            first = null;
        }
        if (conversation != null) {
            var ended = conversation;
            conversation = null;
            ended.closed();
        }
    }
}
