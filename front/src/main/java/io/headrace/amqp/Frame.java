package io.headrace.amqp;

import java.nio.ByteBuffer;

/// The form of a frame, see the package comment.
final class Frame {
    static final int METHOD = 1;
    static final int HEADER = 2;
    static final int BODY = 3;
    static final int HEARTBEAT = 8;

    /// Type, channel and length before the payload.
    static final int PREFIX_BYTES = 7;
    /// The same and the end octet after it.
    static final int OVERHEAD_BYTES = PREFIX_BYTES + 1;

    static final byte END = (byte) 0xce;

    /// Class, weight and body size, before the property flags.
    static final int CONTENT_PREFIX_BYTES = 12;

    static final int BASIC_CLASS = BasicMethod.CLASS_ID;

    private Frame() {}

    static boolean known(int type) {
        return type >= METHOD && type <= BODY || type == HEARTBEAT;
    }

    /// @return where the payload begins
    static int putHeader(ByteBuffer out, int at, int type, int channel, int payloadBytes) {
        out.put(at, (byte) type);
        out.putShort(at + 1, (short) channel);
        out.putInt(at + 3, payloadBytes);
        return at + PREFIX_BYTES;
    }

    /// @return where the next frame begins
    static int putEnd(ByteBuffer out, int at) {
        out.put(at, END);
        return at + 1;
    }
}
