package io.headrace.amqp;

import io.headrace.broker.Session;
import io.headrace.net.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// The content of a message while it arrives. One that comes in a single body frame is never copied here: the engine
/// copies it from the socket's buffer. A larger one is collected in memory that grows with what has arrived.
///
/// Threads: the loop of its connection.
final class Assembly implements Session.Content {
    private static final int COLLECTED_BYTES_MIN = 256;

    private final Wire wire;
    private ByteBuffer propertiesIn; // the frame they came in, or a copy
    private int propertiesAt;
    private int propertiesBytes;
    private boolean propertiesKept; // in memory of our own
    private ByteBuffer bodyIn;
    private int bodyAt;
    private int bodyBytes;
    private int arrivedBytes;
    private ByteBuf collected; // null while nothing had to be collected

    Assembly(Wire wire) {
        this.wire = wire;
    }

    /// The header has come.
    void header(ByteBuffer bytes, int at, int length, int announcedBytes) {
        propertiesIn = bytes;
        propertiesAt = at;
        propertiesBytes = length;
        propertiesKept = false;
        bodyBytes = announcedBytes;
        arrivedBytes = 0;
    }

    boolean complete() {
        return arrivedBytes == bodyBytes;
    }

    int missingBytes() {
        return bodyBytes - arrivedBytes;
    }

    /// Bytes held in our own memory.
    int collectedBytes() {
        return collected == null ? 0 : arrivedBytes;
    }

    /// A body frame has come; it must fit.
    void body(ByteBuffer bytes, int at, int length) {
        arrivedBytes += length;
        if (length == bodyBytes) {
            bodyIn = bytes;
            bodyAt = at;
            return;
        }
        if (collected == null) {
            collected = wire.allocate(Math.min(bodyBytes, Math.max(COLLECTED_BYTES_MIN, 2 * length)));
        }
        if (collected.writableBytes() < length) {
            grow(length);
        }
        collected.nioBuffer(collected.writerIndex(), length).put(0, bytes, at, length);
        collected.writerIndex(collected.writerIndex() + length);
        if (complete()) {
            bodyIn = collected.nioBuffer(0, bodyBytes);
            bodyAt = 0;
        }
    }

    private void grow(int length) {
        int have = collected.readableBytes();
        var larger = wire.allocate((int) Math.min(bodyBytes, Math.max(have * 2L, (long) have + length)));
        larger.writeBytes(collected);
        collected.release();
        collected = larger;
    }

    /// The bytes that the header came in go away.
    void keepHeader() {
        if (propertiesKept) {
            return;
        }
        propertiesKept = true;
        var copy = ByteBuffer.allocate(propertiesBytes);
        copy.put(0, propertiesIn, propertiesAt, propertiesBytes);
        propertiesIn = copy;
        propertiesAt = 0;
    }

    /// Done with this message, or it will not be completed.
    void clear() {
        propertiesIn = null;
        bodyIn = null;
        if (collected != null) {
            collected.release();
            collected = null;
        }
    }

    @Override
    public int propertiesBytes() {
        return propertiesBytes;
    }

    @Override
    public int bodyBytes() {
        return bodyBytes;
    }

    @Override
    public void copyProperties(ByteBuffer target, int at) {
        target.put(at, propertiesIn, propertiesAt, propertiesBytes);
    }

    @Override
    public void copyBody(ByteBuffer target, int at) {
        if (bodyBytes > 0) {
            target.put(at, bodyIn, bodyAt, bodyBytes);
        }
    }
}
