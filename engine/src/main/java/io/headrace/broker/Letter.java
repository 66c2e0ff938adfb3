package io.headrace.broker;

import io.headrace.bridge.Publication;
import io.headrace.message.MessageNotes;
import io.headrace.message.MessageProperties;
import io.headrace.message.StoredMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A message that the broker itself sends on: the body as it was, under other names and with other properties. A copy,
/// for the page that the message lies in may leave memory while it is stored again.
final class Letter implements Publication {
    private final byte[] names;
    private final int exchangeBytes;
    private final ByteBuffer block;
    private final MessageProperties properties = new MessageProperties();
    private final byte[] body;
    private final byte[] notes;

    /// @param block the properties, from 0 to the limit
    Letter(String exchange, String routingKey, ByteBuffer block, StoredMessage message, MessageNotes notes) {
        this.notes = notes.encoded();
        names = (exchange + routingKey).getBytes(StandardCharsets.UTF_8);
        exchangeBytes = exchange.getBytes(StandardCharsets.UTF_8).length;
        this.block = block;
        properties.wrap(block, 0, block.limit());
        body = new byte[message.bodyBytes()];
        message.page().get(message.bodyStart(), body);
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
    public byte[] notes() {
        return notes;
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
