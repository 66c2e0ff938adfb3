package io.headrace.broker;

import io.headrace.bridge.Destinations;
import io.headrace.catalog.QueueDefinition;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MalformedException;
import io.headrace.message.MessageProperties;
import io.headrace.message.MessageProperties.Property;
import io.headrace.message.StoredMessage;
import io.headrace.routing.CopyKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Where the firehose is filled from: one channel. Whoever publishes or delivers there looks at [#on] first, which is
/// all that tracing costs while it is off.
///
/// Threads: the loop.
final class TracePoint {
    private final Engine engine;
    private final Firehose.Switch tracing;
    private final String vhost;
    private final String connection;
    private final int channel;
    private final String user;

    TracePoint(Engine engine, Firehose.Switch tracing, String vhost, String connection, int channel, String user) {
        this.engine = engine;
        this.tracing = tracing;
        this.vhost = vhost;
        this.connection = connection;
        this.channel = channel;
        this.user = user;
    }

    boolean on() {
        return tracing.on;
    }

    /// The key and its copies. Asked while `BCC` is still in the headers.
    static List<String> keys(String key, MessageProperties properties) {
        return CopyKeys.in(properties)
                        && CopyKeys.of(properties.headers()) instanceof CopyKeys.Reading.Read(CopyKeys copies)
                ? copies.with(key)
                : List.of(key);
    }

    /// A message was published.
    void published(
            String exchange,
            List<String> keys,
            MessageProperties properties,
            Session.Content content,
            Destinations to) {
        if (exchange.equals(Firehose.EXCHANGE)) {
            return;
        }
        var body = ByteBuffer.allocate(content.bodyBytes());
        content.copyBody(body, 0);
        engine.firehose()
                .publish(
                        vhost,
                        "publish." + exchange,
                        () -> {
                            var headers = headers(exchange, keys, properties);
                            putOrigin(headers);
                            headers.put("routed_queues", texts(names(to)));
                            return headers;
                        },
                        body.array());
    }

    /// A message was delivered from a queue. What is copied of it is published when this delivering is over.
    void delivered(String queue, StoredMessage message, boolean redelivered) {
        var exchange = text(message, message.exchangeStart(), message.exchangeBytes());
        if (exchange.equals(Firehose.EXCHANGE)) {
            return;
        }
        var key = text(message, message.keyStart(), message.keyBytes());
        var blindCopies = message.notes().blindCopies();
        var block = ByteBuffer.wrap(bytes(message, message.propertiesStart(), message.propertiesBytes()));
        var body = bytes(message, message.bodyStart(), message.bodyBytes());
        engine.shard().loop().execute(() -> {
            if (tracing.on) { // and the vhost is still there
                engine.firehose()
                        .publish(
                                vhost,
                                "deliver." + queue,
                                () -> deliveredHeaders(exchange, key, blindCopies, block, redelivered),
                                body);
            }
        });
    }

    private Map<String, FieldValue> deliveredHeaders(
            String exchange, String key, List<String> blindCopies, ByteBuffer block, boolean redelivered) {
        var properties = new MessageProperties().wrap(block, 0, block.capacity());
        List<String> all = new ArrayList<>(keys(key, properties));
        all.addAll(blindCopies);
        var headers = headers(exchange, all, properties);
        headers.put("redelivered", new FieldValue.Int32(redelivered ? 1 : 0));
        putOrigin(headers);
        return headers;
    }

    private Map<String, FieldValue> headers(String exchange, List<String> keys, MessageProperties properties) {
        Map<String, FieldValue> headers = new LinkedHashMap<>();
        headers.put("exchange_name", FieldValue.LongString.of(exchange));
        headers.put("routing_keys", texts(keys));
        headers.put("properties", new FieldValue.Table(table(properties)));
        headers.put("node", FieldValue.LongString.of(engine.identity().nodeName()));
        return headers;
    }

    private void putOrigin(Map<String, FieldValue> headers) {
        headers.put("vhost", FieldValue.LongString.of(vhost));
        headers.put("connection", FieldValue.LongString.of(connection));
        headers.put("channel", new FieldValue.Int32(channel));
        headers.put("user", FieldValue.LongString.of(user));
    }

    // by RabbitMQ's names for them: content_type, delivery_mode, ...
    private static FieldTable table(MessageProperties properties) {
        Map<String, FieldValue> fields = new LinkedHashMap<>();
        for (var property : Property.values()) {
            if (properties.has(property)) {
                fields.put(property.name().toLowerCase(Locale.ROOT), value(property, properties));
            }
        }
        return new FieldTable(fields);
    }

    private static FieldValue value(Property property, MessageProperties properties) {
        return switch (property) {
            case HEADERS -> new FieldValue.Table(headersOf(properties));
            case DELIVERY_MODE -> new FieldValue.Int32(properties.persistent() ? 2 : 1);
            case PRIORITY -> new FieldValue.Int32(properties.priority());
            case TIMESTAMP -> new FieldValue.Int64(properties.timestampSeconds().orElse(0));
            case CONTENT_TYPE,
                    CONTENT_ENCODING,
                    CORRELATION_ID,
                    REPLY_TO,
                    EXPIRATION,
                    MESSAGE_ID,
                    TYPE,
                    USER_ID,
                    APP_ID,
                    CLUSTER_ID ->
                FieldValue.LongString.of(properties.text(property).orElse(""));
        };
    }

    // a publish with headers that are no table was not refused if nothing had to read them
    private static FieldTable headersOf(MessageProperties properties) {
        try {
            return properties.headers();
        } catch (MalformedException _) {
            return FieldTable.EMPTY;
        }
    }

    private List<String> names(Destinations to) {
        List<String> names = new ArrayList<>();
        for (var queue : to.queues()) {
            engine.catalog().queue(queue.id()).map(QueueDefinition::name).ifPresent(names::add);
        }
        for (var stream : to.streams()) {
            names.add(stream.topic().name());
        }
        return names;
    }

    private static FieldValue texts(List<String> texts) {
        return new FieldValue.Array(
                texts.stream().<FieldValue>map(FieldValue.LongString::of).toList());
    }

    private static String text(StoredMessage message, int start, int length) {
        return new String(bytes(message, start, length), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(StoredMessage message, int start, int length) {
        var bytes = new byte[length];
        message.page().get(start, bytes);
        return bytes;
    }
}
