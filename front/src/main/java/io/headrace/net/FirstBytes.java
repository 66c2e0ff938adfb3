package io.headrace.net;

import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Collects the first bytes of a connection until one protocol takes them or none does.
///
/// Threads: the loop of the wire.
final class FirstBytes {
    private static final System.Logger LOG = System.getLogger(FirstBytes.class.getName());
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_MAJOR = 3;
    /// A protocol that is not recognised after so many bytes is not spoken here.
    static final int RECOGNISE_BYTES_MAX = 16;

    private final Wire wire;
    private final Talk talk;
    private final List<Protocol> protocols;
    private final ListenerConfig config;
    private final boolean encrypted;
    private final Loop.Timer deadline;
    private ByteBuf seen; // null while there is nothing

    FirstBytes(Wire wire, Talk talk, List<Protocol> protocols, ListenerConfig config, boolean encrypted) {
        this.wire = wire;
        this.talk = talk;
        this.protocols = protocols;
        this.config = config;
        this.encrypted = encrypted;
        this.deadline = wire.loop().schedule(config.recogniseMillis(), this::tooLate);
    }

    void received(ByteBuf bytes) {
        if (seen == null) {
            seen = bytes;
        } else {
            seen = wire.allocate(seen.readableBytes() + bytes.readableBytes())
                    .writeBytes(release(seen))
                    .writeBytes(bytes);
            bytes.release();
        }
        recognise();
    }

    /// Copies what is left out of a buffer that is about to be replaced.
    private static byte[] release(ByteBuf bytes) {
        var copy = new byte[bytes.readableBytes()];
        bytes.readBytes(copy);
        bytes.release();
        return copy;
    }

    private void recognise() {
        boolean open = false;
        for (Protocol protocol : protocols) {
            switch (protocol.recognise(seen)) {
                case YES -> {
                    deadline.cancel();
                    var bytes = seen;
                    seen = null;
                    talk.begin(protocol, bytes);
                    return;
                }
                case MORE -> open = true;
                case NO -> {}
            }
        }
        if (!open || seen.readableBytes() >= RECOGNISE_BYTES_MAX) {
            refuse();
        }
    }

    private void refuse() {
        LOG.log(
                System.Logger.Level.WARNING,
                "{0} {1}: closed, the first bytes are {2}",
                config.name(),
                wire.remote(),
                describe());
        var answer = protocols.getFirst().refusal(seen);
        closed();
        talk.refuse(answer);
    }

    private String describe() {
        if (seen.readableBytes() >= 2
                && seen.getUnsignedByte(seen.readerIndex()) == TLS_HANDSHAKE
                && seen.getByte(seen.readerIndex() + 1) == TLS_MAJOR) {
            return encrypted
                    ? "a TLS hello inside TLS"
                    : "a TLS hello: this port is not encrypted, use the TLS port or switch TLS off in the client";
        }
        int shown = Math.min(seen.readableBytes(), RECOGNISE_BYTES_MAX);
        var text = seen.toString(seen.readerIndex(), shown, StandardCharsets.ISO_8859_1);
        if (text.matches("(?s)(GET|PUT|POST|HEAD|DELETE|OPTIONS) .*")) {
            return "an HTTP request: this port does not speak HTTP, use the management port";
        }
        return "of no protocol spoken here: '" + text.replaceAll("[^ -~]", ".") + "'";
    }

    private void tooLate() {
        LOG.log(
                System.Logger.Level.INFO,
                "{0} {1}: closed, it did not say what it speaks within {2} ms",
                config.name(),
                wire.remote(),
                config.recogniseMillis());
        wire.close();
    }

    void closed() {
        deadline.cancel();
        if (seen != null) {
            seen.release();
            seen = null;
        }
    }
}
