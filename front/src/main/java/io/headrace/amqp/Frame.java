package io.headrace.amqp;

import java.nio.ByteBuffer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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

    /// Class and method, before the fields.
    static final int METHOD_PREFIX_BYTES = 4;

    private static final int SHOWN_BYTES_MAX = 16;

    private Frame() {}

    /// Whether a frame of this type can have a payload of this length.
    static boolean known(int type, int payloadBytes) {
        return switch (type) {
            case METHOD -> payloadBytes >= METHOD_PREFIX_BYTES;
            case HEADER -> payloadBytes >= CONTENT_PREFIX_BYTES;
            case BODY -> true;
            case HEARTBEAT -> payloadBytes == 0;
            default -> false;
        };
    }

    /// As RabbitMQ shows a frame that it does not like: `type 9, first 16 octets = <<1,0,...>>`.
    static String shown(int type, ByteBuffer from, int at, int payloadBytes) {
        int bytes = Math.min(payloadBytes, SHOWN_BYTES_MAX);
        return "type %d, %s octets = %s"
                .formatted(type & 0xff, payloadBytes > bytes ? "first " + bytes : "all", octets(from, at, bytes));
    }

    /// `<<1,0,255>>`
    static String octets(ByteBuffer from, int at, int bytes) {
        return IntStream.range(at, at + bytes)
                .mapToObj(i -> Integer.toString(from.get(i) & 0xff))
                .collect(Collectors.joining(",", "<<", ">>"));
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
