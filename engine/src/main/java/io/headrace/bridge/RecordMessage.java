package io.headrace.bridge;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.FieldValue;
import io.headrace.message.MalformedException;
import io.headrace.message.MessageProperties;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.Record;

/// A record as a message.
///
/// What AMQP wrote is the message that it was. Anything else comes from the default exchange, with the record's key as
/// routing key if it is text of at most 255 bytes (else it is in the header `kafka.key`), its headers, its time, and as
/// persistent. Of headers that do not fit into a frame the last are left out, and `kafka.headers-left-out` says how
/// many.
///
/// Threads: one; valid as long as the record is.
final class RecordMessage implements Publication {
    /// A message's properties have to fit into one frame, and these leave room in one of the size that clients agree
    /// on.
    private static final int HEADERS_BYTES_MAX = 96 << 10;
    private static final int SHORT_BYTES_MAX = 255;
    private static final int HEADERS_FLAG = 1 << 13;
    private static final int DELIVERY_MODE_FLAG = 1 << 12;
    private static final int TIMESTAMP_FLAG = 1 << 6;
    private static final byte PERSISTENT = 2;
    private static final String KEY = "kafka.key";
    private static final String LEFT_OUT = "kafka.headers-left-out";
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final byte[] names;
    private final int exchangeBytes;
    private final ByteBuffer block;
    private final ByteBuffer body;
    private final MessageProperties properties;

    private RecordMessage(byte[] names, int exchangeBytes, ByteBuffer block, ByteBuffer body) {
        this.names = names;
        this.exchangeBytes = exchangeBytes;
        this.block = block;
        this.body = body;
        this.properties = new MessageProperties().wrap(block, 0, block.limit());
    }

    /// @param withoutKey the routing key if the record gives none
    static RecordMessage of(Record record, byte[] withoutKey) {
        var headers = record.headers();
        var body = record.hasValue() ? record.value().slice() : NOTHING;
        var written = ofAmqp(record, headers, body);
        return written.isPresent() ? written.get() : ofKafka(record, headers, body, withoutKey);
    }

    // Anyone may write headers of these names: what does not make a message is a record like others.
    private static Optional<RecordMessage> ofAmqp(Record record, Header[] headers, ByteBuffer body) {
        var exchange = value(headers, RecordHeaders.EXCHANGE);
        var block = value(headers, RecordHeaders.PROPERTIES);
        if (exchange.isEmpty()
                || block.isEmpty()
                || exchange.get().length > SHORT_BYTES_MAX
                || block.get().length > HEADERS_BYTES_MAX + SHORT_BYTES_MAX * 10
                || record.keySize() > SHORT_BYTES_MAX
                || text(exchange.get()).isEmpty()) {
            return Optional.empty();
        }
        try {
            var message = new RecordMessage(
                    join(exchange.get(), key(record)), exchange.get().length, ByteBuffer.wrap(block.get()), body);
            message.properties.checkHeaders();
            return Optional.of(message);
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private static RecordMessage ofKafka(Record record, Header[] headers, ByteBuffer body, byte[] withoutKey) {
        var key = key(record);
        boolean fits =
                record.hasKey() && key.length <= SHORT_BYTES_MAX && text(key).isPresent();
        var fields = new LinkedHashMap<String, FieldValue>();
        if (record.hasKey() && !fits) {
            fields.put(KEY, new FieldValue.Binary(key));
        }
        addAll(headers, fields);
        return new RecordMessage(fits ? key : withoutKey, 0, block(new FieldTable(fields), record.timestamp()), body);
    }

    private static void addAll(Header[] headers, LinkedHashMap<String, FieldValue> fields) {
        int bytes = 0;
        int leftOut = 0;
        for (var header : headers) {
            bytes += header.key().length() * 3 + (header.value() == null ? 0 : header.value().length) + 8;
            if (bytes > HEADERS_BYTES_MAX || header.key().getBytes(StandardCharsets.UTF_8).length > SHORT_BYTES_MAX) {
                leftOut++;
            } else {
                fields.merge(header.key(), value(header), RecordMessage::both);
            }
        }
        if (leftOut > 0) {
            fields.put(LEFT_OUT, new FieldValue.Int32(leftOut));
        }
    }

    // a record may have several headers of one name, a table has one field
    private static FieldValue both(FieldValue first, FieldValue second) {
        var values = new ArrayList<FieldValue>();
        values.addAll(first instanceof FieldValue.Array(List<FieldValue> earlier) ? earlier : List.of(first));
        values.add(second);
        return new FieldValue.Array(values);
    }

    private static FieldValue value(Header header) {
        var value = header.value();
        if (value == null) {
            return new FieldValue.Nothing();
        }
        return text(value).isPresent() ? new FieldValue.LongString(value) : new FieldValue.Binary(value);
    }

    private static ByteBuffer block(FieldTable headers, long timestampMillis) {
        boolean table = !headers.isEmpty();
        boolean timed = timestampMillis >= 0;
        int size = Short.BYTES + (table ? FieldTableEncoder.sizeBytes(headers) : 0) + 1 + (timed ? Long.BYTES : 0);
        var block = ByteBuffer.allocate(size);
        block.putShort((short) ((table ? HEADERS_FLAG : 0) | DELIVERY_MODE_FLAG | (timed ? TIMESTAMP_FLAG : 0)));
        if (table) {
            block.position(FieldTableEncoder.encode(headers, block, block.position()));
        }
        block.put(PERSISTENT);
        if (timed) {
            block.putLong(timestampMillis / 1000);
        }
        return block.flip();
    }

    private static byte[] key(Record record) {
        var key = new byte[Math.max(0, record.keySize())];
        if (key.length > 0) {
            record.key().get(key);
        }
        return key;
    }

    private static Optional<byte[]> value(Header[] headers, String name) {
        for (var header : headers) {
            if (header.key().equals(name)) {
                return Optional.ofNullable(header.value());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        var both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    String key() {
        return new String(names, exchangeBytes, keyBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public byte[] names() {
        return names;
    }

    @Override
    public int exchangeBytes() {
        return exchangeBytes;
    }

    @Override
    public int keyBytes() {
        return names.length - exchangeBytes;
    }

    @Override
    public MessageProperties properties() {
        return properties;
    }

    @Override
    public ByteBuffer block() {
        return block;
    }

    @Override
    public int blockBytes() {
        return block.limit();
    }

    @Override
    public int bodyBytes() {
        return body.limit();
    }

    @Override
    public void copyBody(ByteBuffer target, int at) {
        target.put(at, body, 0, body.limit());
    }
}
