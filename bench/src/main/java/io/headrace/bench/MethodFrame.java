package io.headrace.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A frame that carries a method (AMQP 0-9-1 §2.3.5), as it came.
///
/// ```text
/// type 1 │ channel 2 │ length 4 │ class 2 │ method 2 │ fields │ 0xCE
/// ```
///
/// @param fields what follows the ids, in wire order
record MethodFrame(int channel, int classId, int methodId, ByteBuffer fields) {
    static final byte TYPE = 1;
    static final byte END = (byte) 0xce;
    private static final int ID_BYTES = 4;
    private static final int MAX_PAYLOAD_BYTES = 128 << 10;

    /// Reads one whole frame.
    ///
    /// @throws ProtocolException it is no method frame; `in` is in the middle of it
    static MethodFrame read(DataInputStream in) throws IOException {
        int type = in.readUnsignedByte();
        int channel = in.readUnsignedShort();
        int payloadBytes = in.readInt();
        if (type != TYPE || payloadBytes < ID_BYTES || payloadBytes > MAX_PAYLOAD_BYTES) {
            throw new ProtocolException("a frame of type %d with %d bytes on channel %d, where a method was awaited"
                    .formatted(type, Integer.toUnsignedLong(payloadBytes), channel));
        }
        int classId = in.readUnsignedShort();
        int methodId = in.readUnsignedShort();
        var fields = new byte[payloadBytes - ID_BYTES];
        in.readFully(fields);
        byte end = in.readByte();
        if (end != END) {
            throw new ProtocolException("the frame of method %d.%d on channel %d ends with 0x%02x and not with 0xce"
                    .formatted(classId, methodId, channel, end));
        }
        return new MethodFrame(channel, classId, methodId, ByteBuffer.wrap(fields));
    }

    boolean is(Method method, int onChannel) {
        return classId == method.classId && methodId == method.methodId && channel == onChannel;
    }

    /// For the one who must find out why: the ids, and if the broker closes the connection, its words.
    @Override
    public String toString() {
        var ids = "method " + classId + "." + methodId + " on channel " + channel;
        return is(Method.CONNECTION_CLOSE, 0) ? ids + ": " + closeReason() : ids;
    }

    /// Reply code and reply text.
    private String closeReason() {
        var reading = fields.duplicate();
        int code = reading.getShort();
        var text = new byte[reading.get() & 0xff];
        reading.get(text);
        return code + " " + new String(text, StandardCharsets.UTF_8);
    }
}
