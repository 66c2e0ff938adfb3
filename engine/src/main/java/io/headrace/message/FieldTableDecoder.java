package io.headrace.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/// Reads field tables from bytes that a stranger sent.
///
/// Budget: tables and arrays nest at most [#MAX_DEPTH] deep and hold at most [#MAX_VALUES] values together.
/// A declared length only ever narrows the range that is read, and values are counted before room for them
/// is made, so what is allocated follows what is there: up to 16 bytes for each byte.
///
/// Reading is absolute: the buffer's position and limit are neither used nor moved, its order must be
/// big-endian.
///
/// Of two fields with the same name the first counts, as it does in RabbitMQ.
///
/// Threads: stateless methods; each call has its own reader.
public final class FieldTableDecoder {
    public static final int MAX_DEPTH = 32;
    public static final int MAX_VALUES = 65_536;

    private static final byte[] NO_BYTES = {};

    private static final FieldValue NOTHING = new FieldValue.Nothing();
    private static final FieldValue EMPTY_TABLE = new FieldValue.Table(FieldTable.EMPTY);
    private static final FieldValue EMPTY_ARRAY = new FieldValue.Array(List.of());
    private static final String[] SHORT_NAMES = shortNames();

    private final ByteBuffer buffer;
    private byte[] nameBytes = NO_BYTES; // as long as the longest name so far
    private final boolean keep; // false: only look whether the bytes are in order
    private int at;
    private int valuesLeft = MAX_VALUES;
    private FieldTableDecoder ahead; // null until needed

    private FieldTableDecoder(ByteBuffer buffer, int start, boolean keep) {
        this.buffer = buffer;
        this.at = start;
        this.keep = keep;
    }

    private static String[] shortNames() {
        String[] names = new String[Byte.MAX_VALUE + 1];
        for (char c = 0; c <= Byte.MAX_VALUE; c++) {
            names[c] = String.valueOf(c);
        }
        return names;
    }

    /// Reads the table whose 4-byte length stands at `start` and which must end at or before `end`.
    ///
    /// @throws MalformedException the bytes are not a table, or one beyond the budget
    public static FieldTable decode(ByteBuffer buffer, int start, int end) {
        FieldTableDecoder decoder = new FieldTableDecoder(buffer, start, true);
        return decoder.table(end, 0);
    }

    /// Reads the fields from `start` to exactly `end`: a table without its length, as in AMQPLAIN.
    ///
    /// @throws MalformedException the bytes are not fields, or beyond the budget
    public static FieldTable decodeFields(ByteBuffer buffer, int start, int end) {
        FieldTableDecoder decoder = new FieldTableDecoder(buffer, start, true);
        return decoder.fields(end, 0);
    }

    /// Walks the table whose length stands at `start` without keeping anything of it.
    ///
    /// @return where it ends
    /// @throws MalformedException as [#decode] would
    public static int check(ByteBuffer buffer, int start, int end) {
        FieldTableDecoder decoder = new FieldTableDecoder(buffer, start, false);
        decoder.table(end, 0);
        return decoder.at;
    }

    /// Passes over the value whose type octet stands at `start`.
    ///
    /// @return where the value ends
    static int skipValue(ByteBuffer buffer, int start, int end) {
        FieldTableDecoder decoder = new FieldTableDecoder(buffer, start, false);
        decoder.value(end, 0);
        return decoder.at;
    }

    private FieldTable table(int end, int depth) {
        int length = length(end, "table");
        return fields(at + length, depth);
    }

