package io.headrace.bridge;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties;
import io.headrace.message.MessageProperties.Property;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.common.utils.ByteUtils;

/// The headers of a record that a message becomes, encoded into one buffer that is used again. The package's comment
/// says which.
///
/// Threads: the loop.
final class RecordHeaders {
    static final String EXCHANGE = "amqp.exchange";
    static final String PROPERTIES = "amqp.properties";

    private static final byte[] EXCHANGE_BYTES = ascii(EXCHANGE);
    private static final byte[] PROPERTIES_BYTES = ascii(PROPERTIES);
    private static final Property[] ALL = Property.values();
    private static final byte[][] NAMES = new byte[ALL.length][];
    private static final int FIRST_BYTES = 1 << 10;
    private static final int VARINT_BYTES_MAX = 5;

    static {
        for (var property : ALL) {
            NAMES[property.ordinal()] =
                    ascii("amqp." + property.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
    }

    private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES);
    private int count;

    /// @return how many headers and each of them, as [io.headrace.stream.BatchWriter#add] takes them; valid until the
    ///     next call
    /// @throws io.headrace.message.MalformedException the message's headers are not a table
    ByteBuffer encode(Publication message) {
        count = 0;
        buffer.clear().position(VARINT_BYTES_MAX); // the count comes before, when it is known
        begin(EXCHANGE_BYTES, message.exchangeBytes());
        buffer.put(message.names(), 0, message.exchangeBytes());
        begin(PROPERTIES_BYTES, message.blockBytes());
        put(message.block(), 0, message.blockBytes());
        var properties = message.properties();
        for (var property : ALL) {
            if (property != Property.HEADERS && properties.has(property)) {
                standard(property, properties, message.block());
            }
        }
        if (properties.has(Property.HEADERS)) {
            application(properties.headers());
        }
        int end = buffer.position();
        int start = VARINT_BYTES_MAX - ByteUtils.sizeOfVarint(count);
        ByteUtils.writeVarint(count, buffer.position(start));
        return buffer.position(start).limit(end);
    }

    private void standard(Property property, MessageProperties properties, ByteBuffer block) {
        int start = properties.start(property);
        var name = NAMES[property.ordinal()];
        switch (property) {
            case DELIVERY_MODE, PRIORITY -> text(name, String.valueOf(block.get(start) & 0xff));
            case TIMESTAMP -> text(name, Long.toUnsignedString(block.getLong(start)));
            case CONTENT_TYPE,
                    CONTENT_ENCODING,
                    CORRELATION_ID,
                    REPLY_TO,
                    EXPIRATION,
                    MESSAGE_ID,
                    TYPE,
                    USER_ID,
                    APP_ID,
                    CLUSTER_ID -> {
                begin(name, properties.bytes(property));
                put(block, start, properties.bytes(property));
            }
            case HEADERS -> throw new IllegalStateException("headers are not text");
        }
    }

    private void application(FieldTable headers) {
        headers.fields().forEach((name, value) -> {
            var key = name.getBytes(StandardCharsets.UTF_8);
            switch (value) {
                case FieldValue.LongString(byte[] bytes) -> bytes(key, bytes);
                case FieldValue.Binary(byte[] bytes) -> bytes(key, bytes);
                case FieldValue.Bool(boolean flag) -> text(key, String.valueOf(flag));
                case FieldValue.Float32(float number) -> text(key, String.valueOf(number));
                case FieldValue.Float64(double number) -> text(key, String.valueOf(number));
                case FieldValue.Timestamp(long seconds) -> text(key, String.valueOf(seconds));
                case FieldValue.Decimal(int scale, int unscaled) ->
                    text(key, new BigDecimal(BigInteger.valueOf(unscaled), scale).toPlainString());
                case FieldValue.Int8 _,
                        FieldValue.UInt8 _,
                        FieldValue.Int16 _,
                        FieldValue.UInt16 _,
                        FieldValue.Int32 _,
                        FieldValue.UInt32 _,
                        FieldValue.Int64 _ ->
                    text(key, String.valueOf(value.integer().getAsLong()));
                case FieldValue.Array _, FieldValue.Table _, FieldValue.Nothing _ -> {} // in amqp.properties only
            }
        });
    }

    private void text(byte[] name, String value) {
        bytes(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(byte[] name, byte[] value) {
        begin(name, value.length);
        buffer.put(value);
    }

    private void begin(byte[] name, int valueBytes) {
        makeRoom(2 * VARINT_BYTES_MAX + name.length + valueBytes);
        ByteUtils.writeVarint(name.length, buffer);
        buffer.put(name);
        ByteUtils.writeVarint(valueBytes, buffer);
        count++;
    }

    private void put(ByteBuffer source, int start, int bytes) {
        buffer.put(buffer.position(), source, start, bytes);
        buffer.position(buffer.position() + bytes);
    }

    private void makeRoom(int bytes) {
        if (buffer.remaining() < bytes) {
            buffer = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.position() + bytes))
                    .put(buffer.flip());
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
