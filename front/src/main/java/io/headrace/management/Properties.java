package io.headrace.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.MessageProperties;
import io.headrace.message.MessageProperties.Property;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The properties of a message, as JSON and as the block that AMQP has (0-9-1 §4.2.6.1).
final class Properties {
    private static final int SHORT_STRING_BYTES_MAX = 255;
    private static final int FIRST_FLAG = 0x8000;

    private Properties() {}

    private static String key(Property property) {
        return property.name().toLowerCase(Locale.ROOT);
    }

    static ObjectNode json(byte[] block) {
        var properties = new MessageProperties().wrap(ByteBuffer.wrap(block), 0, block.length);
        var bytes = ByteBuffer.wrap(block);
        var json = Json.object();
        for (Property property : Property.values()) {
            if (!properties.has(property)) {
                continue;
            }
            int at = properties.start(property);
            switch (property) {
                case HEADERS -> json.set(key(property), Json.of(properties.headers()));
                case DELIVERY_MODE, PRIORITY -> json.put(key(property), bytes.get(at) & 0xff);
                case TIMESTAMP -> json.put(key(property), bytes.getLong(at));
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
                    json.put(key(property), properties.text(property).orElse(""));
            }
        }
        return json;
    }

    /// @throws Problem a property has a value that it cannot have; what is no property is passed over, as RabbitMQ does
    static byte[] block(JsonNode node) throws Problem {
        if (node.isArray() && node.isEmpty()) {
            return new byte[Short.BYTES];
        }
        var body = Body.of(node);
        var list = new ByteArrayOutputStream();
        int flags = 0;
        for (Property property : Property.values()) {
            var key = key(property);
            if (body.get(key).isEmpty()) {
                continue;
            }
            flags |= FIRST_FLAG >>> property.ordinal();
            switch (property) {
                case HEADERS -> list.writeBytes(table(body.table(key)));
                case DELIVERY_MODE, PRIORITY -> list.write((int) number(body, key, 255));
                case TIMESTAMP ->
                    list.writeBytes(ByteBuffer.allocate(Long.BYTES)
                            .putLong(number(body, key, Long.MAX_VALUE))
                            .array());
                case CONTENT_TYPE,
                        CONTENT_ENCODING,
                        CORRELATION_ID,
                        REPLY_TO,
                        EXPIRATION,
                        MESSAGE_ID,
                        TYPE,
                        USER_ID,
                        APP_ID,
                        CLUSTER_ID -> shortString(body.text(key, ""), key, list);
            }
        }
        return ByteBuffer.allocate(Short.BYTES + list.size())
                .putShort((short) flags)
                .put(list.toByteArray())
                .array();
    }

    private static byte[] table(FieldTable headers) {
        var bytes = ByteBuffer.allocate(FieldTableEncoder.sizeBytes(headers));
        FieldTableEncoder.encode(headers, bytes, 0);
        return bytes.array();
    }

    private static long number(Body body, String key, long most) throws Problem {
        long value = body.integer(key).orElse(0L);
        if (value < 0 || value > most) {
            throw Problem.badRequest(key + " is " + value + "; it takes 0 to " + most);
        }
        return value;
    }

    private static void shortString(String text, String key, ByteArrayOutputStream to) throws Problem {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > SHORT_STRING_BYTES_MAX) {
            throw Problem.badRequest(key + " is longer than " + SHORT_STRING_BYTES_MAX + " bytes");
        }
        to.write(bytes.length);
        to.writeBytes(bytes);
    }
}
