package io.headrace.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Method frames (AMQP 0-9-1 §2.3.5) put together, so that they can go out in one write.
///
/// Threads: one.
final class Requests {
    private static final int MAX_BYTES = 2048;
    private static final int SHORT_STRING_BYTES_MAX = 255;

    private final ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
    private int payload; // where the payload of the frame begins that is not yet ended

    /// Begins a frame; its fields follow, in wire order, and [#end()].
    Requests begin(int channel, Method method) {
        out.put(MethodFrame.TYPE).putShort((short) channel).putInt(0); // the length is known at the end
        payload = out.position();
        out.putShort((short) method.classId).putShort((short) method.methodId);
        return this;
    }

    Requests end() {
        int payloadBytes = out.position() - payload;
        out.putInt(payload - Integer.BYTES, payloadBytes);
        out.put(MethodFrame.END);
        return this;
    }

    /// Also for bits, which share an octet.
    Requests octet(int value) {
        out.put((byte) value);
        return this;
    }

    Requests shortInt(int value) {
        out.putShort((short) value);
        return this;
    }

    Requests longInt(int value) {
        out.putInt(value);
        return this;
    }

    Requests shortString(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > SHORT_STRING_BYTES_MAX) {
            throw new IllegalArgumentException(bytes.length + " bytes are too many for a short string");
        }
        out.put((byte) bytes.length).put(bytes);
        return this;
    }

    Requests longString(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length).put(bytes);
        return this;
    }

    /// A field table with one entry, a long string.
    Requests table(String key, String text) {
        int length = out.position();
        longInt(0).shortString(key).octet('S').longString(text);
        out.putInt(length, out.position() - length - Integer.BYTES);
        return this;
    }

    byte[] bytes() {
        var bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }
}
