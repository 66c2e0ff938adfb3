package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: `rabbitmq-upgrade drain` takes a broker out of service as RabbitMQ's does, and `revive` puts it back; and a
/// broker takes as many connections as it was told to. Method: the tools, and RabbitMQ's client for Java.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MaintenanceIT {
    private static final String UPGRADE = "rabbitmq-upgrade";
    private static final long PATIENCE_SECONDS = 20;

    @TempDir
    private Path data;

    private BrokerProcess broker;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        broker = BrokerProcess.start(data, "--amqp-broker-connections-max=2", "--amqp-broker-channels-max=3");
        shell = new Shell(data);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Connection connect() throws Exception {
        var factory = broker.endpoint().factory();
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static CompletableFuture<ShutdownSignalException> endOf(Connection connection) {
        var end = new CompletableFuture<ShutdownSignalException>();
        connection.addShutdownListener(end::complete);
        return end;
    }

    private void succeeds(String tool, String... words) {
        var result = shell.run(tool, words);
        assertThat(result.err()).isEmpty();
        assertThat(result.exit()).isZero();
    }

    private String said(String tool, String... words) {
        return String.join("\n", shell.run(tool, words).out());
    }

    @Test
    void clients_are_told_to_go_and_none_comes_in_until_the_broker_is_revived() throws Exception {
        var end = endOf(connect());

        succeeds(UPGRADE, "drain");

        assertThat(end.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasMessageContaining("reply-code=320")
                .hasMessageContaining("CONNECTION_FORCED - Node was put into maintenance mode");
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> new Socket("127.0.0.1", broker.port("kafka")).close())
                .isInstanceOf(ConnectException.class);
        assertThat(said("rabbitmqctl", "status")).contains("Is under maintenance?: true");
        assertThat(said("rabbitmqctl", "cluster_status")).contains("status: marked for maintenance");
        assertThat(said("rabbitmq-diagnostics", "listeners")).contains("port: " + broker.port("amqp"));
        assertThat(shell.run("rabbitmq-diagnostics", "check_port_connectivity").exit())
                .isEqualTo(69);

        succeeds(UPGRADE, "revive");

        try (var back = connect()) {
            assertThat(back.isOpen()).isTrue();
        }
        new Socket("127.0.0.1", broker.port("kafka")).close();
        assertThat(said("rabbitmqctl", "status")).contains("Is under maintenance?: false");
    }

    @Test
    void a_drained_broker_serves_again_after_a_restart() throws Exception {
        succeeds(UPGRADE, "drain");

        assertThat(broker.terminate()).isZero();
        broker.start();

        try (var connection = connect()) {
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void a_connection_too_many_and_a_channel_too_many_are_refused_in_rabbitmqs_words() throws Exception {
        var second = connect(); // which does not live to be closed
        try (var first = connect()) {
            assertThatThrownBy(this::connect)
                    .rootCause()
                    .hasMessageContaining("reply-code=530")
                    .hasMessageContaining("NOT_ALLOWED - connection refused: node connection limit (2) is reached");
            var end = endOf(second);
            second.createChannel();
            second.createChannel();
            second.createChannel();
            assertThatThrownBy(second::createChannel).isInstanceOf(Exception.class);

            assertThat(end.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("reply-code=530")
                    .hasMessageContaining("has reached the maximum allowed limit of 3");
            assertThat(first.createChannel().isOpen()).isTrue();
        }
    }

    @Test
    void a_stream_has_one_replica_that_is_neither_added_to_nor_taken_away() {
        assertThat(shell.headrace("queue", "declare", "st", "--type", "stream").exit())
                .isZero();
        var node = shell.run("rabbitmqctl", "-q", "eval", "node().")
                .out()
                .getFirst()
                .replace("'", "");

        assertThat(said("rabbitmq-streams", "stream_status", "st", "--formatter", "json"))
                .contains("\"role\":\"writer\"", "\"node\":\"" + node + "\"", "\"committed_offset\":-1");
        succeeds("rabbitmq-streams", "add_replica", "st", node);
        assertThat(shell.run("rabbitmq-streams", "add_replica", "st", "rabbit@other")
                        .err())
                .containsExactly("Error:", "node_not_running");
        assertThat(shell.run("rabbitmq-streams", "delete_replica", "st", node).err())
                .containsExactly("Error:", "Cannot delete the last member of a stream");
        succeeds("rabbitmq-streams", "set_stream_retention_policy", "st", "1D");
        assertThat(shell.run("rabbitmq-streams", "set_stream_retention_policy", "st", "x")
                        .err())
                .containsExactly("Error:", "invalid_max_age");
        assertThat(shell.run("rabbitmq-streams", "add_super_stream", "s").exit())
                .isEqualTo(70);
    }
}
