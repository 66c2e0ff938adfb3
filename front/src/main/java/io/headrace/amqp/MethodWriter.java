package io.headrace.amqp;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Collects the payload of one method frame.
///
/// Threads: whoever made it.
final class MethodWriter {
    private static final int FIRST_BYTES = 128;
    private static final int SHORT_STRING_BYTES_MAX = 255;
    private static final int BITS_MAX = 8;

    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);
    private int at;
    private int bitsGiven = BITS_MAX;

    /// The payload of `method`, from 0 to [#size].
    static MethodWriter of(Method method) {
        var writer = new MethodWriter();
        writer.uint16(method.classId());
        writer.uint16(method.methodId());
        method.write(writer);
        return writer;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    int size() {
        return at;
    }

    void octet(int value) {
        int start = pass(1);
        bytes.put(start, (byte) value);
    }

    void uint16(int value) {
        int start = pass(2);
        bytes.putShort(start, (short) value);
    }

    void uint32(long value) {
        int start = pass(4);
        bytes.putInt(start, (int) value);
    }

    void int64(long value) {
        int start = pass(8);
        bytes.putLong(start, value);
    }

    void bit(boolean value) {
        if (bitsGiven == BITS_MAX) {
            octet(0);
            bitsGiven = 0;
        }
        int mask = value ? 1 << bitsGiven : 0;
        bytes.put(at - 1, (byte) (bytes.get(at - 1) | mask));
        bitsGiven++;
    }

    void shortString(String value) {
        var text = value.getBytes(StandardCharsets.UTF_8);
        if (text.length > SHORT_STRING_BYTES_MAX) {
            throw new IllegalArgumentException("short string of " + text.length + " bytes");
        }
        octet(text.length);
        int start = pass(text.length);
        bytes.put(start, text);
    }

    void longString(byte[] value) {
        uint32(value.length);
        int start = pass(value.length);
        bytes.put(start, value);
    }

    void table(FieldTable value) {
        int start = pass(FieldTableEncoder.sizeBytes(value));
        FieldTableEncoder.encode(value, bytes, start);
    }

    private int pass(int count) {
        bitsGiven = BITS_MAX;
        if (bytes.capacity() - at < count) {
            var larger = ByteBuffer.allocate(Math.max(bytes.capacity() * 2, at + count));
            larger.put(0, bytes, 0, at);
            bytes = larger;
        }
        int start = at;
        at += count;
        return start;
    }
}
