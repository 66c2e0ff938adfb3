package io.headrace.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Writes field tables in RabbitMQ's dialect, each value with the type it has. What [FieldTableDecoder]
/// read comes out as it went in, except that an `L` becomes `l`.
///
/// Threads: stateless.
public final class FieldTableEncoder {
    private static final int MAX_NAME_BYTES = 255;

    private FieldTableEncoder() {}

    /// Bytes of the table with its 4-byte length.
    public static int sizeBytes(FieldTable table) {
        int size = Integer.BYTES;
        for (Map.Entry<String, FieldValue> field : table.fields().entrySet()) {
            size += 1 + utf8(field.getKey()).length + 1 + payloadBytes(field.getValue());
        }
        return size;
    }

    /// Writes the table with its 4-byte length to `buffer` (big-endian) from `at`; the position is not
    /// used.
    ///
    /// @return where it ends
    /// @throws IllegalArgumentException a field's name is longer than 255 bytes
    public static int encode(FieldTable table, ByteBuffer buffer, int at) {
        int end = at + Integer.BYTES;
        for (Map.Entry<String, FieldValue> field : table.fields().entrySet()) {
            byte[] name = utf8(field.getKey());
            if (name.length > MAX_NAME_BYTES) {
                throw new IllegalArgumentException("field name of " + name.length + " bytes");
            }
            buffer.put(end, (byte) name.length);
            buffer.put(end + 1, name);
            end = value(field.getValue(), buffer, end + 1 + name.length);
        }
        buffer.putInt(at, end - at - Integer.BYTES);
        return end;
    }

    private static int payloadBytes(FieldValue value) {
        return switch (value) {
            case FieldValue.Nothing _ -> 0;
            case FieldValue.Bool _, FieldValue.Int8 _, FieldValue.UInt8 _ -> Byte.BYTES;
            case FieldValue.Int16 _, FieldValue.UInt16 _ -> Short.BYTES;
            case FieldValue.Int32 _, FieldValue.UInt32 _, FieldValue.Float32 _ -> Integer.BYTES;
            case FieldValue.Decimal _ -> 1 + Integer.BYTES;
            case FieldValue.Int64 _, FieldValue.Float64 _, FieldValue.Timestamp _ -> Long.BYTES;
            case FieldValue.LongString(byte[] bytes) -> Integer.BYTES + bytes.length;
            case FieldValue.Binary(byte[] bytes) -> Integer.BYTES + bytes.length;
            case FieldValue.Table(FieldTable table) -> sizeBytes(table);
            case FieldValue.Array array -> {
                int size = Integer.BYTES;
                for (FieldValue element : array.values()) {
                    size += 1 + payloadBytes(element);
                }
                yield size;
            }
        };
    }

    private static int value(FieldValue value, ByteBuffer buffer, int at) {
        buffer.put(at, typeOctet(value));
        int start = at + 1;
        switch (value) {
            case FieldValue.Nothing _ -> {}
            case FieldValue.Bool(boolean flag) -> buffer.put(start, (byte) (flag ? 1 : 0));
            case FieldValue.Int8(byte number) -> buffer.put(start, number);
            case FieldValue.UInt8(short number) -> buffer.put(start, (byte) number);
            case FieldValue.Int16(short number) -> buffer.putShort(start, number);
            case FieldValue.UInt16(int number) -> buffer.putShort(start, (short) number);
            case FieldValue.Int32(int number) -> buffer.putInt(start, number);
            case FieldValue.UInt32(long number) -> buffer.putInt(start, (int) number);
            case FieldValue.Int64(long number) -> buffer.putLong(start, number);
            case FieldValue.Float32(float number) -> buffer.putFloat(start, number);
            case FieldValue.Float64(double number) -> buffer.putDouble(start, number);
            case FieldValue.Timestamp(long seconds) -> buffer.putLong(start, seconds);
            case FieldValue.Decimal(int scale, int unscaled) ->
                buffer.put(start, (byte) scale).putInt(start + 1, unscaled);
            case FieldValue.LongString(byte[] bytes) -> bytes(bytes, buffer, start);
            case FieldValue.Binary(byte[] bytes) -> bytes(bytes, buffer, start);
            case FieldValue.Table(FieldTable table) -> {
                return encode(table, buffer, start);
            }
            case FieldValue.Array array -> {
                return array(array, buffer, start);
            }
        }
        return start + payloadBytes(value);
    }

    private static void bytes(byte[] bytes, ByteBuffer buffer, int at) {
        buffer.putInt(at, bytes.length);
        buffer.put(at + Integer.BYTES, bytes);
    }

    private static int array(FieldValue.Array array, ByteBuffer buffer, int at) {
        int end = at + Integer.BYTES;
        for (FieldValue element : array.values()) {
            end = value(element, buffer, end);
        }
        buffer.putInt(at, end - at - Integer.BYTES);
        return end;
    }

    private static byte typeOctet(FieldValue value) {
        char octet = switch (value) {
            case FieldValue.Nothing _ -> 'V';
            case FieldValue.Bool _ -> 't';
            case FieldValue.Int8 _ -> 'b';
            case FieldValue.UInt8 _ -> 'B';
            case FieldValue.Int16 _ -> 's';
            case FieldValue.UInt16 _ -> 'u';
            case FieldValue.Int32 _ -> 'I';
            case FieldValue.UInt32 _ -> 'i';
            case FieldValue.Int64 _ -> 'l';
            case FieldValue.Float32 _ -> 'f';
            case FieldValue.Float64 _ -> 'd';
            case FieldValue.Timestamp _ -> 'T';
            case FieldValue.Decimal _ -> 'D';
            case FieldValue.LongString _ -> 'S';
            case FieldValue.Binary _ -> 'x';
            case FieldValue.Table _ -> 'F';
            case FieldValue.Array _ -> 'A';
        };
        return (byte) octet;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
