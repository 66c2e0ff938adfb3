package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.CancelCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A consumer that keeps what it gets until the test takes it.
final class Inbox {
    private static final long PATIENCE_SECONDS = 20;

    private final LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private String tag;

    private Inbox() {}

    static Inbox autoAck(Channel channel, String queue) throws IOException {
        return new Inbox().consume(channel, queue, true);
    }

    static Inbox manualAck(Channel channel, String queue) throws IOException {
        return new Inbox().consume(channel, queue, false);
    }

    private Inbox consume(Channel channel, String queue, boolean autoAck) throws IOException {
        CancelCallback cancel = consumerTag -> cancelled.countDown();
        tag = channel.basicConsume(queue, autoAck, (consumerTag, delivery) -> deliveries.add(delivery), cancel);
        return this;
    }

    String tag() {
        return tag;
    }

    Delivery take() throws InterruptedException {
        var delivery = deliveries.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery within " + PATIENCE_SECONDS + " s").isNotNull();
        return delivery;
    }

    String takeText() throws InterruptedException {
        return text(take());
    }

    List<Delivery> take(int count) throws InterruptedException {
        var taken = new ArrayList<Delivery>();
        while (taken.size() < count) {
            taken.add(take());
        }
        return taken;
    }

    List<String> takeTexts(int count) throws InterruptedException {
        return take(count).stream().map(Inbox::text).toList();
    }

    /// How many are here that were not taken.
    int waiting() {
        return deliveries.size();
    }

    /// Waits for the broker to say that there will be no more.
    void awaitCancel() throws InterruptedException {
        assertThat(cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("cancelled by the broker")
                .isTrue();
    }

    static String text(Delivery delivery) {
        return new String(delivery.getBody(), StandardCharsets.UTF_8);
    }
}
