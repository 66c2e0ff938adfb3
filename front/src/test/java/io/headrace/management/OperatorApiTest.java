package io.headrace.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whoever has the operator's key may do everything, and finds what RabbitMQ keeps for its command line.
@DisplayNameGeneration(ReplaceUnderscores.class)
class OperatorApiTest {
    @TempDir
    private Path data;

    private TestApi api;

    @BeforeEach
    void start() throws IOException {
        api = new TestApi(data);
        api.asHolderOf("the key");
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    @Test
    void another_key_opens_nothing() {
        api.asHolderOf("another key");

        assertThat(api.get("/overview").status()).isEqualTo(401);
        assertThat(api.put("/vhosts/v", "{}").status()).isEqualTo(401);
    }

    @Test
    void the_operator_enters_every_vhost_and_is_granted_nothing_there() {
        assertThat(api.put("/vhosts/v", "{}").status()).isEqualTo(201);

        assertThat(api.put("/queues/v/q", "{\"durable\":true}").status()).isEqualTo(201);
        assertThat(api.delete("/queues/v/q").status()).isEqualTo(204);
        assertThat(api.get("/vhosts/v/permissions").json()).isEmpty();
        assertThat(api.get("/whoami").json().path("name").asText()).isEqualTo("rmq-cli");
    }

    @Test
    void a_limit_takes_effect_before_the_answer() {
        assertThat(api.put("/headrace/resources/disk", "{\"limit\":\"100000TiB\"}")
                        .status())
                .isEqualTo(204);
        assertThat(disk("alarm").asBoolean()).isTrue();

        api.put("/headrace/resources/disk", "{\"limit\":\"1MB\"}");

        assertThat(disk("alarm").asBoolean()).isFalse();
        assertThat(disk("limit").asLong()).isEqualTo(1_000_000);
    }

    private JsonNode disk(String field) {
        return api.get("/headrace/resources").json().path("disk").path(field);
    }

    @Test
    void what_is_no_limit_and_no_resource_is_refused() {
        assertThat(api.put("/headrace/resources/memory", "{\"limit\":\"much\"}").status())
                .isEqualTo(400);
        assertThat(api.put("/headrace/resources/luck", "{\"limit\":\"1GB\"}").status())
                .isEqualTo(404);
    }

    @Test
    void an_alarm_set_by_hand_leaves_the_limit_as_it_was_when_it_is_cleared() {
        api.put("/headrace/resources/disk", "{\"limit\":\"2MB\"}");
        api.put("/headrace/resources/disk/alarm", "");
        api.put("/headrace/resources/disk/alarm", "");
        assertThat(disk("alarm").asBoolean()).isTrue();

        api.delete("/headrace/resources/disk/alarm");

        assertThat(disk("alarm").asBoolean()).isFalse();
        assertThat(disk("limit").asLong()).isEqualTo(2_000_000);
    }

    @Test
    void a_password_is_looked_at_without_a_login() {
        var right = api.post("/headrace/authenticate", "{\"user\":\"guest\",\"password\":\"guest\"}");
        var wrong = api.post("/headrace/authenticate", "{\"user\":\"guest\",\"password\":\"wrong\"}");

        assertThat(right.json().path("accepted").asBoolean()).isTrue();
        assertThat(wrong.json().path("accepted").asBoolean()).isFalse();
    }

    @Test
    void the_level_of_the_log_is_told_to_the_node() {
        assertThat(api.put("/headrace/log-level", "{\"level\":\"debug\"}").status())
                .isEqualTo(204);
        assertThat(api.logLevel).isEqualTo("debug");
        assertThat(api.put("/headrace/log-level", "{\"level\":\"nonsense\"}").status())
                .isEqualTo(400);
    }

    @Test
    void a_drained_broker_says_that_it_does_not_serve_until_it_is_revived() {
        assertThat(api.put("/headrace/maintenance", "").status()).isEqualTo(204);

        assertThat(api.get("/nodes").json().path(0).path("being_drained").asBoolean())
                .isTrue();
        for (String check : List.of("is-in-service", "ready-to-serve-clients", "below-node-connection-limit")) {
            var answer = api.get("/health/checks/" + check);
            assertThat(answer.status()).as(check).isEqualTo(503);
            assertThat(answer.reason()).isEqualTo("the rabbit node is not currently available to serve");
        }

        assertThat(api.delete("/headrace/maintenance").status()).isEqualTo(204);

        assertThat(api.get("/health/checks/ready-to-serve-clients").status()).isEqualTo(200);
        assertThat(api.get("/nodes").json().path(0).path("being_drained").asBoolean())
                .isFalse();
    }

    @Test
    void the_check_of_the_connection_limit_fails_when_there_is_no_room_for_one_more() {
        api.connections(4, 5);
        assertThat(api.get("/health/checks/below-node-connection-limit").status())
                .isEqualTo(200);

        api.connections(5, 5);

        var answer = api.get("/health/checks/below-node-connection-limit");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.reason()).isEqualTo("node connection limit is reached");
        assertThat(answer.json().path("connections").asInt()).isEqualTo(5);
    }

    @Test
    void a_stream_tells_of_its_replica_and_is_told_how_long_to_keep_its_messages() {
        api.asHolderOf("the key");
        api.put("/queues/%2F/s", "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"stream\"}}");
        api.put("/queues/%2F/q", "{\"durable\":true}");

        var status = api.get("/headrace/streams/%2F/s/status").json().path(0);
        assertThat(status.path("role").asText()).isEqualTo("writer");
        assertThat(status.path("offset").asLong()).isEqualTo(-1);
        assertThat(api.put("/headrace/streams/%2F/s/retention", "{\"max-age\":\"2h\"}")
                        .status())
                .isEqualTo(204);

        assertThat(api.setting("s", "retention.ms")).isEqualTo("7200000");
        assertThat(api.put("/headrace/streams/%2F/s/retention", "{\"max-age\":\"long\"}")
                        .reason())
                .isEqualTo("invalid_max_age");
        assertThat(api.get("/headrace/streams/%2F/q/status").status()).isEqualTo(400);
    }
}
