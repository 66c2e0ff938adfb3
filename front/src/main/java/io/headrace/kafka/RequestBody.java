package io.headrace.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.ByteUtils;

/// The bytes of a request as Kafka's message classes read them, in place.
///
/// The classes make room for as many elements as a length says, if so many bytes are left. In a large request a
/// few hostile bytes would take the heap that way, so what is said to be left is bounded, and so is the number
/// of record sets.
///
/// Threads: the loop of its connection.
final class RequestBody implements Readable {
    /// More elements than any array of a sound request has.
    static final int ELEMENTS_MAX = 1 << 18;
    static final int RECORD_SETS_MAX = 1 << 17;

    private final ByteBuffer bytes;
    private int recordSets;

    RequestBody(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    @Override
    public byte readByte() {
        return bytes.get();
    }

    @Override
    public short readShort() {
        return bytes.getShort();
    }

    @Override
    public int readInt() {
        return bytes.getInt();
    }

    @Override
    public long readLong() {
        return bytes.getLong();
    }

    @Override
    public double readDouble() {
        return ByteUtils.readDouble(bytes);
    }

    @Override
    public byte[] readArray(int length) {
        check(length);
        var array = new byte[length];
        bytes.get(array);
        return array;
    }

    @Override
    public int readUnsignedVarint() {
        return ByteUtils.readUnsignedVarint(bytes);
    }

    @Override
    public ByteBuffer readByteBuffer(int length) {
        check(length);
        var part = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return part;
    }

    @Override
    public MemoryRecords readRecords(int length) {
        if (++recordSets > RECORD_SETS_MAX) {
            throw new IllegalArgumentException("more than " + RECORD_SETS_MAX + " sets of records");
        }
        return length < 0 ? null : MemoryRecords.readableRecords(readByteBuffer(length));
    }

    private void check(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException(length + " bytes are said to follow, and " + bytes.remaining() + " do");
        }
    }

    @Override
    public int readVarint() {
        return ByteUtils.readVarint(bytes);
    }

    @Override
    public long readVarlong() {
        return ByteUtils.readVarlong(bytes);
    }

    @Override
    public int remaining() {
        return Math.min(bytes.remaining(), ELEMENTS_MAX);
    }

    @Override
    public Readable slice() {
        return new RequestBody(bytes.slice());
    }
}
