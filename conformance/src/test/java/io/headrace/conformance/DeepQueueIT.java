package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what waits in queues is on disk and not in memory, however much it is, and a consumer that takes messages
/// and does nothing with them changes nothing about that (acceptance F4). Method: each message goes to two queues, one
/// of them with a consumer without a limit that hangs; then a kill -9, and all must come, in order.
///
/// `-Dheadrace.messages=10000000` is the long form: 10 million in each queue, 12 GB.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeepQueueIT {
    private static final int COUNT = Integer.getInteger("headrace.messages", 1_000_000);
    private static final int BODY_BYTES = 1_000;
    private static final int PREFETCH = 1_000;
    private static final int CONFIRMED_AT_ONCE = 50_000;
    private static final Duration PATIENCE = Duration.ofSeconds(120 + COUNT / 10_000);

    /// Half of a million of these messages, and of ten million as well: the heap, `log.memory`, code and buffers.
    private static final long MEMORY_AT_MOST = 512L << 20;

    private final CountDownLatch over = new CountDownLatch(1);

    @Test
    void what_waits_is_on_disk_and_comes_in_order_after_a_kill(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data)) {
            declare(broker.endpoint());
            var hanging = broker.endpoint().connect();
            try {
                takeAndHang(hanging);
                publish(broker);
                assertMemory(broker, "filled");
                broker.kill();
            } finally {
                over.countDown();
                hanging.abort();
            }

            var before = Instant.now();
            broker.start();
            System.out.printf(
                    "DeepQueueIT: ready %d ms after the start, 2 × %d waiting%n",
                    Duration.between(before, Instant.now()).toMillis(), COUNT);

            try (var connection = broker.endpoint().connect()) {
                assertThat(connection.createChannel().messageCount("deep")).isEqualTo(COUNT);
                assertThat(connection.createChannel().messageCount("hanging")).isEqualTo(COUNT);
                var drained = drain(connection);
                drained.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                await().until(() -> connection.createChannel().messageCount("deep") == 0);
            }
            assertMemory(broker, "drained");
        }
    }

    private static void declare(Endpoint endpoint) throws IOException {
        try (var connection = endpoint.connect()) {
            var channel = connection.createChannel();
            channel.exchangeDeclare("both", "fanout", true);
            for (var queue : new String[] {"deep", "hanging"}) {
                channel.queueDeclare(queue, true, false, false, Map.of());
                channel.queueBind(queue, "both", "");
            }
        }
    }

    /// Its client reads until its own buffers are full, and then no more.
    private void takeAndHang(Connection connection) throws IOException {
        var channel = connection.createChannel();
        channel.basicConsume("hanging", false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
    }

    private static void publish(BrokerProcess broker) throws Exception {
        try (var connection = broker.endpoint().connect()) {
            var channel = connection.createChannel();
            channel.confirmSelect();
            for (int i = 0; i < COUNT; i++) {
                var body = ByteBuffer.allocate(BODY_BYTES).putInt(i).array();
                channel.basicPublish("both", "", MessageProperties.MINIMAL_PERSISTENT_BASIC, body);
                if ((i + 1) % CONFIRMED_AT_ONCE == 0) {
                    channel.waitForConfirmsOrDie(60_000);
                }
                if ((i + 1) % (COUNT / 10) == 0) {
                    System.out.printf(
                            "DeepQueueIT: %d waiting, %d MiB resident%n", i + 1, broker.residentBytes() >> 20);
                }
            }
            channel.waitForConfirmsOrDie(60_000);
        }
    }

    /// @return completed when the last has come
    private static CompletableFuture<Void> drain(Connection connection) throws IOException {
        var all = new CompletableFuture<Void>();
        var channel = connection.createChannel();
        channel.basicQos(PREFETCH);
        channel.basicConsume("deep", false, new DefaultConsumer(channel) {
            private int next;

            @Override
            public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
                try {
                    assertThat(ByteBuffer.wrap(body).getInt()).isEqualTo(next);
                    next++;
                    acknowledge(getChannel(), envelope.getDeliveryTag());
                } catch (IOException | AssertionError e) {
                    all.completeExceptionally(e);
                }
            }

            private void acknowledge(Channel channel, long tag) throws IOException {
                if (next == COUNT || next % (PREFETCH / 4) == 0) {
                    channel.basicAck(tag, true);
                }
                if (next == COUNT) {
                    all.complete(null);
                }
            }
        });
        return all;
    }

    private static void assertMemory(BrokerProcess broker, String when) throws IOException {
        long peak = broker.peakResidentBytes();
        System.out.printf("DeepQueueIT: %s, at most %d MiB resident%n", when, peak >> 20);
        assertThat(peak).as("resident when " + when).isLessThanOrEqualTo(MEMORY_AT_MOST);
    }
}
