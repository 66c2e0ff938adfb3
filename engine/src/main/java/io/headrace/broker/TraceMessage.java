package io.headrace.broker;

import io.headrace.bridge.Publication;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.MessageProperties;
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
}
