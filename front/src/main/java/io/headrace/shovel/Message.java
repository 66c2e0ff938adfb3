package io.headrace.shovel;

import io.headrace.broker.Session;
import io.headrace.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A message on its way.
///
/// @param exchange it was published to, or is to be published to
/// @param properties flags and list as AMQP has them (0-9-1 §4.2.6.1)
record Message(String exchange, String routingKey, byte[] properties, byte[] body) implements Session.Content {
    static Message of(StoredMessage message) {
        return new Message(
                text(message, message.exchangeStart(), message.exchangeBytes()),
                text(message, message.keyStart(), message.keyBytes()),
                bytes(message, message.propertiesStart(), message.propertiesBytes()),
                bytes(message, message.bodyStart(), message.bodyBytes()));
    }

    private static byte[] bytes(StoredMessage message, int at, int length) {
        var bytes = new byte[length];
        message.page().get(at, bytes);
        return bytes;
    }

    private static String text(StoredMessage message, int at, int length) {
        return new String(bytes(message, at, length), StandardCharsets.UTF_8);
    }

    int sizeBytes() {
        return properties.length + body.length;
    }

    @Override
    public int propertiesBytes() {
        return properties.length;
    }

    @Override
    public int bodyBytes() {
        return body.length;
    }

    @Override
    public void copyProperties(ByteBuffer target, int at) {
        target.put(at, properties);
    }

    @Override
    public void copyBody(ByteBuffer target, int at) {
        target.put(at, body);
    }
}
