package io.headrace.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
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
}
