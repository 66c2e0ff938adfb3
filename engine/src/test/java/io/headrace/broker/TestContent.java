package io.headrace.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A message body with only a delivery mode as property.
record TestContent(byte[] body, boolean persistent) implements Session.Content {
    private static final int DELIVERY_MODE_FLAG = 1 << 12;

    static TestContent of(String text, boolean persistent) {
        return new TestContent(text.getBytes(StandardCharsets.UTF_8), persistent);
    }

    @Override
    public int propertiesBytes() {
        return Short.BYTES + 1;
    }

    @Override
    public int bodyBytes() {
        return body.length;
    }

    @Override
    public void copyProperties(ByteBuffer target, int at) {
        target.putShort(at, (short) DELIVERY_MODE_FLAG);
        target.put(at + Short.BYTES, (byte) (persistent ? 2 : 1));
    }

    @Override
    public void copyBody(ByteBuffer target, int at) {
        target.put(at, body);
    }
}
