package io.headrace.amqp;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableDecoder;
import io.headrace.message.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads the fields of one method out of a frame's payload. Lengths are checked against what is there
/// before anything is allocated for them.
///
/// Threads: the loop of its connection.
final class MethodReader {
    private static final int BITS_MAX = 8;

    private final ByteBuffer bytes;
    private final int start;
    private final int end;
    private final int classId;
    private final int methodId;
    private int at;
    private int bitsTaken = BITS_MAX;
    private int bits;

    /// @throws AmqpException the payload has no class and method
    MethodReader(ByteBuffer bytes, int at, int end) throws AmqpException {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
        this.start = at;
        this.classId = uint16();
        this.methodId = uint16();
    }

    int classId() {
        return classId;
    }

    int methodId() {
        return methodId;
    }

    AmqpException unimplemented() {
        return ReplyCode.COMMAND_INVALID.because("unimplemented method");
    }

    int octet() throws AmqpException {
        return bytes.get(pass(1)) & 0xff;
    }

    int uint16() throws AmqpException {
        return bytes.getShort(pass(2)) & 0xffff;
    }

    long uint32() throws AmqpException {
        return bytes.getInt(pass(4)) & 0xffffffffL;
    }

    long int64() throws AmqpException {
        return bytes.getLong(pass(8));
    }

    boolean bit() throws AmqpException {
        if (bitsTaken == BITS_MAX) {
            bits = octet();
            bitsTaken = 0;
        }
        return (bits >> bitsTaken++ & 1) != 0;
    }

    String shortString() throws AmqpException {
        int length = octet();
        int start = pass(length);
        if (ascii(start, length)) {
            var text = new byte[length];
            bytes.get(start, text);
            return new String(text, StandardCharsets.ISO_8859_1);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.slice(start, length))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw ReplyCode.FRAME_ERROR.because("Malformed UTF-8 in shortstr").ofNoMethod();
        }
    }

    private boolean ascii(int start, int length) {
        int any = 0;
        for (int i = 0; i < length; i++) {
            any |= bytes.get(start + i);
        }
        return any >= 0;
    }

    byte[] longString() throws AmqpException {
        long length = uint32();
        if (length > end - at) {
            throw undecodable();
        }
        var copy = new byte[(int) length];
        bytes.get(pass(copy.length), copy);
        return copy;
    }

    FieldTable table() throws AmqpException {
        bitsTaken = BITS_MAX;
        try {
            var table = FieldTableDecoder.decode(bytes, at, end);
            at += Integer.BYTES + bytes.getInt(at);
            return table;
        } catch (MalformedException _) {
            throw undecodable();
        }
    }

    /// All fields are read.
    void end() throws AmqpException {
        if (at != end) {
            throw undecodable();
        }
    }

    private int pass(int count) throws AmqpException {
        if (count > end - at) {
            throw undecodable();
        }
        bitsTaken = BITS_MAX;
        int start = at;
        at += count;
        return start;
    }

    private AmqpException undecodable() {
        return undecodable(bytes, start, end);
    }

    /// A method's fields are not what they have to be, from class and method on.
    static AmqpException undecodable(ByteBuffer bytes, int at, int end) {
        int fields = at + Frame.METHOD_PREFIX_BYTES;
        int shown = Math.min(end - fields, AmqpException.TEXT_BYTES_MAX); // the rest would be cut anyway
        return ReplyCode.FRAME_ERROR.because("cannot decode " + Frame.octets(bytes, fields, shown));
    }
}