    private FieldTable fields(int end, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedException("tables nested more than " + MAX_DEPTH + " deep");
        }
        int count = passFields(keep ? counting() : this, end, depth);
        if (!keep || count == 0) {
            return FieldTable.EMPTY;
        }
        DecodedFields fields = new DecodedFields(count);
        while (at < end) {
            String name = name(end);
            fields.add(name, value(end, depth));
        }
        return new FieldTable(fields);
    }

    private FieldValue array(int end, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedException("arrays nested more than " + MAX_DEPTH + " deep");
        }
        int length = length(end, "array");
        int arrayEnd = at + length;
        int count = passValues(keep ? counting() : this, arrayEnd, depth);
        if (!keep || count == 0) {
            return EMPTY_ARRAY;
        }
        FieldValue[] values = new FieldValue[count];
        for (int i = 0; i < count; i++) {
            values[i] = value(arrayEnd, depth);
        }
        return new FieldValue.Array(List.of(values));
    }

    /// Looks ahead from here, so that what is kept can be made as large as it has to be.
    private FieldTableDecoder counting() {
        if (ahead == null) {
            ahead = new FieldTableDecoder(buffer, at, false);
        }
        ahead.at = at;
        ahead.valuesLeft = valuesLeft;
        return ahead;
    }

    private static int passFields(FieldTableDecoder walk, int end, int depth) {
        int count = 0;
        while (walk.at < end) {
            walk.passName(end);
            walk.value(end, depth);
            count++;
        }
        return count;
    }

    private static int passValues(FieldTableDecoder walk, int end, int depth) {
        int count = 0;
        while (walk.at < end) {
            walk.value(end, depth);
            count++;
        }
        return count;
    }

    private int passName(int end) {
        int nameBytes = buffer.get(need(1, end, "field name")) & 0xff;
        return need(nameBytes, end, "field name");
    }

    private String name(int end) {
        int start = passName(end);
        int length = at - start;
        byte first = length == 0 ? 0 : buffer.get(start);
        if (length == 1 && first >= 0) {
            return SHORT_NAMES[first];
        }
        if (length > nameBytes.length) {
            nameBytes = new byte[length];
        }
        buffer.get(start, nameBytes, 0, length);
        return new String(nameBytes, 0, length, StandardCharsets.UTF_8);
    }

    private FieldValue value(int end, int depth) {
        if (--valuesLeft < 0) {
            throw new MalformedException("more than " + MAX_VALUES + " values in one table");
        }
        byte type = buffer.get(need(1, end, "field type"));
        return switch (type) {
            case 'S' -> bytes(end, true);
            case 'x' -> bytes(end, false);
            case 'F' -> {
                FieldTable table = table(end, depth + 1);
                yield table.isEmpty() ? EMPTY_TABLE : new FieldValue.Table(table);
            }
            case 'A' -> array(end, depth + 1);
            case 'V' -> NOTHING;
            default -> keep ? number(type, end) : passNumber(type, end);
        };
    }

    private FieldValue passNumber(byte type, int end) {
        need(numberBytes(type), end, "field value");
        return NOTHING;
    }

    private FieldValue number(byte type, int end) {
        int start = need(numberBytes(type), end, "field value");
        return switch (type) {
            case 't' -> new FieldValue.Bool(buffer.get(start) != 0);
            case 'b' -> new FieldValue.Int8(buffer.get(start));
            case 'B' -> new FieldValue.UInt8((short) (buffer.get(start) & 0xff));
            case 's' -> new FieldValue.Int16(buffer.getShort(start));
            case 'u' -> new FieldValue.UInt16(buffer.getShort(start) & 0xffff);
            case 'I' -> new FieldValue.Int32(buffer.getInt(start));
            case 'i' -> new FieldValue.UInt32(buffer.getInt(start) & 0xffff_ffffL);
            case 'f' -> new FieldValue.Float32(buffer.getFloat(start));
            case 'd' -> new FieldValue.Float64(buffer.getDouble(start));
            case 'D' -> new FieldValue.Decimal(buffer.get(start) & 0xff, buffer.getInt(start + 1));
            case 'T' -> new FieldValue.Timestamp(buffer.getLong(start));
            case 'l', 'L' -> new FieldValue.Int64(buffer.getLong(start));
            default -> throw unknown(type);
        };
    }

    private static int numberBytes(byte type) {
        return switch (type) {
            case 't', 'b', 'B' -> Byte.BYTES;
            case 's', 'u' -> Short.BYTES;
            case 'I', 'i', 'f' -> Integer.BYTES;
            case 'D' -> 1 + Integer.BYTES;
            case 'd', 'T', 'l', 'L' -> Long.BYTES;
            default -> throw unknown(type);
        };
    }

    private static MalformedException unknown(byte type) {
        return new MalformedException("unknown field type 0x" + HexFormat.of().toHexDigits(type));
    }

    private FieldValue bytes(int end, boolean text) {
        int length = length(end, "field value");
        int start = at;
        at += length;
        if (!keep) {
            return NOTHING;
        }
        byte[] bytes = new byte[length];
        buffer.get(start, bytes);
        return text ? new FieldValue.LongString(bytes) : new FieldValue.Binary(bytes);
    }

    /// Reads a 4-byte length of something that must end at or before `end`.
    private int length(int end, String what) {
        int length = buffer.getInt(need(Integer.BYTES, end, what));
        if (length < 0 || length > end - at) {
            throw new MalformedException(
                    what + " of " + Integer.toUnsignedLong(length) + " bytes where " + (end - at) + " are left");
        }
        return length;
    }

    /// Moves over `bytes` bytes and returns where they begin.
    private int need(int bytes, int end, String what) {
        if (bytes > end - at) {
            throw new MalformedException(what + " cut short");
        }
        int start = at;
        at += bytes;
        return start;
    }
}
