package io.headrace.amqp;

import io.headrace.broker.Session;
import io.headrace.message.StoredMessage;
import java.nio.charset.StandardCharsets;

/// One `basic.consume`: takes deliveries while its windows and the socket have room.
///
/// Threads: the loop of its connection.
final class AmqpConsumer implements Session.ConsumerPort {
    private final AmqpChannel channel;
    private final String tag;
    private final byte[] tagBytes;
    private final boolean manualAck;
    private final Prefetch window;
    private Session.Subscription subscription; // null until the engine has started it, and after its end
    private boolean waits; // refused a delivery and wants to be resumed

    /// @param prefetch 0 for no limit
    AmqpConsumer(AmqpChannel channel, String tag, boolean manualAck, int prefetch) {
        this.channel = channel;
        this.tag = tag;
        this.tagBytes = tag.getBytes(StandardCharsets.UTF_8);
        this.manualAck = manualAck;
        this.window = new Prefetch(prefetch);
    }

    String tag() {
        return tag;
    }

    void started(Session.Subscription started) {
        subscription = started;
    }

    @Override
    public boolean ready() {
        if (windowsOpen() && channel.roomForDelivery()) {
            return true;
        }
        waits = true;
        return false;
    }

    @Override
    public int prefetch() {
        return window.limit();
    }

    @Override
    public boolean sharesPrefetch() {
        return channel.window().limit() > 0;
    }

    private boolean windowsOpen() {
        return !manualAck || window.open() && channel.window().open() && channel.roomForUnacked();
    }

    @Override
    public void deliver(Session.Lease lease, long sequence, StoredMessage message, boolean redelivered, int attempts) {
        try {
            long deliveryTag = channel.nextDeliveryTag();
            if (manualAck) {
                window.delivered();
                channel.window().delivered();
                channel.unacked().add(deliveryTag, sequence, lease, this);
            }
            channel.content().deliver(channel.number(), tagBytes, deliveryTag, redelivered, message, attempts);
        } catch (Throwable trouble) {
            channel.broken(trouble);
        }
    }

    /// One of its deliveries was settled.
    void settled() {
        window.settled();
        channel.window().settled();
    }

    /// Asks for deliveries if it refused one before.
    void resume() {
        if (waits && subscription != null && windowsOpen()) {
            waits = false;
            subscription.resume();
        }
    }

    @Override
    public void cancelled() {
        subscription = null;
        channel.consumerCancelled(this);
    }

    /// No delivery after this.
    void cancel() {
        if (subscription != null) {
            var ended = subscription;
            subscription = null;
            ended.cancel();
        }
    }
}
