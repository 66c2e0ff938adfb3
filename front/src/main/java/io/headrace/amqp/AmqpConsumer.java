package io.headrace.amqp;

import io.headrace.broker.ConsumerReport;
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
    private final long ackTimeoutMillis;
    private final Prefetch window;
    private final ChannelCounts.OfQueue counts;
    private final BasicMethod.Consume method; // what was asked for
    private final String queue;
    private Session.Subscription subscription; // null until the engine has started it, and after its end
    private boolean waits; // refused a delivery and wants to be resumed

    /// @param queue that is consumed
    /// @param prefetch 0 for no limit
    /// @param ackTimeoutMillis a delivery has to be settled within; 0 for no limit
    AmqpConsumer(
            AmqpChannel channel,
            String tag,
            String queue,
            BasicMethod.Consume method,
            int prefetch,
            long ackTimeoutMillis) {
        this.channel = channel;
        this.tag = tag;
        this.tagBytes = tag.getBytes(StandardCharsets.UTF_8);
        this.queue = queue;
        this.method = method;
        this.manualAck = !method.noAck();
        this.ackTimeoutMillis = ackTimeoutMillis;
        this.counts = channel.counts().of(queue);
        this.window = new Prefetch(prefetch);
    }

    String tag() {
        return tag;
    }

    long ackTimeoutMillis() {
        return ackTimeoutMillis;
    }

    /// As operators see it.
    ConsumerReport report() {
        boolean active = subscription == null || subscription.active();
        return new ConsumerReport(
                tag,
                queue,
                manualAck,
                method.exclusive(),
                window.limit(),
                ackTimeoutMillis,
                active,
                method.arguments());
    }

    void started(Session.Subscription started) {
        subscription = started;
    }

    @Override
    public int channel() {
        return channel.number();
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
                channel.handed(deliveryTag, sequence, lease, this);
                counts.delivered++;
            } else {
                counts.deliveredNoAck++;
            }
            if (redelivered) {
                counts.redelivered++;
            }
            channel.content().deliver(channel.number(), tagBytes, deliveryTag, redelivered, message, attempts);
        } catch (Throwable trouble) {
            channel.broken(trouble);
        }
    }

    void acked() {
        counts.acked++;
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
