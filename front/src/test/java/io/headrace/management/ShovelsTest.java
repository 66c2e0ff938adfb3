package io.headrace.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: a shovel carries what its parameter says, and shows what it does.
/// Method: the real broker on real ports, which is also its own other broker; parameters by HTTP, messages by AMQP.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShovelsTest {
    @TempDir
    Path data;

    private TestApi api;
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void start() throws Exception {
        api = new TestApi(data);
        var factory = new ConnectionFactory();
        factory.setPort(api.amqpPort());
        connection = factory.newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void stop() throws IOException {
        connection.abort();
        api.close();
    }

    private String here(String side) {
        return side.equals("local") ? "amqp://" : "amqp://guest:guest@127.0.0.1:" + api.amqpPort();
    }

    @ParameterizedTest
    @CsvSource({
        "local, local, on-confirm", "local, local, on-publish", "local, local, no-ack",
        "local, remote, on-confirm", "remote, local, on-confirm", "remote, remote, on-confirm",
        "remote, local, on-publish", "local, remote, on-publish", "remote, remote, no-ack"
    })
    void every_message_is_carried_in_order(String from, String to, String ackMode) throws Exception {
        channel.queueDeclare("a", true, false, false, null);
        publish("a", 0, 1_000);

        put("s", """
                {"src-uri":"%s","src-queue":"a","dest-uri":"%s","dest-queue":"b","ack-mode":"%s"}""".formatted(here(from), here(to), ackMode));
        publish("a", 1_000, 3_000);

        assertThat(take("b", 3_000)).isEqualTo(numbers(3_000));
        await().untilAsserted(() -> assertThat(
                        api.get("/queues/%2F/a").json().path("messages").asInt(-1))
                .isZero());
    }

    @Test
    void it_shows_its_ends_without_passwords() {
        put("s", """
                {"src-uri":"%s","src-exchange":"amq.topic","src-exchange-key":"a.#","dest-uri":"amqp://","dest-exchange":"amq.fanout"}""".formatted(here("remote")));

        var shown = state("s", "running");

        assertThat(shown.path("src_uri").asText()).isEqualTo("amqp://127.0.0.1:" + api.amqpPort());
        assertThat(shown.path("src_exchange_key").asText()).isEqualTo("a.#");
        assertThat(shown.path("dest_exchange").asText()).isEqualTo("amq.fanout");
        assertThat(shown.path("blocked_status").asText()).isEqualTo("running");
        assertThat(shown.path("type").asText()).isEqualTo("dynamic");
        assertThat(shown.path("node").asText()).isEqualTo("rabbit@test");
        assertThat(api.get("/shovels/%2F").json()).hasSize(1);
        assertThat(api.get("/shovels/nope").status()).isEqualTo(404);
        assertThat(api.get("/shovels/vhost/%2F/nope").status()).isEqualTo(404);
        assertThat(api.delete("/shovels/vhost/%2F/s/restart").status()).isEqualTo(204);
        state("s", "running");
        assertThat(api.delete("/shovels/vhost/%2F/s").status()).isEqualTo(204);
        assertThat(api.get("/shovels").json()).isEmpty();
        assertThat(api.delete("/shovels/vhost/%2F/s").status()).isEqualTo(404);
        assertThat(api.get("/parameters/shovel").json()).isEmpty();
    }

    @Test
    void a_changed_one_carries_elsewhere() throws Exception {
        var value = "{\"src-uri\":\"amqp://\",\"src-queue\":\"a\",\"dest-uri\":\"amqp://\",\"dest-queue\":\"%s\"}";
        put("s", value.formatted("b"));
        state("s", "running");
        publish("a", 0, 10);
        assertThat(take("b", 10)).isEqualTo(numbers(10));

        put("s", value.formatted("c"));
        publish("a", 0, 10);

        var all = new ArrayList<String>();
        channel.queueDeclare("c", true, false, false, null);
        await().until(() -> {
            for (String queue : List.of("b", "c")) {
                for (var got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
                    all.add(new String(got.getBody(), StandardCharsets.UTF_8));
                }
            }
            return all.size() == 10;
        });
        state("s", "running");
        publish("a", 0, 10);
        assertThat(take("c", 10)).isEqualTo(numbers(10));
    }

    @Test
    void what_is_there_at_its_start_is_carried_and_then_it_is_gone() throws Exception {
        channel.queueDeclare("a", true, false, false, null);
        publish("a", 0, 50);

        put("s", """
                {"src-uri":"amqp://","src-queue":"a","dest-uri":"%s","dest-queue":"b","src-delete-after":"queue-length"}""".formatted(here("remote")));

        await().until(() -> api.get("/parameters/shovel").json().isEmpty());
        assertThat(api.get("/shovels").json()).isEmpty();
        assertThat(take("b", 50)).isEqualTo(numbers(50));
    }

    @Test
    void so_many_are_carried_and_the_rest_stays() throws Exception {
        channel.queueDeclare("a", true, false, false, null);
        publish("a", 0, 50);

        put("s", """
                {"src-uri":"%s","src-queue":"a","dest-uri":"amqp://","dest-queue":"b","src-delete-after":20}""".formatted(here("remote")));

        await().until(() -> api.get("/parameters/shovel").json().isEmpty());
        assertThat(take("b", 20)).isEqualTo(numbers(20));
        assertThat(channel.messageCount("b")).isZero();
        await().until(() -> channel.messageCount("a") == 30);
        assertThat(take("a", 30).getFirst()).isEqualTo("20");
    }

    @ParameterizedTest
    @CsvSource({"local", "remote"})
    void it_writes_on_messages_what_it_is_told_to(String side) throws Exception {
        put("s", """
                {"src-uri":["amqp://127.0.0.1:1","%s"],"src-queue":"a","dest-uri":"amqp://","dest-queue":"b",
                 "dest-add-forward-headers":true,"dest-add-timestamp-header":true,
                 "dest-publish-properties":{"app_id":"z","delivery_mode":1}}""".formatted(here(side)));
        state("s", "running");
        var properties = new BasicProperties.Builder()
                .appId("mine")
                .type("t")
                .deliveryMode(2)
                .headers(Map.of("h", 1))
                .build();

        channel.basicPublish("", "a", properties, new byte[0]);

        var got = get("b").getProps();
        assertThat(got.getAppId()).isEqualTo("z");
        assertThat(got.getType()).isEqualTo("t");
        assertThat(got.getDeliveryMode()).isEqualTo(1);
        assertThat(got.getHeaders()).containsEntry("h", 1).containsKey("x-shovelled-timestamp");
        assertThat(got.getHeaders().get("x-shovelled").toString())
                .contains("shovelled-by=rabbit@test", "shovel-type=dynamic", "shovel-name=s", "shovel-vhost=/")
                .contains("dest-queue=b", "src-queue=a", "dest-uri=amqp://")
                .doesNotContain("guest");
    }

    @ParameterizedTest
    @CsvSource({"local", "remote"})
    void it_says_why_it_stopped_and_comes_back(String side) throws Exception {
        put("s", """
                {"src-uri":"amqp://","src-queue":"a","dest-uri":"%s","dest-exchange":"x","reconnect-delay":0.2}""".formatted(here(side)));
        state("s", "running");
        publish("a", 0, 1);

        var shown = state("s", "terminated");

        assertThat(shown.path("reason").asText()).contains("no exchange 'x' in vhost '/'");
        channel.exchangeDeclare("x", "fanout");
        channel.queueDeclare("b", true, false, false, null);
        channel.queueBind("b", "x", "");
        assertThat(take("b", 1)).isEqualTo(numbers(1));
    }

    @Test
    void a_queue_that_goes_ends_it_and_a_restart_begins_it_again() throws Exception {
        put("s", """
                {"src-uri":"amqp://","src-queue":"a","dest-uri":"amqp://","dest-exchange":"amq.fanout","reconnect-delay":0}""");
        state("s", "running");
        channel.queueDelete("a");

        var shown = state("s", "terminated");

        assertThat(shown.path("reason").asText()).isEqualTo("queue 'a' is gone");
        assertThat(api.delete("/shovels/vhost/%2F/s/restart").status()).isEqualTo(204);
        state("s", "running");
        assertThat(channel.messageCount("a")).isZero();
    }

    @Test
    void nobody_gets_a_shovel_into_a_vhost_that_is_not_open_to_them() {
        api.put("/vhosts/v1", "");
        api.put("/vhosts/v2", "");
        api.put("/users/bob", "{\"password\":\"p\",\"tags\":\"policymaker\"}");
        api.put("/permissions/v1/bob", "{\"configure\":\"\",\"write\":\"\",\"read\":\"\"}");
        api.as("bob:p");

        var refused = api.put("/parameters/shovel/v1/s", """
                {"value":{"src-uri":"amqp:///v1","src-queue":"a","dest-uri":["amqp:///v2"]}}""");
        var taken = api.put("/parameters/shovel/v1/s", """
                {"value":{"src-uri":"amqp:///v1","src-queue":"a","dest-uri":["amqp:///v1"]}}""");

        assertThat(refused.reason()).isEqualTo("Validation failed\n\nuser \"bob\" may not connect to vhost \"v2\"\n");
        assertThat(taken.status()).isEqualTo(201);
    }

    @Test
    void it_stops_with_the_vhost_of_an_end_and_comes_back_with_it() throws Exception {
        api.put("/vhosts/v1", "");
        put("s", """
                {"src-uri":"amqp://","src-queue":"a","dest-uri":"amqp:///v1","dest-queue":"b","reconnect-delay":0.2}""");
        state("s", "running");

        api.delete("/vhosts/v1");

        assertThat(state("s", "terminated").path("reason").asText()).containsAnyOf("is deleted", "vhost v1 not found");
        publish("a", 0, 10);
        api.put("/vhosts/v1", "");
        state("s", "running");
        await().untilAsserted(() -> assertThat(
                        api.get("/queues/v1/b").json().path("messages").asInt())
                .isEqualTo(10));
    }

    @Test
    void an_end_acts_as_the_user_of_its_uri() {
        api.put("/users/bob", "{\"password\":\"p\",\"tags\":\"\"}");
        api.put("/permissions/%2F/bob", "{\"configure\":\"^a$\",\"write\":\"\",\"read\":\"^b$\"}");

        put("s", """
                {"src-uri":"amqp://bob:p@","src-queue":"a","dest-uri":"amqp://"}""");
        put("t", """
                {"src-uri":"amqp://bob:wrong@","src-queue":"a","dest-uri":"amqp://"}""");

        assertThat(state("s", "terminated").path("reason").asText())
                .isEqualTo("read access to queue 'a' in vhost '/' refused for user 'bob'");
        assertThat(state("t", "terminated").path("reason").asText()).isEqualTo("user 'bob' may not log in");
    }

    private void put(String name, String value) {
        var answer = api.put("/parameters/shovel/%2F/" + name, "{\"value\":" + value + "}");
        assertThat(answer.status()).as(answer.text()).isBetween(200, 204);
    }

    private JsonNode state(String name, String state) {
        return await().until(
                        () -> api.get("/shovels/vhost/%2F/" + name).json(),
                        shown -> shown.path("state").asText().equals(state));
    }

    private void publish(String queue, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            channel.basicPublish("", queue, null, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        }
    }

    private GetResponse get(String queue) {
        return await().until(() -> channel.basicGet(queue, true), got -> got != null);
    }

    private List<String> take(String queue, int count) throws Exception {
        var bodies = new ArrayList<String>();
        await().until(() -> !api.get("/queues/%2F/" + queue).text().contains("Not Found"));
        while (bodies.size() < count) {
            var got = channel.basicGet(queue, true);
            bodies.add(new String((got == null ? get(queue) : got).getBody(), StandardCharsets.UTF_8));
        }
        return bodies;
    }

    private static List<String> numbers(int count) {
        var numbers = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }
}
