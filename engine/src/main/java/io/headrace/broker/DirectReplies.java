package io.headrace.broker;

import io.headrace.message.MessageProperties;
import io.headrace.message.MessageProperties.Property;
import io.headrace.queue.Queue;
import io.headrace.queue.QueueTraits;
import io.headrace.queue.Queues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Answers to requests, without a queue that anybody declares: a channel consumes from `amq.rabbitmq.reply-to`,
/// what it publishes with that as `reply-to` gets an address of its own instead, and what is published to that address
/// through the default exchange comes to the channel.
///
/// Behind each address is a queue that no catalog knows and nothing logs, so that answers meet the same limits and
/// the same back-pressure as other messages. Its id is negative: the catalog counts upwards.
///
/// Threads: the loop.
final class DirectReplies {
    /// What clients consume from, and name in `reply-to`.
    static final String PSEUDO_QUEUE = "amq.rabbitmq.reply-to";

    private static final byte[] PSEUDO_QUEUE_BYTES = PSEUDO_QUEUE.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADDRESS_PREFIX = (PSEUDO_QUEUE + ".").getBytes(StandardCharsets.US_ASCII);

    private final Queues queues;
    private final Map<String, Queue> byAddress = new HashMap<>();
    private int lastId;

    DirectReplies(Queues queues) {
        this.queues = queues;
    }

    /// Makes the queue behind a new address.
    Queue open(String address) {
        var queue = queues.create(--lastId, false, false, QueueTraits.PLAIN);
        byAddress.put(address, queue);
        return queue;
    }

    /// Answers that come later have nowhere to go.
    void close(String address) {
        queues.forget(byAddress.remove(address));
    }

    /// An address that nobody else will have.
    static String address(String randomName) {
        return PSEUDO_QUEUE + "." + randomName;
    }

    Optional<Queue> queue(String address) {
        return Optional.ofNullable(byAddress.get(address));
    }

    /// Whether `name` is not that of a queue, but of answers.
    static boolean concerns(String name) {
        return name.equals(PSEUDO_QUEUE) || name.startsWith(PSEUDO_QUEUE + ".");
    }

    /// Whether a requester listens there; the name that all requesters use is always there.
    boolean exists(String name) {
        return name.equals(PSEUDO_QUEUE) || byAddress.containsKey(name);
    }

    /// Whether a routing key of the default exchange, the first `keyBytes` of `names`, is an address.
    static boolean addressed(byte[] names, int keyBytes) {
        return keyBytes > ADDRESS_PREFIX.length
                && names[0] == ADDRESS_PREFIX[0]
                && Arrays.equals(names, 0, ADDRESS_PREFIX.length, ADDRESS_PREFIX, 0, ADDRESS_PREFIX.length);
    }

    /// Whether a message asks for its answers this way.
    static boolean askedFor(MessageProperties properties) {
        return properties.textEquals(Property.REPLY_TO, PSEUDO_QUEUE_BYTES);
    }

    /// Writes an address where the message names [#PSEUDO_QUEUE].
    ///
    /// @param block the properties, from 0 to `length`; `properties` is positioned on it, and on the answer
    ///     afterwards
    /// @return a new block, from 0 to its limit
    static ByteBuffer address(MessageProperties properties, ByteBuffer block, int length, String address) {
        var text = address.getBytes(StandardCharsets.US_ASCII);
        int start = properties.start(Property.REPLY_TO) - 1;
        int end = start + 1 + PSEUDO_QUEUE_BYTES.length;
        var addressed = ByteBuffer.allocate(length - PSEUDO_QUEUE_BYTES.length + text.length);
        addressed.put(0, block, 0, start);
        addressed.put(start, (byte) text.length);
        addressed.put(start + 1, text);
        addressed.put(start + 1 + text.length, block, end, length - end);
        properties.wrap(addressed, 0, addressed.limit());
        return addressed;
    }
}
