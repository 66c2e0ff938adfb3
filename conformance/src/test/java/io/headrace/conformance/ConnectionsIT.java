package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: clients meet the broker they expect, and those who may not come in are told as they expect.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConnectionsIT {
    @Test
    void the_broker_says_who_it_is_and_what_it_can(Connection connection) {
        var properties = connection.getServerProperties();

        assertThat(properties.get("product")).hasToString("RabbitMQ");
        assertThat(properties.get("version").toString()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(properties.get("cluster_name")).isInstanceOf(LongString.class);
        assertThat(((Map<?, ?>) properties.get("capabilities")).entrySet())
                .extracting(Object::toString)
                .contains(
                        "publisher_confirms=true",
                        "exchange_exchange_bindings=true",
                        "basic.nack=true",
                        "consumer_cancel_notify=true",
                        "connection.blocked=true",
                        "consumer_priorities=true",
                        "authentication_failure_close=true",
                        "per_consumer_qos=true");
    }

    @Test
    void limits_are_proposed_as_rabbitmq_does(Connection connection) {
        assertThat(connection.getChannelMax()).isEqualTo(2_047);
        assertThat(connection.getFrameMax()).isEqualTo(131_072);
        assertThat(connection.getHeartbeat()).isEqualTo(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"guest:wrong", "nobody:guest", "nobody:", "guest:"})
    void a_wrong_user_or_password_is_refused_in_the_same_words(String userAndPassword, Endpoint endpoint) {
        var factory = endpoint.factory();
        factory.setUsername(userAndPassword.substring(0, userAndPassword.indexOf(':')));
        factory.setPassword(userAndPassword.substring(userAndPassword.indexOf(':') + 1));

        assertThatThrownBy(factory::newConnection)
                .isInstanceOf(AuthenticationFailureException.class)
                .hasMessage("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. "
                        + "For details see the broker logfile.");
    }

    @Test
    void a_vhost_that_does_not_exist_is_named(Endpoint endpoint) {
        var factory = endpoint.factory();
        factory.setVirtualHost("nowhere");

        assertThat(refusal(factory)).contains("reply-code=530, reply-text=NOT_ALLOWED - vhost nowhere not found");
    }

    @Test
    void a_mechanism_that_is_not_offered_is_no_way_in(Endpoint endpoint) {
        var factory = endpoint.factory();
        factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);

        assertThatThrownBy(factory::newConnection).isInstanceOf(IOException.class);
    }

    @Test
    void fewer_channels_can_be_agreed_on(Endpoint endpoint) throws Exception {
        var factory = endpoint.factory();
        factory.setRequestedChannelMax(3);
        try (var connection = factory.newConnection()) {
            for (int i = 0; i < 3; i++) {
                assertThat(connection.createChannel()).isNotNull();
            }
            assertThat(connection.createChannel())
                    .as("the client itself counts")
                    .isNull();
        }
    }

    @Test
    void a_channel_number_can_be_used_again_at_once(Connection connection) throws Exception {
        for (int i = 0; i < 500; i++) {
            var channel = connection.createChannel(7);
            channel.exchangeDeclarePassive("amq.direct");
            channel.close();
        }
    }

    @Test
    void an_idle_connection_is_kept_alive_by_heartbeats(Endpoint endpoint) throws Exception {
        var factory = endpoint.factory();
        factory.setRequestedHeartbeat(1);
        try (var connection = factory.newConnection()) {
            assertThat(connection.getHeartbeat()).isEqualTo(1);
            await().during(Duration.ofMillis(3_500))
                    .atMost(Duration.ofSeconds(10))
                    .until(connection::isOpen);
            connection.createChannel().exchangeDeclarePassive("amq.direct");
        }
    }

    @Test
    void a_client_that_is_not_one_is_shown_the_version_and_left(Endpoint endpoint) throws Exception {
        try (var socket = new Socket(endpoint.host(), endpoint.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readNBytes(8), StandardCharsets.US_ASCII))
                    .startsWith("AMQP")
                    .hasSize(8);
        }
    }

    @Test
    void another_version_of_the_protocol_is_answered_with_ours(Endpoint endpoint) throws Exception {
        try (var socket = new Socket(endpoint.host(), endpoint.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 9});

            assertThat(socket.getInputStream().readNBytes(8)).isEqualTo(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
        }
    }

    @Test
    void many_connections_come_and_go(Endpoint endpoint) throws Exception {
        for (int i = 0; i < 100; i++) {
            try (var connection = endpoint.connect()) {
                connection.createChannel();
            }
        }
    }

    private static String refusal(ConnectionFactory factory) {
        try {
            factory.newConnection().abort();
            throw new AssertionError("the connection was opened");
        } catch (IOException e) {
            return e.getCause() instanceof ShutdownSignalException signal ? signal.getMessage() : e.toString();
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
