package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what comes back to a queue with a delayed retry waits as RabbitMQ 4.3 lets it, seen by the Java client.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class DelayedRetryIT {
    private static final long MIN_MILLIS = 300;
    private static final long MAX_MILLIS = 500;
    /// The broker counts whole milliseconds, as of the start of its turn: by a finer clock a wait is shorter by this.
    private static final long GRAIN_MILLIS = 2;

    private static String declare(Channel channel, String type) throws Exception {
        var queue = Names.fresh("delayed");
        declare(channel, queue, type, MIN_MILLIS, MAX_MILLIS);
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, "m".getBytes(StandardCharsets.UTF_8));
        return queue;
    }

    private static void declare(Channel channel, String queue, String type, long min, long max) throws IOException {
        Map<String, Object> arguments = Map.of(
                "x-queue-type",
                "quorum",
                "x-delayed-retry-type",
                type,
                "x-delayed-retry-min",
                min,
                "x-delayed-retry-max",
                max);
        channel.queueDeclare(queue, true, false, false, arguments);
    }

    private static GetResponse await(Channel channel, String queue) {
        return Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .until(() -> channel.basicGet(queue, false), got -> got != null);
    }

    private static long millisUntilBack(Channel channel, String queue, Return one) throws Exception {
        var held = await(channel, queue);
        long before = System.nanoTime();
        one.back(held.getEnvelope().getDeliveryTag());
        var again = await(channel, queue);
        long millis = millisSince(before);
        channel.basicNack(again.getEnvelope().getDeliveryTag(), false, true);
        return millis;
    }

    /// What the broker may have counted of it, at the most.
    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000 + GRAIN_MILLIS;
    }

    private static void assertBackAtOnce(Channel channel, String queue, Return one) throws Exception {
        one.back(await(channel, queue).getEnvelope().getDeliveryTag());
        var again = channel.basicGet(queue, false);
        assertThat(again)
                .as("what needs no wait is there for the very next get")
                .isNotNull();
        channel.basicNack(again.getEnvelope().getDeliveryTag(), false, true);
    }

    private interface Return {
        void back(long tag) throws Exception;
    }

    private static long attempts(GetResponse got) {
        var headers = got.getProps().getHeaders();
        return headers == null ? 0 : (long) headers.getOrDefault("x-delivery-count", 0L);
    }

    @Test
    void a_rejected_message_waits_longer_each_time_and_a_nacked_one_does_not(Channel channel) throws Exception {
        var queue = declare(channel, "failed");

        assertThat(millisUntilBack(channel, queue, tag -> channel.basicReject(tag, true)))
                .isGreaterThanOrEqualTo(MIN_MILLIS);
        assertBackAtOnce(channel, queue, tag -> channel.basicNack(tag, false, true));
        assertThat(millisUntilBack(channel, queue, tag -> channel.basicReject(tag, true)))
                .isGreaterThanOrEqualTo(MAX_MILLIS);
        assertThat(attempts(await(channel, queue))).isEqualTo(2);
        channel.queueDelete(queue);
    }

    @Test
    void a_nacked_or_recovered_message_waits_where_what_is_returned_does(Channel channel) throws Exception {
        var queue = declare(channel, "returned");

        assertBackAtOnce(channel, queue, tag -> channel.basicReject(tag, true));
        assertThat(millisUntilBack(channel, queue, tag -> channel.basicRecover(true)))
                .isGreaterThanOrEqualTo(MIN_MILLIS);
        assertThat(attempts(await(channel, queue))).isEqualTo(1);
        channel.queueDelete(queue);
    }

    @Test
    void what_a_connection_leaves_behind_failed(Channel channel, Endpoint endpoint) throws Exception {
        var queue = declare(channel, "failed");
        Connection other = endpoint.connect();
        await(other.createChannel(), queue);
        long before = System.nanoTime();
        other.close();

        var again = await(channel, queue);

        assertThat(millisSince(before)).isGreaterThanOrEqualTo(MIN_MILLIS);
        assertThat(attempts(again)).isEqualTo(1);
        channel.queueDelete(queue);
    }

    @Test
    void a_purge_takes_what_waits(Channel channel) throws Exception {
        var queue = declare(channel, "all");
        channel.basicReject(await(channel, queue).getEnvelope().getDeliveryTag(), true);

        assertThat(channel.queueDeclarePassive(queue).getMessageCount()).isZero();
        assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(1);
        channel.queueDelete(queue);
    }

    @Test
    void wrong_arguments_are_refused(Connection connection) throws Exception {
        var bad = connection.createChannel();
        Closing.of(bad, () -> declare(bad, "delayed.wrong", "sometimes", 1, 1))
                .assertChannel(
                        406,
                        "PRECONDITION_FAILED - invalid arg 'x-delayed-retry-type' for queue 'delayed.wrong'"
                                + " in vhost '/': invalid_delayed_retry_type");
        var classic = connection.createChannel();
        Closing.of(
                        classic,
                        () -> classic.queueDeclare(
                                "delayed.wrong", true, false, false, Map.of("x-delayed-retry-min", 5)))
                .assertChannel(
                        406,
                        "PRECONDITION_FAILED - invalid arg 'x-delayed-retry-min' for queue 'delayed.wrong' in vhost '/'"
                                + " of queue type rabbit_classic_queue");
    }

    @Test
    void a_kill_leaves_each_waiting_until_its_time(@TempDir Path data) throws Exception {
        int messages = 2_000;
        long delay = 6_000;
        try (var broker = BrokerProcess.start(data)) {
            var doomed = broker.endpoint().connect();
            var rejecting = doomed.createChannel();
            declare(rejecting, "waiting", "all", delay, delay);
            rejecting.confirmSelect();
            for (int i = 0; i < messages; i++) {
                rejecting.basicPublish("", "waiting", MessageProperties.PERSISTENT_BASIC, ("" + i).getBytes());
            }
            rejecting.waitForConfirmsOrDie(60_000);
            List<Long> tags = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                tags.add(rejecting.basicGet("waiting", false).getEnvelope().getDeliveryTag());
            }
            long rejectedFrom = System.nanoTime();
            for (long tag : tags) {
                rejecting.basicReject(tag, true);
            }
            assertThat(rejecting.basicGet("waiting", true)).isNull();
            rejecting.queueDeclare("other", true, false, false, Map.of());
            rejecting.basicPublish("", "other", MessageProperties.PERSISTENT_BASIC, new byte[0]);
            rejecting.waitForConfirmsOrDie(60_000); // so what came before is in the log
            assertThat(report(broker)).contains("\"messages_delayed\":" + messages, "\"messages_ready\":0");
            broker.kill();
            doomed.abort();

            broker.start();
            try (var connection = broker.endpoint().connect()) {
                var channel = connection.createChannel();
                long sinceReject = (System.nanoTime() - rejectedFrom) / 1_000_000;
                if (sinceReject < delay - 1_000) { // else the machine is too slow to tell
                    assertThat(channel.basicGet("waiting", true)).isNull();
                }
                for (int i = 0; i < messages; i++) {
                    var got = await(channel, "waiting");
                    assertThat(new String(got.getBody(), StandardCharsets.UTF_8))
                            .isEqualTo("" + i);
                    assertThat(attempts(got)).isEqualTo(1);
                }
                assertThat(millisSince(rejectedFrom)).isGreaterThanOrEqualTo(delay);
                assertThat(channel.basicGet("waiting", true)).isNull();
            }
        }
    }

    /// What the management API tells of the queue.
    private static String report(BrokerProcess broker) throws Exception {
        var login = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));
        var uri = URI.create("http://127.0.0.1:" + broker.port("management") + "/api/queues/%2F/waiting");
        var request = HttpRequest.newBuilder(uri)
                .header("Authorization", "Basic " + login)
                .build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
