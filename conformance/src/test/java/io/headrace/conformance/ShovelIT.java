package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: shovels move applications from a RabbitMQ to Headrace and back, and lose nothing when a side is killed.
/// Method: the distribution and Debian's RabbitMQ as processes of their own; messages are numbered and confirmed.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShovelIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String GUEST =
            "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void messages_go_from_rabbitmq_to_headrace_and_back_unchanged(@TempDir Path data) throws Exception {
        try (var rabbit = RabbitMqProcess.start(data.resolve("rabbit"));
                var headrace = BrokerProcess.start(data.resolve("headrace"));
                var connection = rabbit.endpoint().connect()) {
            var channel = connection.createChannel();
            channel.queueDeclare("out", true, false, false, null);
            var properties = new BasicProperties.Builder()
                    .contentType("text/plain")
                    .deliveryMode(2)
                    .correlationId("c")
                    .headers(Map.of("n", 7, "t", "x", "l", List.of(1L, true)))
                    .build();
            publish(channel, "out", properties, 0, 2_000);

            shovel(headrace, "in", """
                    {"src-uri":"%s","src-queue":"out","dest-uri":"amqp://","dest-queue":"here"}""".formatted(rabbit.endpoint().uri()));
            shovel(headrace, "out", """
                    {"src-uri":"amqp://","src-queue":"here","dest-uri":"%s","dest-queue":"back","src-prefetch-count":10}""".formatted(rabbit.endpoint().uri()));

            await().atMost(PATIENCE).until(() -> ready(rabbit.endpoint(), "back") == 2_000);
            for (int i = 0; i < 2_000; i++) {
                var got = channel.basicGet("back", true);
                assertThat(new String(got.getBody(), StandardCharsets.UTF_8)).isEqualTo(Integer.toString(i));
                assertThat(ordered(got.getProps())).isEqualTo(ordered(properties));
            }
            assertThat(ready(rabbit.endpoint(), "out")).isZero();
        }
    }

    @Test
    void nothing_is_lost_when_rabbitmq_is_killed_while_it_is_emptied(@TempDir Path data) throws Exception {
        try (var rabbit = RabbitMqProcess.start(data.resolve("rabbit"));
                var headrace = BrokerProcess.start(data.resolve("headrace"))) {
            fill(rabbit.endpoint(), "out", 20_000);
            rabbit.keepDeclared();
            shovel(headrace, "s", """
                    {"src-uri":"%s","src-queue":"out","dest-uri":"amqp://","dest-queue":"in",
                     "src-prefetch-count":50,"reconnect-delay":1}""".formatted(rabbit.endpoint().uri()));
            awaitSome(headrace.endpoint(), "in");

            rabbit.kill();
            await().atMost(PATIENCE).until(() -> shovels(headrace).contains("\"state\":\"terminated\""));
            rabbit.start();

            assertThat(all(headrace.endpoint(), "in", 20_000)).hasSize(20_000);
        }
    }

    @Test
    void nothing_is_lost_when_rabbitmq_is_killed_while_it_is_filled(@TempDir Path data) throws Exception {
        try (var rabbit = RabbitMqProcess.start(data.resolve("rabbit"));
                var headrace = BrokerProcess.start(data.resolve("headrace"))) {
            fill(rabbit.endpoint(), "in", 0);
            rabbit.keepDeclared();
            fill(headrace.endpoint(), "out", 20_000);
            shovel(headrace, "s", """
                    {"src-uri":"amqp://","src-queue":"out","dest-uri":"%s","dest-queue":"in",
                     "src-prefetch-count":50,"reconnect-delay":1}""".formatted(rabbit.endpoint().uri()));
            awaitSome(rabbit.endpoint(), "in");

            rabbit.kill();
            rabbit.start();

            assertThat(all(rabbit.endpoint(), "in", 20_000)).hasSize(20_000);
        }
    }

    @Test
    void nothing_is_lost_when_headrace_is_killed_and_its_shovels_begin_again(@TempDir Path data) throws Exception {
        try (var other = BrokerProcess.start(data.resolve("other"));
                var headrace = BrokerProcess.start(data.resolve("headrace"))) {
            fill(other.endpoint(), "out", 20_000);
            shovel(headrace, "in", """
                    {"src-uri":"%s","src-queue":"out","dest-uri":"amqp://","dest-queue":"here","src-prefetch-count":50}""".formatted(other.endpoint().uri()));
            shovel(headrace, "out", """
                    {"src-uri":"amqp://","src-queue":"here","dest-uri":"%s","dest-queue":"back","src-prefetch-count":50}""".formatted(other.endpoint().uri()));
            awaitSome(other.endpoint(), "back");

            headrace.kill();
            headrace.start();

            assertThat(all(other.endpoint(), "back", 20_000)).hasSize(20_000);
            assertThat(headrace.terminate()).isZero();
            assertThat(headrace.errors()).doesNotContain("Exception");
        }
    }

    @Test
    void a_broker_behind_tls_is_verified_unless_told_otherwise(@TempDir Path data) throws Exception {
        var certificate = data.resolve("certificate.pem");
        var key = data.resolve("key.pem");
        Program.assumeWorks("openssl", certificate(certificate, key));
        var tls = List.of("--amqps-host", "127.0.0.1", "--amqps-port", "0");
        var files = List.of("--amqps-certificate", certificate.toString(), "--amqps-key", key.toString());
        var options = Stream.concat(tls.stream(), files.stream()).toArray(String[]::new);
        try (var other = BrokerProcess.start(data.resolve("other"), options);
                var headrace = BrokerProcess.start(data.resolve("headrace"))) {
            var value = "{\"src-uri\":\"amqps://guest:guest@127.0.0.1:" + other.port("amqps")
                    + "?heartbeat=10%s\",\"src-queue\":\"out\",\"dest-uri\":\"amqp://\",\"dest-queue\":\"%s\"}";

            shovel(headrace, "distrusts", value.formatted("", "none"));
            await().atMost(PATIENCE).until(() -> shovels(headrace).contains("PKIX"));
            fill(other.endpoint(), "out", 10);
            shovel(headrace, "trusts", value.formatted("&cacertfile=" + certificate, "trusted"));
            assertThat(all(headrace, "trusted", 10)).hasSize(10);
            send(headrace, "DELETE", "shovels/vhost/%2F/trusts", "");
            fill(other.endpoint(), "out", 10);
            shovel(headrace, "blind", value.formatted("&verify=verify_none", "unverified"));
            assertThat(all(headrace, "unverified", 10)).hasSize(10);
        }
    }

    private static String[] certificate(Path certificate, Path key) {
        return new String[] {
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString(),
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=IP:127.0.0.1"
        };
    }

    private static Set<String> all(BrokerProcess broker, String queue, int count) throws Exception {
        await().atMost(PATIENCE).until(() -> ready(broker.endpoint(), queue) > 0);
        return all(broker.endpoint(), queue, count);
    }

    private void shovel(BrokerProcess broker, String name, String value) throws Exception {
        var answer = send(broker, "PUT", "parameters/shovel/%2F/" + name, "{\"value\":" + value + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private String shovels(BrokerProcess broker) throws Exception {
        return send(broker, "GET", "shovels", "").body();
    }

    private HttpResponse<String> send(BrokerProcess broker, String method, String path, String body)
            throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + broker.port("management") + "/api/" + path);
        var request = HttpRequest.newBuilder(uri)
                .header("Authorization", GUEST)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /// Properties as text; a table's fields have no order.
    private static String ordered(BasicProperties properties) {
        return properties
                .builder()
                .headers(new TreeMap<>(properties.getHeaders()))
                .build()
                .toString();
    }

    private static void fill(Endpoint broker, String queue, int count) throws Exception {
        try (var connection = broker.connect()) {
            var channel = connection.createChannel();
            channel.queueDeclare(queue, true, false, false, null);
            publish(channel, queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, 0, count);
        }
    }

    private static void publish(Channel channel, String queue, BasicProperties properties, int from, int to)
            throws Exception {
        channel.confirmSelect();
        for (int i = from; i < to; i++) {
            channel.basicPublish("", queue, properties, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirmsOrDie(PATIENCE.toMillis());
    }

    private static void awaitSome(Endpoint broker, String queue) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> ready(broker, queue) > 100);
    }

    /// How many are ready; none if there is no such queue yet.
    private static long ready(Endpoint broker, String queue) throws IOException {
        try (var connection = broker.connect()) {
            return connection.createChannel().messageCount(queue);
        } catch (IOException _) {
            return 0;
        }
    }

    /// Takes until as many different ones have come, some of them perhaps twice.
    private static Set<String> all(Endpoint broker, String queue, int count) throws Exception {
        var bodies = new LinkedHashSet<String>();
        try (var connection = broker.connect()) {
            var inbox = new ArrayList<String>();
            var channel = connection.createChannel();
            channel.basicConsume(
                    queue,
                    true,
                    (_, delivery) -> {
                        synchronized (inbox) {
                            inbox.add(new String(delivery.getBody(), StandardCharsets.UTF_8));
                        }
                    },
                    _ -> {});
            await().atMost(PATIENCE).until(() -> {
                synchronized (inbox) {
                    bodies.addAll(inbox);
                    inbox.clear();
                }
                return bodies.size() == count;
            });
        }
        return bodies;
    }
}
