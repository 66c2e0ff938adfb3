package io.headrace.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what operators set is kept, shown, exported and imported again.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AdministrationTest {
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
    void a_user_logs_in_with_the_new_password_and_no_longer_with_the_old() {
        assertThat(api.put("/users/bob", "{\"password\":\"one:two\",\"tags\":\"management\"}")
                        .status())
                .isEqualTo(201);
        assertThat(api.put("/users/bob", "{\"password\":\"p\"}").reason()).isEqualTo("tags_not_present");
        api.as("bob:one:two");
        assertThat(api.get("/whoami").text())
                .isEqualTo("{\"name\":\"bob\",\"is_internal_user\":true,\"tags\":[\"management\"]}");

        api.as("guest:guest");
        assertThat(api.put("/users/bob", "{\"password\":\"new\",\"tags\":[\"management\"]}")
                        .status())
                .isEqualTo(204);

        api.as("bob:one:two");
        assertThat(api.get("/whoami").text()).isEqualTo("{\"error\":\"not_authorized\",\"reason\":\"Not_Authorized\"}");
        api.as("bob:new");
        assertThat(api.get("/whoami").status()).isEqualTo(200);
        api.as("");
        var nobody = api.get("/whoami");
        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.raw().headers().firstValue("www-authenticate"))
                .contains("Basic realm=\"RabbitMQ Management\"");
    }

    @Test
    void who_makes_a_vhost_may_use_it() {
        assertThat(api.put("/vhosts/v1", "{\"description\":\"d\",\"tags\":\"a,b\"}")
                        .status())
                .isEqualTo(201);
        assertThat(api.put("/vhosts/v1", "").status()).isEqualTo(204);

        var vhost = api.get("/vhosts/v1").json();

        assertThat(vhost.path("tags").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(vhost.path("messages").asInt(-1)).isZero();
        assertThat(api.get("/permissions/v1/guest").status()).isEqualTo(200);
        assertThat(api.put("/queues/v1/q", "{}").status()).isEqualTo(201);
        assertThat(api.delete("/vhosts/v1").status()).isEqualTo(204);
        assertThat(api.delete("/vhosts/v1").status()).isEqualTo(404);
    }

    @Test
    void permissions_policies_limits_and_parameters_are_kept() {
        api.put("/vhosts/v1", "");
        api.put("/users/bob", "{\"password\":\"p\",\"tags\":\"\"}");
        var pattern = "{\"configure\":\"a\",\"write\":\"b\",\"read\":\"c\"}";

        assertThat(api.put("/permissions/v1/bob", pattern).status()).isEqualTo(201);
        assertThat(api.put("/permissions/v1/bob", pattern).status()).isEqualTo(204);
        assertThat(api.put("/permissions/v1/nobody", pattern).reason()).isEqualTo("vhost_or_user_not_found");
        assertThat(api.put("/permissions/v1/bob", "{\"configure\":\"a\"}").reason())
                .isEqualTo("[{key_missing,write}]");
        assertThat(api.put("/topic-permissions/v1/bob", "{\"exchange\":\"amq.topic\",\"write\":\"a\",\"read\":\"b\"}")
                        .status())
                .isEqualTo(201);
        assertThat(api.put("/policies/v1/p", """
                {"pattern":"^q","definition":{"max-length":"x"}}""").status()).isEqualTo(400);
        assertThat(api.put("/policies/v1/p", """
                {"pattern":"^q","definition":{"max-length":5},"priority":"3","apply-to":"queues"}""").status()).isEqualTo(201);
        assertThat(api.put("/vhost-limits/v1/max-queues", "{\"value\":\"7\"}").status())
                .isEqualTo(204);
        assertThat(api.put("/user-limits/bob/max-connections", "{\"value\":3}").status())
                .isEqualTo(204);
        assertThat(api.put("/global-parameters/g", "{\"value\":{\"a\":[1,null]}}")
                        .status())
                .isEqualTo(201);

        assertThat(api.get("/policies/v1/p").text())
                .isEqualTo("{\"vhost\":\"v1\",\"name\":\"p\",\"pattern\":\"^q\",\"apply-to\":\"queues\",\"priority\":3,"
                        + "\"definition\":{\"max-length\":5}}");
        assertThat(api.get("/vhost-limits").text()).isEqualTo("[{\"vhost\":\"v1\",\"value\":{\"max-queues\":7}}]");
        assertThat(api.get("/user-limits/bob").text())
                .isEqualTo("[{\"user\":\"bob\",\"value\":{\"max-connections\":3}}]");
        assertThat(api.get("/users/without-permissions").json()).isEmpty();
        api.put("/queues/v1/q1", "{\"durable\":true}");
        assertThat(api.get("/queues/v1/q1").json().path("policy").asText()).isEqualTo("p");
        assertThat(api.delete("/policies/v1/p").status()).isEqualTo(204);
        assertThat(api.delete("/policies/v1/p").status()).isEqualTo(404);
    }

    @Test
    void operator_policies_are_parameters_too() {
        api.put("/operator-policies/%2F/o", "{\"pattern\":\"^q\",\"definition\":{\"max-length\":9}}");

        var parameter = api.get("/parameters/operator_policy/%2F/o").json();

        assertThat(parameter.path("value").path("definition").path("max-length").asInt())
                .isEqualTo(9);
        assertThat(api.get("/parameters").json()).containsExactly(parameter);
        assertThat(api.get("/parameters/policy").json()).isEmpty();
    }

    @Test
    void an_export_imported_elsewhere_exports_the_same(@TempDir Path other) throws IOException {
        api.put("/vhosts/v1", "{\"description\":\"d\",\"tags\":\"a\"}");
        api.put("/users/bob", "{\"password\":\"p\",\"tags\":\"monitoring\"}");
        api.put("/permissions/v1/bob", "{\"configure\":\"a\",\"write\":\"b\",\"read\":\"c\"}");
        api.put("/topic-permissions/v1/bob", "{\"exchange\":\"amq.topic\",\"write\":\"a\",\"read\":\"b\"}");
        api.put("/policies/v1/p", "{\"pattern\":\"^q\",\"definition\":{\"max-length\":5}}");
        api.put("/operator-policies/v1/o", "{\"pattern\":\"^q\",\"definition\":{\"max-length\":9}}");
        api.put("/vhost-limits/v1/max-queues", "{\"value\":7}");
        api.put("/exchanges/v1/x", "{\"type\":\"topic\",\"durable\":true,\"arguments\":{\"n\":1}}");
        api.put("/queues/v1/q", "{\"durable\":true,\"arguments\":{\"x-queue-type\":\"quorum\"}}");
        api.post("/bindings/v1/e/x/q/q", "{\"routing_key\":\"a.#\",\"arguments\":{\"x\":1.5}}");
        api.put("/global-parameters/g", "{\"value\":[1,\"a\"]}");
        var exported = api.get("/definitions");

        try (var second = new TestApi(other)) {
            var imported = second.post("/definitions", exported.text());
            assertThat(imported.text()).isEmpty();
            assertThat(imported.status()).isEqualTo(204);
            assertThat(without(second.get("/definitions").json())).isEqualTo(without(exported.json()));
            assertThat(second.post("/definitions", exported.text()).status()).isEqualTo(204);

            second.put("/vhosts/v2", "");
            var one = api.get("/definitions/v1").text();
            assertThat(one).doesNotContain("\"vhost\"", "\"users\"");
            assertThat(second.post("/definitions/v2", one).status()).isEqualTo(204);
            assertThat(second.get("/queues/v2/q").status()).isEqualTo(200);
        }
    }

    // every user has a salt of its own
    private static JsonNode without(JsonNode definitions) {
        ((ObjectNode) definitions).remove("original_cluster_name");
        definitions.path("users").forEach(user -> {
            if (user.path("name").asText().equals("guest")) {
                ((ObjectNode) user).remove("password_hash");
            }
        });
        return definitions;
    }

    @Test
    void a_file_of_an_old_rabbitmq_is_taken() {
        var file = """
                {"rabbit_version":"3.8.2","users":[{"name":"u","password_hash":"","tags":"administrator,x"}],
                 "vhosts":[{"name":"old"}],
                 "permissions":[{"user":"u","vhost":"old","configure":".*","write":".*","read":".*"}],
                 "policies":[{"vhost":"old","name":"ha","pattern":".*","definition":{"ha-mode":"all"}}],
                 "queues":[{"name":"q","vhost":"old","durable":true,"auto_delete":false,
                            "arguments":{"x-queue-mode":"lazy"}}],
                 "exchanges":[{"name":"amq.mine","vhost":"old","type":"direct"}],
                 "bindings":[{"source":"","vhost":"old","destination":"q","destination_type":"queue",
                              "routing_key":"q","arguments":{}}]}""";

        var form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d.json\"\r\n\r\n" + file
                + "\r\n--b--\r\n";
        var imported = api.send("POST", "/definitions", form, "content-type", "multipart/form-data; boundary=b");

        assertThat(imported.text()).isEmpty();
        assertThat(imported.status()).isEqualTo(204);
        api.put("/permissions/old/guest", "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        assertThat(api.get("/queues/old/q").status()).isEqualTo(200);
        assertThat(api.get("/users/u").json().path("tags").toString()).isEqualTo("[\"administrator\",\"x\"]");
    }

    @Test
    void what_cannot_be_imported_is_named() {
        assertThat(api.post("/definitions", "{\"queues\":[{\"name\":\"q\",\"vhost\":\"nope\"}]}")
                        .reason())
                .isEqualTo("queue 'q' in vhost 'nope': vhost nope not found");
        assertThat(api.post("/definitions", "{\"queues\":[{\"name\":\"q\"}]}").reason())
                .isEqualTo("queues, 'q': [{key_missing,vhost}]");
        assertThat(api.post("/definitions", "{\"queues\":{}}").reason()).isEqualTo("queues is not a list");
        assertThat(api.post("/definitions", """
                {"queues":[{"name":"q","vhost":"/","arguments":{"x-message-ttl":-1}}]}""").reason())
                .isEqualTo("queue 'q' in vhost '/': invalid arg 'x-message-ttl' for queue 'q' in vhost '/':"
                        + " {value_negative,-1}");
    }
}
