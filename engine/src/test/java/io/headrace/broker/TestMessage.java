package io.headrace.broker;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.FieldValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// A message with the properties that queues look at.
///
/// @param priority -1 for none
/// @param expiration empty for none
record TestMessage(String body, boolean persistent, int priority, String expiration, FieldTable headers)
        implements Session.Content {
    private static final int HEADERS = 1 << 13;
    private static final int DELIVERY_MODE = 1 << 12;
    private static final int PRIORITY = 1 << 11;
    private static final int EXPIRATION = 1 << 8;

    static TestMessage of(String body) {
        return new TestMessage(body, true, -1, "", FieldTable.EMPTY);
    }

    TestMessage inMemory() {
        return new TestMessage(body, false, priority, expiration, headers);
    }

    TestMessage withPriority(int wanted) {
        return new TestMessage(body, persistent, wanted, expiration, headers);
    }

    TestMessage expiringIn(long millis) {
        return new TestMessage(body, persistent, priority, Long.toString(millis), headers);
    }

    TestMessage with(String header, FieldValue value) {
        Map<String, FieldValue> fields = new LinkedHashMap<>(headers.fields());
        fields.put(header, value);
        return new TestMessage(body, persistent, priority, expiration, new FieldTable(fields));
    }

    private ByteBuffer properties() {
        var block = ByteBuffer.allocate(64 + expiration.length() + FieldTableEncoder.sizeBytes(headers));
        int flags = DELIVERY_MODE
                | (headers.isEmpty() ? 0 : HEADERS)
                | (priority < 0 ? 0 : PRIORITY)
                | (expiration.isEmpty() ? 0 : EXPIRATION);
        block.putShort((short) flags);
        if (!headers.isEmpty()) {
            block.position(FieldTableEncoder.encode(headers, block, block.position()));
        }
        block.put((byte) (persistent ? 2 : 1));
        if (priority >= 0) {
            block.put((byte) priority);
        }
        if (!expiration.isEmpty()) {
            block.put((byte) expiration.length()).put(expiration.getBytes(StandardCharsets.US_ASCII));
        }
        return block.flip();
    }

    @Override
    public int propertiesBytes() {
        return properties().limit();
    }

    @Override
    public int bodyBytes() {
        return body.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public void copyProperties(ByteBuffer target, int at) {
        var block = properties();
        target.put(at, block, 0, block.limit());
    }

    @Override
    public void copyBody(ByteBuffer target, int at) {
        target.put(at, body.getBytes(StandardCharsets.UTF_8));
    }
}
