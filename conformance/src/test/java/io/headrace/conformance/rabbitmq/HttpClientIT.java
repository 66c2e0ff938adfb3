package io.headrace.conformance.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.ClientParameters;
import com.rabbitmq.http.client.GetAckMode;
import com.rabbitmq.http.client.GetEncoding;
import com.rabbitmq.http.client.domain.ExchangeInfo;
import com.rabbitmq.http.client.domain.OutboundMessage;
import com.rabbitmq.http.client.domain.PolicyInfo;
import com.rabbitmq.http.client.domain.QueryParameters;
import com.rabbitmq.http.client.domain.QueueInfo;
import com.rabbitmq.http.client.domain.TopicPermissions;
import com.rabbitmq.http.client.domain.UserPermissions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: RabbitMQ's own HTTP client for Java understands the HTTP API, call by call.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpClientIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String VHOST = "hop / %";

    private static Target target;
    private static Client client;

    @BeforeAll
    static void connect(@TempDir Path data) throws Exception {
        target = Target.openDefaultVhost(data);
        client = new Client(new ClientParameters()
                .url("http://" + target.management().host() + ":"
                        + target.management().port() + "/api/")
                .username("guest")
                .password("guest"));
    }

    @AfterAll
    static void close() throws Exception {
        client.deleteVhost(VHOST);
        target.close();
    }

    @BeforeEach
    void in_an_empty_vhost() {
        if (client.getVhost(VHOST) != null) {
            client.deleteVhost(VHOST);
        }
        client.createVhost(VHOST, "of this test", "one", "two");
        client.updatePermissions(VHOST, "guest", new UserPermissions(".*", ".*", ".*"));
    }

    @Test
    void who_and_where() {
        assertThat(client.whoAmI().getName()).isEqualTo("guest");
        assertThat(client.whoAmI().getTags()).contains("administrator");
        var overview = client.getOverview();
        assertThat(overview.getServerVersion()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(overview.getClusterName()).isNotEmpty();
        assertThat(overview.getNode()).isNotEmpty();
        var node = client.getNodes().getFirst();
        assertThat(client.getNode(node.getName()).isRunning()).isTrue();
        assertThat(node.isMemoryAlarmActive()).isFalse();
        assertThat(client.alivenessTest(VHOST)).isTrue();
        assertThat(client.getClusterName().getName()).isNotEmpty();
        assertThat(client.getExtensions()).isNotNull();
    }

    @Test
    void vhosts() {
        assertThat(client.getVhost(VHOST).getDescription()).isEqualTo("of this test");
        assertThat(client.getVhost(VHOST).getTags()).containsExactly("one", "two");
        assertThat(client.getVhosts()).extracting("name").contains("/", VHOST);
        assertThat(client.getVhost("none")).isNull();
        client.limitMaxNumberOfQueues(VHOST, 3);
        client.limitMaxNumberOfConnections(VHOST, 4);
        assertThat(client.getVhostLimits(VHOST).getMaxQueues()).isEqualTo(3);
        assertThat(client.getVhostLimits(VHOST).getMaxConnections()).isEqualTo(4);
        client.clearMaxQueuesLimit(VHOST);
        client.clearMaxConnectionsLimit(VHOST);
    }

    @Test
    void queues_exchanges_and_bindings() {
        client.declareExchange(VHOST, "an exchange", new ExchangeInfo("topic", false, false));
        client.declareQueue(VHOST, "a queue", new QueueInfo(true, false, false, Map.of("x-message-ttl", 60_000)));
        client.bindQueue(VHOST, "a queue", "an exchange", "a.*.key", Map.of("some", "argument"));
        client.bindQueue(VHOST, "a queue", "an exchange", "");
        client.declareExchange(VHOST, "another", new ExchangeInfo("fanout", true, false));
        client.bindExchange(VHOST, "another", "an exchange", "#");

        assertThat(client.getExchange(VHOST, "an exchange").getType()).isEqualTo("topic");
        assertThat(client.getExchanges(VHOST)).extracting("name").contains("", "amq.direct", "an exchange", "another");
        var queue = client.getQueue(VHOST, "a queue");
        assertThat(queue.isDurable()).isTrue();
        assertThat(queue.getArguments()).containsEntry("x-message-ttl", 60_000);
        assertThat(client.getQueues(VHOST)).hasSize(1);
        assertThat(client.getQueues(
                                VHOST,
                                new QueryParameters().pagination().pageSize(10).query())
                        .getItemCount())
                .isEqualTo(1);
        assertThat(client.getQueueBindings(VHOST, "a queue")).hasSize(3);
        assertThat(client.getQueueBindingsBetween(VHOST, "an exchange", "a queue"))
                .extracting("routingKey")
                .containsExactlyInAnyOrder("a.*.key", "");
        assertThat(client.getBindingsBySource(VHOST, "an exchange")).hasSize(3);
        assertThat(client.getExchangeBindingsByDestination(VHOST, "another")).hasSize(1);
        assertThat(client.getExchangeBindingsBetween(VHOST, "an exchange", "another"))
                .hasSize(1);
        assertThat(client.getQueue(VHOST, "none")).isNull();
        assertThat(client.getExchange(VHOST, "none")).isNull();
        client.unbindExchange(VHOST, "another", "an exchange", "#");
        client.deleteQueue(VHOST, "a queue");
        client.deleteExchange(VHOST, "an exchange");
        assertThat(client.getQueues(VHOST)).isEmpty();
    }

    @Test
    void messages() {
        client.declareQueue(VHOST, "q", new QueueInfo(true, false, false));
        var message = new OutboundMessage()
                .payload("a message")
                .utf8Encoded()
                .properties(Map.of("delivery_mode", 2, "headers", Map.of("n", 1)));

        assertThat(client.publish(VHOST, "amq.default", "q", message)).isTrue();
        assertThat(client.publish(VHOST, "amq.default", "none", message)).isFalse();

        var got = client.get(VHOST, "q", 5, GetAckMode.NACK_REQUEUE_TRUE, GetEncoding.AUTO);
        assertThat(got).hasSize(1);
        assertThat(got.getFirst().getPayload()).isEqualTo("a message");
        assertThat(got.getFirst().getProperties()).containsEntry("headers", Map.of("n", 1));
        client.purgeQueue(VHOST, "q");
        assertThat(client.get(VHOST, "q")).isNull();
    }

    @Test
    void users_and_permissions() {
        client.createUser("hop", "secret".toCharArray(), List.of("monitoring", "management"));
        client.updatePermissions(VHOST, "hop", new UserPermissions("^a", "^b", "^c"));
        client.updateTopicPermissions(VHOST, "hop", new TopicPermissions("amq.topic", "^y", "^x"));

        assertThat(client.getUser("hop").getTags()).contains("monitoring", "management");
        assertThat(client.getUsers()).extracting("name").contains("guest", "hop");
        assertThat(client.getPermissions(VHOST, "hop").getWrite()).isEqualTo("^b");
        assertThat(client.getPermissionsIn(VHOST)).hasSize(2);
        assertThat(client.getPermissionsOf("hop")).hasSize(1);
        assertThat(client.getTopicPermissions(VHOST, "hop").getFirst().getRead())
                .isEqualTo("^y");
        client.clearTopicPermissions(VHOST, "hop");
        client.clearPermissions(VHOST, "hop");
        assertThat(client.getPermissionsOf("hop")).isEmpty();
        client.deleteUser("hop");
        assertThat(client.getUser("hop")).isNull();
    }

    @Test
    void policies_and_definitions() {
        client.declarePolicy(VHOST, "short", new PolicyInfo("^q", 3, "queues", Map.of("max-length", 7)));
        client.declareOperatorPolicy(VHOST, "op", new PolicyInfo("^q", 1, "queues", Map.of("expires", 3_600_000)));
        client.declareQueue(VHOST, "q", new QueueInfo(true, false, false));

        assertThat(client.getPolicies(VHOST).getFirst().getDefinition()).containsEntry("max-length", 7);
        assertThat(client.getOperatorPolicies(VHOST)).hasSize(1);
        var definitions = client.getDefinitions();
        assertThat(definitions.getQueues()).extracting("name").contains("q");
        assertThat(definitions.getExchanges()).extracting("vhost").doesNotContain("none");
        assertThat(definitions.getVhosts()).extracting("name").contains(VHOST);
        client.deletePolicy(VHOST, "short");
        client.deleteOperatorPolicy(VHOST, "op");
        assertThat(client.getPolicies(VHOST)).isEmpty();
    }

    @Test
    void connections_channels_and_consumers() throws Exception {
        var connection = target.amqp().factory().newConnection("hop's own");
        try {
            var channel = connection.createChannel();
            channel.basicQos(3);
            var queue = channel.queueDeclare().getQueue();
            channel.basicConsume(queue, false, "hop's consumer", (tag, delivery) -> {}, tag -> {});

            var own = await().atMost(PATIENCE)
                    .until(
                            () -> client.getConnections().stream()
                                    .filter(one -> "hop's own"
                                            .equals(one.getClientProperties().getConnectionName()))
                                    .findFirst(),
                            java.util.Optional::isPresent)
                    .orElseThrow();
            assertThat(own.getUser()).isEqualTo("guest");
            assertThat(own.getProtocol()).isEqualTo("AMQP 0-9-1");
            assertThat(client.getConnection(own.getName()).getName()).isEqualTo(own.getName());
            await().atMost(PATIENCE)
                    .until(() ->
                            client.getChannels(own.getName()).stream().anyMatch(one -> one.getConsumerCount() == 1));
            var number = client.getChannels(own.getName()).getFirst();
            assertThat(client.getChannel(number.getName()).getNumber()).isEqualTo(1);
            assertThat(client.getConsumers("/")).extracting("consumerTag").contains("hop's consumer");

            client.closeConnection(own.getName(), "no longer wanted");

            await().atMost(PATIENCE).until(() -> !connection.isOpen());
            assertThat(connection.getCloseReason().getReason().toString())
                    .contains("320", "CONNECTION_FORCED - no longer wanted");
        } finally {
            connection.abort();
        }
    }
}
