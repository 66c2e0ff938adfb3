package io.headrace.broker;

import io.headrace.bridge.Publication;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.MessageProperties;
import io.headrace.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A message of the firehose: headers and the body of the one it is about.
final class TraceMessage implements Publication {
    private static final int NAME_BYTES_MAX = 255;
    private static final int HEADERS_FLAG = 1 << 13;

    private final FieldTable headers;
    private final byte[] body;
    private final byte[] names;
    private final int exchangeBytes;
    private final ByteBuffer block;

    TraceMessage(String key, FieldTable headers, byte[] body) {
        this.headers = headers;
        this.body = body;
        var exchange = Firehose.EXCHANGE.getBytes(StandardCharsets.UTF_8);
        var keyInFull = key.getBytes(StandardCharsets.UTF_8);
        exchangeBytes = exchange.length;
        names = Arrays.copyOf(exchange, exchangeBytes + Math.min(keyInFull.length, NAME_BYTES_MAX));
        System.arraycopy(keyInFull, 0, names, exchangeBytes, names.length - exchangeBytes);
        block = ByteBuffer.allocate(Short.BYTES + FieldTableEncoder.sizeBytes(headers));
        block.putShort(0, (short) HEADERS_FLAG);
        FieldTableEncoder.encode(headers, block, Short.BYTES);
    }

    FieldTable headers() {
        return headers;
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
        return new MessageProperties().wrap(block, 0, blockBytes());
    }

    @Override
    public ByteBuffer block() {
        return block;
    }

    @Override
    public int blockBytes() {
        return block.capacity();
    }

    @Override
    public int bodyBytes() {
        return body.length;
    }

    @Override
    public void copyBody(ByteBuffer target, int at) {
        target.put(at, body);
    }

    @Override
    public int sizeBytes() {
        return (int) StoredMessage.sizeBytes(exchangeBytes, keyBytes(), blockBytes(), body.length);
    }

    @Override
    public void write(ByteBuffer page, int at) {
        page.put(at, (byte) exchangeBytes);
        page.put(at + 1, names, 0, exchangeBytes);
        int key = at + 1 + exchangeBytes;
        page.put(key, (byte) keyBytes());
        page.put(key + 1, names, exchangeBytes, keyBytes());
        int properties = key + 1 + keyBytes();
        page.putInt(properties, blockBytes());
        page.put(properties + Integer.BYTES, block, 0, blockBytes());
        int length = properties + Integer.BYTES + blockBytes();
        page.putInt(length, body.length);
        copyBody(page, length + Integer.BYTES);
    }
}
