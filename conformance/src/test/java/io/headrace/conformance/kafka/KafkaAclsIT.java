package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import io.headrace.conformance.Names;
import io.headrace.conformance.SharedBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: what `kafka-acls` says holds for Kafka's clients, and what it denies for AMQP's too.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaAclsIT {
    private static final String ACLS = "org.apache.kafka.tools.AclCommand";
    private static final String PASSWORD = "p";

    private final String user = Names.fresh("bob");
    private final String topic = Names.fresh("guarded");
    private KafkaEndpoint kafka;
    private SharedBroker broker;

    @BeforeEach
    void a_user_without_permissions(SharedBroker shared) throws Exception {
        broker = shared;
        kafka = new KafkaEndpoint("127.0.0.1", broker.process().port("kafka"));
        management("users/" + user, "{\"password\":\"p\",\"tags\":\"\"}");
    }

    @Test
    void a_user_without_permissions_may_do_what_rules_allow_and_no_more() throws Exception {
        assertThatThrownBy(this::produce).hasRootCauseInstanceOf(TopicAuthorizationException.class);

        acls("--add", "--allow-principal", "User:" + user, "--producer", "--topic", topic);

        produce();
        assertThatThrownBy(this::consume).isInstanceOf(GroupAuthorizationException.class);

        acls("--add", "--allow-principal", "User:" + user, "--operation", "Read", "--group", topic);

        assertThatThrownBy(this::consume).isInstanceOf(TopicAuthorizationException.class);

        acls("--add", "--allow-principal", "User:" + user, "--consumer", "--topic", topic, "--group", topic);

        assertThat(consume()).isEqualTo("v");
        assertThat(acls("--list", "--principal", "User:" + user))
                .contains(
                        "Current ACLs for resource `ResourcePattern(resourceType=GROUP, name=" + topic
                                + ", patternType=LITERAL)`:",
                        "\t(principal=User:" + user + ", host=*, operation=WRITE, permissionType=ALLOW)");

        acls("--remove", "--force", "--allow-principal", "User:" + user, "--producer", "--topic", topic);

        // the topic may still be seen, and so it is the producer's id that is refused first
        assertThatThrownBy(this::produce).hasRootCauseInstanceOf(ClusterAuthorizationException.class);
    }

    @Test
    void a_denial_shuts_a_topic_to_kafkas_and_amqps_clients_of_a_user_who_has_the_permission() throws Exception {
        management("permissions/%2F/" + user, "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        try (var connection = connect().newConnection()) {
            connection.createChannel().queueDeclare(topic, true, false, false, Map.of("x-queue-type", "stream"));
            produce();
            assertThat(refusal(connection.createChannel(), KafkaAclsIT.this::subscribe))
                    .isEmpty();

            acls(
                    "--add",
                    "--deny-principal",
                    "User:" + user,
                    "--operation",
                    "All",
                    "--topic",
                    topic.substring(0, 12),
                    "--resource-pattern-type",
                    "prefixed");

            assertThatThrownBy(this::produce).hasRootCauseInstanceOf(TopicAuthorizationException.class);
            assertThatThrownBy(this::consume).isInstanceOf(TopicAuthorizationException.class);
            assertThat(refusal(connection.createChannel(), this::subscribe))
                    .contains("403", "ACCESS_REFUSED - read access to queue '" + topic);
            assertThat(refusal(connection.createChannel(), this::publish))
                    .contains("403", "ACCESS_REFUSED - write access to topic '" + topic);

            acls(
                    "--remove",
                    "--force",
                    "--deny-principal",
                    "User:" + user,
                    "--operation",
                    "All",
                    "--topic",
                    topic.substring(0, 12),
                    "--resource-pattern-type",
                    "prefixed");

            produce();
            assertThat(refusal(connection.createChannel(), this::publish)).isEmpty();
        }
    }

    @Test
    void a_rule_about_an_address_holds_for_who_comes_from_there() throws Exception {
        acls("--add", "--allow-principal", "User:" + user, "--producer", "--topic", topic, "--allow-host", "10.9.8.7");
        assertThatThrownBy(this::produce).hasRootCauseInstanceOf(TopicAuthorizationException.class);

        acls("--add", "--allow-principal", "User:" + user, "--producer", "--topic", topic, "--allow-host", "127.0.0.1");

        produce();
    }

    private void produce() throws Exception {
        try (var producer = kafka.producer(login("max.block.ms=20000"))) {
            producer.send(new ProducerRecord<>(topic, "v")).get();
        }
    }

    private String consume() throws Exception {
        try (var consumer = kafka.consumer(login("group.id=" + topic, "enable.auto.commit=false"))) {
            consumer.subscribe(List.of(topic));
            return Polling.take(consumer, 1).getFirst().value();
        }
    }

    private String[] login(String... more) {
        var settings = new ArrayList<>(List.of(
                "security.protocol=SASL_PLAINTEXT",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user
                        + "\" password=\"" + PASSWORD + "\";"));
        settings.addAll(List.of(more));
        return settings.toArray(String[]::new);
    }

    private List<String> acls(String... words) throws InterruptedException {
        return Tools.run(kafka, ACLS, words);
    }

    private ConnectionFactory connect() {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(broker.process().port("amqp"));
        factory.setUsername(user);
        factory.setPassword(PASSWORD);
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    private interface Use {
        void of(Channel channel) throws Exception;
    }

    private void subscribe(Channel channel) throws Exception {
        channel.basicQos(10);
        var tag = channel.basicConsume(topic, false, (_, _) -> {}, _ -> {});
        channel.basicCancel(tag);
    }

    private void publish(Channel channel) throws Exception {
        channel.confirmSelect();
        channel.basicPublish("", topic, null, "v".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(Duration.ofSeconds(10).toMillis());
    }

    /// What the channel was closed with; empty if it was not.
    private static String refusal(Channel channel, Use use) {
        try {
            use.of(channel);
            channel.close();
            return "";
        } catch (Exception refused) {
            return String.valueOf(channel.getCloseReason());
        }
    }

    private void management(String path, String body) throws Exception {
        var credentials = Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.US_ASCII));
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + broker.process().port("management") + "/api/" + path))
                .header("Authorization", "Basic " + credentials)
                .PUT(BodyPublishers.ofString(body))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, BodyHandlers.discarding()).statusCode())
                    .isBetween(200, 204);
        }
    }
}
