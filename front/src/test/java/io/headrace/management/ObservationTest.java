package io.headrace.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.http.Percent;
import io.headrace.management.TestApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what clients do is seen at once, and a connection can be ended.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ObservationTest {
    @TempDir
    Path data;

    private TestApi api;

    @BeforeEach
    void start() throws IOException {
        api = new TestApi(data);
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    @Test
    void a_connection_its_channel_and_its_consumer_are_shown_with_what_they_did() throws IOException {
        try (var client = new WatchedClient(api.amqpPort())) {
            client.declare("orders");
            client.confirms();
            client.publish("orders", "one");
            client.publish("nowhere", "two");
            client.consume("orders", "me");

            var connection = api.get("/connections").json().get(0);
            var name = connection.path("name").asText();
            assertThat(name).matches("127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:" + api.amqpPort());
            assertThat(connection.path("user").asText()).isEqualTo("guest");
            assertThat(connection.path("channels").asInt()).isEqualTo(1);
            assertThat(connection.path("protocol").asText()).isEqualTo("AMQP 0-9-1");
            assertThat(connection.path("recv_oct").asLong()).isPositive();
            assertThat(connection.path("client_properties").path("product").asText())
                    .isEqualTo("watched");

            var channel = api.get("/channels/" + Percent.encode(name + " (1)")).json();
            assertThat(channel.path("confirm").asBoolean()).isTrue();
            assertThat(channel.path("messages_unacknowledged").asInt()).isEqualTo(1);
            assertThat(channel.path("messages_unconfirmed").asInt(-1)).isZero();
            var stats = channel.path("message_stats");
            assertThat(stats.path("publish").asInt()).isEqualTo(2);
            assertThat(stats.path("confirm").asInt()).isEqualTo(2);
            assertThat(stats.path("drop_unroutable").asInt()).isEqualTo(1);
            assertThat(stats.path("deliver").asInt()).isEqualTo(1);
            assertThat(stats.path("deliver_get").asInt()).isEqualTo(1);
            assertThat(channel.at("/consumer_details/0/consumer_tag").asText()).isEqualTo("me");

            var queue = api.get("/queues/%2F/orders").json();
            assertThat(queue.path("messages_unacknowledged").asInt()).isEqualTo(1);
            assertThat(queue.path("consumers").asInt()).isEqualTo(1);
            assertThat(queue.at("/consumer_details/0/channel_details/connection_name")
                            .asText())
                    .isEqualTo(name);
            assertThat(api.get("/consumers/%2F").json()).hasSize(1);
            assertThat(api.get("/exchanges/%2F/amq.default")
                            .json()
                            .at("/message_stats/publish_in")
                            .asInt())
                    .isEqualTo(2);
            assertThat(api.get("/overview")
                            .json()
                            .at("/object_totals/consumers")
                            .asInt())
                    .isEqualTo(1);
        }
        eventually(() -> api.get("/connections").json().isEmpty());
        assertThat(api.get("/overview").json().at("/message_stats/publish").asInt())
                .isEqualTo(2);
    }

    @Test
    void what_went_between_two_things_is_shown_at_both() throws IOException {
        try (var client = new WatchedClient(api.amqpPort())) {
            client.declare("orders");
            client.confirms();
            client.publish("orders", "one");
            client.publish("orders", "two");
            client.publish("nowhere", "three");
            client.consume("orders", "me");
            var name = api.get("/connections").json().at("/0/name").asText() + " (1)";

            var channel = api.get("/channels/" + Percent.encode(name)).json();
            assertThat(channel.at("/publishes/0/exchange/name").asText("none")).isEmpty();
            assertThat(channel.at("/publishes/0/stats/publish").asInt()).isEqualTo(3);
            assertThat(channel.at("/deliveries/0/queue/name").asText()).isEqualTo("orders");
            assertThat(channel.at("/deliveries/0/stats/deliver").asInt()).isPositive();
            var queue = api.get("/queues/%2F/orders").json();
            assertThat(queue.at("/incoming/0/stats/publish").asInt()).isEqualTo(2);
            assertThat(queue.at("/incoming/0/exchange/vhost").asText()).isEqualTo("/");
            assertThat(queue.at("/deliveries/0/channel_details/name").asText()).isEqualTo(name);
            assertThat(queue.at("/deliveries/0/stats/deliver_get").asInt()).isPositive();
            var exchange = api.get("/exchanges/%2F/amq.default").json();
            assertThat(exchange.at("/incoming/0/stats/publish").asInt()).isEqualTo(3);
            assertThat(exchange.at("/incoming/0/channel_details/name").asText()).isEqualTo(name);
            assertThat(exchange.at("/outgoing/0/stats/publish").asInt()).isEqualTo(2);
            assertThat(exchange.at("/outgoing/0/queue/name").asText()).isEqualTo("orders");
        }
    }

    @Test
    void a_queue_that_is_made_anew_has_got_nothing_yet() throws IOException {
        try (var client = new WatchedClient(api.amqpPort())) {
            client.declare("orders");
            client.confirms();
            client.publish("orders", "one");
            api.delete("/queues/%2F/orders");
            client.declare("orders");

            assertThat(api.get("/queues/%2F/orders").json().path("incoming")).isEmpty();
            assertThat(api.get("/exchanges/%2F/amq.default").json().path("outgoing"))
                    .isEmpty();
        }
    }

    @Test
    void a_closed_connection_is_told_why() throws IOException {
        try (var client = new WatchedClient(api.amqpPort())) {
            var name = api.get("/connections").json().at("/0/name").asText();

            Answer closed =
                    api.send("DELETE", "/connections/" + Percent.encode(name), "", "X-Reason", "because of the test");

            assertThat(closed.status()).isEqualTo(204);
            assertThat(client.closeReason()).isEqualTo("CONNECTION_FORCED - because of the test");
        }
    }

    @Test
    void a_user_sees_their_own_connections_only() throws IOException {
        api.put("/users/bob", "{\"password\":\"p\",\"tags\":\"management\"}");
        try (var client = new WatchedClient(api.amqpPort())) {
            var name =
                    Percent.encode(api.get("/connections").json().at("/0/name").asText());
            api.as("bob:p");

            assertThat(api.get("/connections").json()).isEmpty();
            assertThat(api.get("/channels").json()).isEmpty();
            assertThat(api.get("/connections/" + name).reason()).isEqualTo("User not authorised to access object");
            assertThat(api.delete("/connections/" + name).status()).isEqualTo(401);
            assertThat(client.open()).isTrue();
        }
    }

    private static void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
