package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whatever expires, overflows, is rejected or comes back too often, a kill -9 leaves each message in one place.
/// Method: queues whose dead all end in one queue, under confirmed load and with consumers that settle nothing for
/// good; the broker is killed at random, started again and drained. `-Dheadrace.seed=N` repeats the moments of a run,
/// `-Dheadrace.rounds=N` says how often.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeadLetterCrashIT {
    private static final String GRAVE = "dead.grave";
    private static final List<String> SOURCES = List.of(
            "dead.expiring",
            "dead.full",
            "dead.refusing",
            "dead.rejected",
            "dead.retried",
            "dead.delayed",
            "dead.chain");
    private static final int OUTSTANDING_AT_MOST = 1_000;

    private final Set<Long> confirmed = ConcurrentHashMap.newKeySet();
    private long next;

    @Test
    void each_message_is_in_one_place(@TempDir Path data) throws Exception {
        long seed = Long.getLong("headrace.seed", System.nanoTime());
        int rounds = Integer.getInteger("headrace.rounds", 20);
        System.out.println("DeadLetterCrashIT: " + rounds + " rounds, -Dheadrace.seed=" + seed);
        var random = new Random(seed);
        long dead = 0;

        try (var broker = BrokerProcess.start(data)) {
            for (int round = 0; round < rounds; round++) {
                declare(broker.endpoint());
                var connections = new ArrayList<Connection>();
                connections.add(consume(broker.endpoint(), "dead.rejected", false));
                connections.add(consume(broker.endpoint(), "dead.retried", true));
                connections.add(consume(broker.endpoint(), "dead.delayed", true));
                publish(broker, 500 + random.nextInt(8_000), random);
                connections.forEach(Connection::abort);

                broker.start();
                dead += check(broker.endpoint(), "round " + round + ", seed " + seed);
                confirmed.clear();
            }
        }
        System.out.println("DeadLetterCrashIT: " + next + " sent, " + dead + " died");
        assertThat(dead).as("there were dead").isGreaterThan(rounds * 100L);
    }

    private static void declare(Endpoint endpoint) throws Exception {
        try (var connection = endpoint.connect()) {
            var channel = connection.createChannel();
            channel.queueDeclare(GRAVE, true, false, false, Map.of());
            declare(channel, "dead.expiring", GRAVE, Map.of("x-message-ttl", 30));
            declare(channel, "dead.full", GRAVE, Map.of("x-max-length", 50));
            declare(
                    channel,
                    "dead.refusing",
                    GRAVE,
                    Map.of("x-max-length-bytes", 500, "x-overflow", "reject-publish-dlx"));
            declare(channel, "dead.rejected", GRAVE, Map.of("x-max-priority", 5));
            declare(channel, "dead.retried", GRAVE, Map.of("x-queue-type", "quorum", "x-delivery-limit", 2));
            declare(
                    channel,
                    "dead.delayed",
                    GRAVE,
                    Map.of(
                            "x-queue-type",
                            "quorum",
                            "x-delivery-limit",
                            2,
                            "x-delayed-retry-type",
                            "all",
                            "x-delayed-retry-min",
                            20,
                            "x-delayed-retry-max",
                            30));
            declare(channel, "dead.chain", "dead.expiring", Map.of("x-message-ttl", 10));
        }
    }

    private static void declare(Channel channel, String queue, String dead, Map<String, Object> more)
            throws IOException {
        var arguments = new LinkedHashMap<String, Object>(more);
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", dead);
        channel.queueDeclare(queue, true, false, false, arguments);
    }

    /// A consumer that takes nothing for good.
    private static Connection consume(Endpoint endpoint, String queue, boolean requeue) throws IOException {
        var connection = endpoint.connect();
        var channel = connection.createChannel();
        channel.basicQos(50);
        channel.basicConsume(queue, false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
                try {
                    channel.basicReject(envelope.getDeliveryTag(), requeue);
                } catch (IOException | AlreadyClosedException e) {
                    // The broker is gone, as it should be.
                }
            }
        });
        return connection;
    }

    /// Kills the broker after so many confirms or refusals.
    private void publish(BrokerProcess broker, int answers, Random random) throws Exception {
        NavigableSet<Long> unanswered = new ConcurrentSkipListSet<>();
        long base = next - 1; // sequence numbers begin at 1
        var connection = broker.endpoint().connect();
        var channel = connection.createChannel();
        channel.confirmSelect();
        channel.addConfirmListener(
                (sequence, multiple) -> answered(unanswered, base + sequence, multiple, true),
                (sequence, multiple) -> answered(unanswered, base + sequence, multiple, false));
        try {
            for (long sent = 0; sent - unanswered.size() < answers; ) {
                if (unanswered.size() < OUTSTANDING_AT_MOST) {
                    unanswered.add(next);
                    var queue = SOURCES.get(random.nextInt(SOURCES.size()));
                    channel.basicPublish("", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, body(next));
                    next++;
                    sent++;
                } else {
                    Thread.onSpinWait();
                }
            }
        } catch (AlreadyClosedException e) {
            throw new IllegalStateException("the broker ended before it was killed", e);
        }
        broker.kill();
        connection.abort();
    }

    private void answered(NavigableSet<Long> unanswered, long number, boolean multiple, boolean ack) {
        var these = multiple ? unanswered.headSet(number, true) : unanswered.subSet(number, true, number, true);
        for (long one : List.copyOf(these)) {
            if (ack) {
                confirmed.add(one);
            }
            unanswered.remove(one);
        }
    }

    private static byte[] body(long number) {
        return (number + ":" + "x".repeat((int) (number % 300))).getBytes(StandardCharsets.UTF_8);
    }

    /// @return how many had died
    private long check(Endpoint endpoint, String when) throws Exception {
        var places = new HashMap<Long, List<String>>();
        try (var connection = endpoint.connect()) {
            var channel = connection.createChannel();
            for (var queue : SOURCES) {
                drain(channel, queue, places);
            }
            drain(channel, GRAVE, places);
            await().pollInterval(Duration.ofMillis(5))
                    .untilAsserted(
                            () -> { // nobody sees what is delayed
                                drain(channel, "dead.delayed", places);
                                var lost = new ArrayList<>(confirmed);
                                lost.removeAll(places.keySet());
                                assertThat(lost).as("lost, " + when).isEmpty();
                            });
            assertThat(places.entrySet().stream()
                            .filter(place -> place.getValue().size() > 1))
                    .as("in two places, " + when)
                    .isEmpty();
            return places.values().stream()
                    .filter(queues -> queues.contains(GRAVE))
                    .count();
        }
    }

    private static void drain(Channel channel, String queue, Map<Long, List<String>> places) throws IOException {
        for (var got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
            var text = new String(got.getBody(), StandardCharsets.UTF_8);
            long number = Long.parseLong(text.substring(0, text.indexOf(':')));
            places.computeIfAbsent(number, _ -> new ArrayList<>()).add(queue);
        }
    }
}
