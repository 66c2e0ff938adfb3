package io.headrace.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: queues, exchanges, bindings and messages over HTTP, with RabbitMQ's codes and words.
@DisplayNameGeneration(ReplaceUnderscores.class)
class QueuesAndMessagesTest {
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
    void a_queue_is_created_found_the_same_and_deleted() {
        assertThat(api.put("/queues/%2F/orders", "{\"durable\":\"true\",\"node\":\"x\"}")
                        .status())
                .isEqualTo(201);
        assertThat(api.put("/queues/%2F/orders", "{\"durable\":true}").status()).isEqualTo(204);

        var other = api.put("/queues/%2F/orders", "{\"durable\":false}");
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.reason())
                .isEqualTo("inequivalent arg 'durable' for queue 'orders' in vhost '/': received 'false' but current"
                        + " is 'true'");

        var queue = api.get("/queues/%2F/orders").json();
        assertThat(queue.path("messages").asInt(-1)).isZero();
        assertThat(queue.path("state").asText()).isEqualTo("running");
        assertThat(queue.path("arguments").isObject()).isTrue();

        assertThat(api.delete("/queues/%2F/orders").status()).isEqualTo(204);
        assertThat(api.get("/queues/%2F/orders").text())
                .isEqualTo("{\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}");
    }

    @Test
    void names_may_have_any_characters_in_them() {
        for (String encoded : new String[] {"a%2Fb", "a%20b", "100%25", "%C3%A4%E2%82%AC", "a+b", "q%3Fx%3D1"}) {
            assertThat(api.put("/queues/%2F/" + encoded, "{}").status()).isEqualTo(201);
            assertThat(api.get("/queues/%2F/" + encoded).status()).isEqualTo(200);
        }
        assertThat(api.get("/queues/%2F?columns=name").text()).contains("a/b", "a b", "100%", "ä€", "a+b", "q?x=1");
    }

    @Test
    void a_message_goes_through_an_exchange_and_is_fetched_in_every_manner() {
        api.put("/exchanges/%2F/x", "{\"type\":\"topic\"}");
        api.put("/queues/%2F/q", "{\"durable\":true}");
        api.post("/bindings/%2F/e/x/q/q", "{\"routing_key\":\"a.#\"}");

        var published = api.post("/exchanges/%2F/x/publish", """
                {"properties":{"delivery_mode":2,"content_type":"text/plain","headers":{"n":1,"f":1.5,"l":[true]}},
                 "routing_key":"a.b","payload":"hällo","payload_encoding":"string"}""");
        assertThat(published.text()).isEqualTo("{\"routed\":true}");
        assertThat(api.post("/exchanges/%2F/x/publish", """
                {"properties":{},"routing_key":"z","payload":"","payload_encoding":"string"}""").text()).isEqualTo("{\"routed\":false}");

        var kept = get("ack_requeue_true");
        assertThat(kept.at("/0/payload").asText()).isEqualTo("hällo");
        assertThat(kept.at("/0/payload_bytes").asInt()).isEqualTo(6);
        assertThat(kept.at("/0/properties/headers").toString()).isEqualTo("{\"n\":1,\"f\":1.5,\"l\":[true]}");
        assertThat(kept.at("/0/redelivered").asBoolean()).isFalse();
        assertThat(get("reject_requeue_true").at("/0/redelivered").asBoolean()).isTrue();
        assertThat(get("ack_requeue_false")).hasSize(1);
        assertThat(get("ack_requeue_false")).isEmpty();
    }

    private com.fasterxml.jackson.databind.JsonNode get(String mode) {
        return api.post("/queues/%2F/q/get", "{\"count\":\"5\",\"ackmode\":\"" + mode + "\",\"encoding\":\"auto\"}")
                .json();
    }

    @Test
    void what_waits_in_a_queue_is_told_in_bytes_of_bodies() {
        api.put("/queues/%2F/q", "{}");
        api.post("/exchanges/%2F/amq.default/publish", """
                {"properties":{},"routing_key":"q","payload":"12345","payload_encoding":"string"}""");

        var queue = api.get("/queues/%2F/q").json();

        assertThat(queue.get("message_bytes").longValue()).isEqualTo(5);
        assertThat(queue.get("message_bytes_ready").longValue()).isEqualTo(5);
        assertThat(queue.get("message_bytes_unacknowledged").longValue()).isZero();
        assertThat(queue.get("memory").longValue()).isPositive();
    }

    @Test
    void what_a_delayed_exchange_holds_back_is_counted() {
        api.put("/exchanges/%2F/later", """
                {"type":"x-delayed-message","arguments":{"x-delayed-type":"fanout"}}""");
        api.post("/exchanges/%2F/later/publish", """
                {"properties":{"headers":{"x-delay":600000}},"routing_key":"k","payload":"x",
                 "payload_encoding":"string"}""");

        assertThat(api.get("/exchanges/%2F/later")
                        .json()
                        .get("messages_delayed")
                        .longValue())
                .isEqualTo(1);
        assertThat(api.get("/queues").json()).isEmpty();
    }

    @Test
    void bytes_that_are_no_text_come_back_as_base64() {
        api.put("/queues/%2F/q", "{}");
        api.post(
                "/exchanges/%2F/amq.default/publish",
                "{\"properties\":[],\"routing_key\":\"q\",\"payload\":\"/wD+\",\"payload_encoding\":\"base64\"}");

        var message = get("ack_requeue_true").get(0);

        assertThat(message.path("properties").isArray()).isTrue(); // none, as RabbitMQ says it
        assertThat(message.path("payload").asText()).isEqualTo("/wD+");
        assertThat(message.path("payload_encoding").asText()).isEqualTo("base64");
    }

    @Test
    void what_is_missing_or_wrong_in_a_body_is_named() {
        assertThat(api.put("/queues/%2F/q", "{bad").reason()).isEqualTo("not_json");
        assertThat(api.put("/queues/%2F/q", "[]").reason()).isEqualTo("not_json");
        assertThat(api.put("/queues/%2F/q", "{\"durable\":\"maybe\"}").reason()).isEqualTo("not_boolean: maybe");
        assertThat(api.put("/exchanges/%2F/x", "{\"type\":\"nonsense\"}").reason())
                .isEqualTo("unknown exchange type 'nonsense'");
        assertThat(api.post("/exchanges/%2F/amq.topic/publish", "{\"routing_key\":\"x\"}")
                        .reason())
                .isEqualTo("[{key_missing,properties}]");
        var tooDeep = "{\"arguments\":{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}}";
        assertThat(api.put("/queues/%2F/q", tooDeep).reason()).isEqualTo("arguments is nested too deeply");
        assertThat(api.put("/exchanges/%2F/amq.mine", "{}").status()).isEqualTo(401);
    }

    @Test
    void a_binding_is_found_by_the_key_it_was_given() {
        api.put("/exchanges/%2F/x", "{\"type\":\"headers\"}");
        api.put("/queues/%2F/q", "{}");
        var made = api.post("/bindings/%2F/e/x/q/q", "{\"routing_key\":\"a b~c/d\",\"arguments\":{\"x\":1}}");
        assertThat(made.status()).isEqualTo(201);
        var location = made.raw().headers().firstValue("location").orElseThrow();

        assertThat(location).startsWith("q/a%2Bb%257Ec%252Fd~");
        var one = api.get("/bindings/%2F/e/x/q/" + location);
        assertThat(one.json().path("routing_key").asText()).isEqualTo("a b~c/d");
        assertThat(api.get("/queues/%2F/q/bindings").json()).hasSize(2);
        assertThat(api.delete("/bindings/%2F/e/x/q/" + location).status()).isEqualTo(204);
        assertThat(api.delete("/bindings/%2F/e/x/q/" + location).status()).isEqualTo(404);
        api.post("/bindings/%2F/e/x/q/q", "");
        assertThat(api.get("/bindings/%2F/e/x/q/q/~").status()).isEqualTo(200);
        api.post("/bindings/%2F/e/x/q/q", "{\"routing_key\":\"logs.*\"}");
        assertThat(api.get("/bindings/%2F/e/x/q/q/logs.%252A").status()).isEqualTo(200);
        assertThat(api.get("/bindings/%2F/e/x/q/q/logs.%2A").status()).isEqualTo(200); // as people write it
        assertThat(api.post("/bindings/%2F/e/x/q/nope", "{}").reason()).isEqualTo("no queue 'nope' in vhost '/'");
    }

    @Test
    void a_full_queue_is_not_deleted_if_empty_is_asked_for_and_can_be_purged() {
        api.put("/queues/%2F/q", "{}");
        api.post("/exchanges/%2F/amq.default/publish", """
                {"properties":{},"routing_key":"q","payload":"x","payload_encoding":"string"}""");

        assertThat(api.delete("/queues/%2F/q?if-empty=true").reason()).isEqualTo("queue 'q' in vhost '/' not empty");
        assertThat(api.delete("/queues/%2F/q/contents").status()).isEqualTo(204);
        assertThat(api.delete("/queues/%2F/q?if-empty=true&if-unused=true").status())
                .isEqualTo(204);
    }

    @Test
    void long_lists_are_whole_and_sorted_too() {
        int count = 2_500;
        for (int i = 0; i < count; i++) {
            api.put("/queues/%2F/" + "q%04d".formatted(i), "{\"durable\":" + (i % 2 == 0) + "}");
        }

        assertThat(names("/queues")).hasSize(count).isSorted();
        assertThat(names("/queues?sort_reverse=true&columns=name"))
                .hasSize(count)
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(names("/queues?sort=durable&columns=name"))
                .hasSize(count)
                .startsWith("q0001", "q0003")
                .endsWith("q2496", "q2498");
        var page = api.get("/queues?sort=durable&sort_reverse=true&page=13&page_size=100&columns=name")
                .json();
        assertThat(page.path("page_count").asInt()).isEqualTo(25);
        assertThat(page.at("/items/49/name").asText()).isEqualTo("q2498");
        assertThat(page.at("/items/50/name").asText()).isEqualTo("q0001");
    }

    private List<String> names(String path) {
        return api.get(path)
                .json()
                .valueStream()
                .map(row -> row.path("name").asText())
                .toList();
    }

    @Test
    void lists_are_cut_into_pages_sorted_and_narrowed() {
        for (String name : new String[] {"alpha", "beta", "gamma", "delta"}) {
            api.put("/queues/%2F/" + name, "{\"durable\":" + name.contains("b") + "}");
        }

        var page = api.get("/queues?page=2&page_size=3&columns=name").json();
        assertThat(page.toString())
                .isEqualTo("{\"total_count\":4,\"filtered_count\":4,\"item_count\":1,\"page\":2,\"page_size\":3,"
                        + "\"page_count\":2,\"items\":[{\"name\":\"gamma\"}]}");
        assertThat(api.get("/queues?sort=durable&sort_reverse=true&columns=name")
                        .json()
                        .at("/0/name")
                        .asText())
                .isEqualTo("beta");
        assertThat(api.get("/queues?page=1&name=^(a|b)&use_regex=true"
                                .replace("^", "%5E")
                                .replace("|", "%7C"))
                        .json()
                        .path("filtered_count")
                        .asInt())
                .isEqualTo(2);
        assertThat(api.get("/queues?page=1&name=ELT").json().at("/items/0/name").asText())
                .isEqualTo("delta");
        assertThat(api.get("/queues?page=9&page_size=3").text())
                .isEqualTo("{\"error\":\"page_out_of_range\",\"reason\":\"Page out of range, page: 9 page size: 3, len:"
                        + " 4\"}");
        assertThat(api.get("/queues?page=1&page_size=501").status()).isEqualTo(400);
        assertThat(api.get("/queues?disable_stats=true").json().get(0).has("messages"))
                .isFalse();
        assertThat(api.get("/queues?disable_stats=true&enable_queue_totals=true")
                        .json()
                        .get(0)
                        .has("messages"))
                .isTrue();
    }

    @Test
    void methods_that_a_path_does_not_have_are_refused_with_those_it_has() {
        var refused = api.post("/queues", "");

        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.raw().headers().firstValue("allow")).contains("HEAD, GET, OPTIONS");
        assertThat(api.send("OPTIONS", "/queues", "").status()).isEqualTo(200);
        assertThat(api.send("HEAD", "/queues", "").text()).isEmpty();
    }

    @Test
    void health_checks_say_what_is_there_and_what_is_missing() {
        assertThat(api.get("/health/checks/alarms").text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(api.get("/health/checks/port-listener/" + api.amqpPort()).text())
                .isEqualTo("{\"status\":\"ok\",\"port\":" + api.amqpPort() + "}");
        assertThat(api.get("/health/checks/port-listener/1").status()).isEqualTo(503);
        assertThat(api.get("/health/checks/protocol-listener/amqp091").status()).isEqualTo(200);
        assertThat(api.get("/health/checks/protocol-listener/mqtt").text())
                .isEqualTo("{\"missing\":\"mqtt\",\"protocols\":[\"amqp\"],\"status\":\"failed\","
                        + "\"reason\":\"No active listener\"}");
        assertThat(api.get("/aliveness-test/%2F").text()).isEqualTo("{\"status\":\"ok\"}");
    }
}
