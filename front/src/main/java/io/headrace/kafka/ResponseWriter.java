package io.headrace.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.utils.ByteUtils;

/// Writes answers in place, where the [Output] has room. Records that a fetch has found are not copied, unless there
/// are so few of them that a copy is cheaper than a buffer more for the socket.
///
/// Threads: the loop of its connection.
final class ResponseWriter implements Writable {
    private static final int COPIED_BYTES_MAX = 1024;

    private final Output output;
    private ByteBuffer bytes; // during a write
    private int reservedEnd; // the rest of the answer fits below, records left out

    ResponseWriter(Output output) {
        this.output = output;
    }

    /// Adds an answer, its size in front.
    ///
    /// @throws org.apache.kafka.common.errors.UnsupportedVersionException the answer says what its version cannot;
    ///     half an answer may be written, so the connection must end
    void write(Message header, short headerVersion, Message body, short version) {
        var cache = new ObjectSerializationCache();
        var size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);
        int room = RequestFrames.SIZE_BYTES + size.sizeExcludingZeroCopy();
        bytes = output.room(room);
        reservedEnd = bytes.position() + room;
        bytes.putInt(size.totalSize());
        header.write(this, cache, headerVersion);
        body.write(this, cache, version);
        bytes = null;
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof FetchedRecords fetched) {
            int count = fetched.sizeInBytes();
            if (count <= COPIED_BYTES_MAX && fits(count)) {
                fetched.bytes().readBytes(reserve(count));
                fetched.bytes().release();
            } else {
                output.add(fetched.bytes());
            }
        } else {
            Writable.super.writeRecords(records);
        }
    }

    private boolean fits(int more) {
        return reservedEnd + more <= bytes.capacity();
    }

    /// The next `count` bytes; the position is behind them.
    private ByteBuffer reserve(int count) {
        var part = bytes.slice(bytes.position(), count);
        bytes.position(bytes.position() + count);
        reservedEnd += count;
        return part;
    }

    @Override
    public void writeByteBuffer(ByteBuffer source) {
        if (!source.hasRemaining()) {
            return;
        }
        if (!fits(source.remaining())) {
            throw new IllegalStateException("no room for " + source.remaining() + " bytes that are not FetchedRecords");
        }
        reserve(source.remaining()).put(source.duplicate());
    }

    @Override
    public void writeByte(byte value) {
        bytes.put(value);
    }

    @Override
    public void writeShort(short value) {
        bytes.putShort(value);
    }

    @Override
    public void writeInt(int value) {
        bytes.putInt(value);
    }

    @Override
    public void writeLong(long value) {
        bytes.putLong(value);
    }

    @Override
    public void writeDouble(double value) {
        ByteUtils.writeDouble(value, bytes);
    }

    @Override
    public void writeByteArray(byte[] array) {
        bytes.put(array);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        ByteUtils.writeUnsignedVarint(value, bytes);
    }

    @Override
    public void writeVarint(int value) {
        ByteUtils.writeVarint(value, bytes);
    }

    @Override
    public void writeVarlong(long value) {
        ByteUtils.writeVarlong(value, bytes);
    }
}
