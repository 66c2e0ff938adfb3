package io.headrace.broker;

import io.headrace.bridge.Destinations;
import io.headrace.bridge.Publication;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.MessageProperties;
import io.headrace.queue.Queues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;

/// A message that the broker itself writes: a copy for the firehose, an event.
final class BrokerMessage implements Publication {
    private static final int NAME_BYTES_MAX = 255;
    private static final byte PERSISTENT = 2;
    private static final byte[] NOTHING = {};

    private final FieldTable headers;
    private final byte[] body;
    private final byte[] names;
    private final int exchangeBytes;
    private final ByteBuffer block;
    private final boolean persistent;

    private BrokerMessage(
            String exchange, String key, FieldTable headers, byte[] body, ByteBuffer block, boolean persistent) {
        this.headers = headers;
        this.body = body;
        this.block = block;
        this.persistent = persistent;
        var inFull = exchange.getBytes(StandardCharsets.UTF_8);
        var keyInFull = key.getBytes(StandardCharsets.UTF_8);
        exchangeBytes = inFull.length;
        names = Arrays.copyOf(inFull, exchangeBytes + Math.min(keyInFull.length, NAME_BYTES_MAX));
        System.arraycopy(keyInFull, 0, names, exchangeBytes, names.length - exchangeBytes);
    }

    /// A copy of another message: headers that tell of it, and its body.
    ///
    /// @param body never written to afterwards
    static BrokerMessage copy(String exchange, String key, FieldTable headers, byte[] body) {
        var block = ByteBuffer.allocate(Short.BYTES + FieldTableEncoder.sizeBytes(headers));
        block.putShort(0, (short) MessageProperties.Property.HEADERS.flag());
        FieldTableEncoder.encode(headers, block, Short.BYTES);
        return new BrokerMessage(exchange, key, headers, body, block, false);
    }

    /// Headers alone, of a persistent message with a time.
    static BrokerMessage event(String exchange, String key, FieldTable headers, long seconds) {
        var block = ByteBuffer.allocate(Short.BYTES + FieldTableEncoder.sizeBytes(headers) + Byte.BYTES + Long.BYTES);
        int flags = MessageProperties.Property.HEADERS.flag()
                | MessageProperties.Property.DELIVERY_MODE.flag()
                | MessageProperties.Property.TIMESTAMP.flag();
        block.putShort(0, (short) flags);
        int at = FieldTableEncoder.encode(headers, block, Short.BYTES);
        block.put(at, PERSISTENT);
        block.putLong(at + Byte.BYTES, seconds);
        return new BrokerMessage(exchange, key, headers, NOTHING, block, true);
    }

    /// Publishes a message, if anybody wants it; one that is larger than an entry of the log is left out.
    ///
    /// @param message asked for only then
    static void publish(Engine engine, String vhost, String exchange, String key, Supplier<BrokerMessage> message) {
        var router = engine.router(vhost);
        var first = router.route(exchange, key, () -> FieldTable.EMPTY);
        if (first.queueIds().length == 0 && !first.headersLookedAt()) {
            return;
        }
        var made = message.get();
        var route = first.headersLookedAt() ? router.route(exchange, key, made::headers) : first;
        Destinations to = engine.bridge().destinations(route.queueIds());
        boolean fits = Queues.enqueueBytes(to.count(), made.sizeBytes())
                <= engine.shard().operationBytesMax();
        if (to.streams().length > 0) {
            engine.bridge().publish(to, made.persistent, made);
        } else if (to.count() > 0 && fits) {
            engine.queues().enqueue(to.queues(), made.persistent, made);
        }
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
