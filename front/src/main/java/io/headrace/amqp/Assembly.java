package io.headrace.amqp;

import io.headrace.broker.Session;
import io.headrace.net.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// The content of a message while it arrives. One that comes in a single body frame is never copied here:
/// the engine copies it from the socket's buffer. A larger one is collected in memory that grows with what
/// has arrived.
///
/// Threads: the loop of its connection.
final class Assembly implements Session.Content {
    private static final int COLLECTED_BYTES_MIN = 256;

    private final Wire wire;
    private final PieceMemory memory;
    private ByteBuffer propertiesIn; // the frame they came in, or a copy
    private int propertiesAt;
    private int propertiesBytes;
    private boolean propertiesKept; // in memory of our own
    private ByteBuffer bodyIn;
    private int bodyAt;
    private int bodyBytes;
    private int arrivedBytes;
    private ByteBuf collected; // null while nothing had to be collected
    private ByteBuffer collectedIn; // its memory, so that a tiny frame costs no view of its own

    Assembly(Wire wire, PieceMemory memory) {
        this.wire = wire;
        this.memory = memory;
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

    /// Whether there is memory for a body frame now; if not, the input rests, and it is to be offered again.
    boolean admits(int length) {
        int arrived = arrivedBytes + length;
        return length == bodyBytes
                || collected != null && collectedIn.capacity() >= arrived
                || memory.admits(room(arrived));
    }

    /// A body frame has come; it must fit.
    void body(ByteBuffer bytes, int at, int length) {
        arrivedBytes += length;
        if (length == bodyBytes) {
            bodyIn = bytes;
            bodyAt = at;
            return;
        }
        int have = arrivedBytes - length;
        if (collected == null || collectedIn.capacity() < arrivedBytes) {
            grow(have);
        }
        collectedIn.put(have, bytes, at, length);
        if (complete()) {
            bodyIn = collectedIn;
            bodyAt = 0;
        }
    }

    /// Twice what has arrived, but no more than was announced.
    private int room(int arrived) {
        return (int) Math.min(bodyBytes, Math.max(COLLECTED_BYTES_MIN, 2L * arrived));
    }

    private void grow(int have) {
        var larger = wire.allocate(room(arrivedBytes));
        memory.resized(collected == null ? 0 : collected.capacity(), larger.capacity());
        var largerIn = larger.nioBuffer(0, larger.capacity());
        if (collected != null) {
            largerIn.put(0, collectedIn, 0, have);
            collected.release();
        }
        collected = larger;
        collectedIn = largerIn;
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
            memory.resized(collected.capacity(), 0);
            collected.release();
            collected = null;
            collectedIn = null;
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
