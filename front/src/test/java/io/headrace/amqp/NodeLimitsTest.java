package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a broker takes as many connections and channels as it was told to, and says so in RabbitMQ's words.
@DisplayNameGeneration(ReplaceUnderscores.class)
class NodeLimitsTest {
    private static final byte[] GUEST = "\0guest\0guest".getBytes(StandardCharsets.UTF_8);

    @Test
    void a_connection_beyond_the_brokers_limit_is_refused_when_it_opens_its_vhost() throws IOException {
        try (var server = new TestServer(TestConfig.of(new NodeLimits(2, 0)));
                var first = TestClient.ready(server.port());
                var second = TestClient.ready(server.port())) {
            try (var third = new TestClient(server.port())) {
                third.header();
                third.expect(ConnectionMethod.Start.class);
                third.startOk("PLAIN", GUEST);
                third.expect(ConnectionMethod.Tune.class);
                third.send(0, new ConnectionMethod.TuneOk(2047, 131_072, 0));
                third.send(0, new ConnectionMethod.Open("/"));

                assertThat(third.expect(ConnectionMethod.Close.class))
                        .isEqualTo(new ConnectionMethod.Close(
                                530, "NOT_ALLOWED - connection refused: node connection limit (2) is reached", 10, 40));
            }

            second.call(0, new ConnectionMethod.Close(200, "bye", 0, 0), ConnectionMethod.CloseOk.class);
            assertThat(second.closedByServer()).isTrue();
            assertThat(first.call(2, new ChannelMethod.Open(), ChannelMethod.OpenOk.class))
                    .isNotNull();
        }
    }

    @Test
    void a_channel_beyond_the_brokers_limit_ends_its_connection_and_leaves_room_for_others() throws IOException {
        try (var server = new TestServer(TestConfig.of(new NodeLimits(0, 3)));
                var first = TestClient.ready(server.port());
                var second = TestClient.ready(server.port())) {
            second.call(2, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);

            second.send(3, new ChannelMethod.Open());

            assertThat(second.expect(ConnectionMethod.Close.class))
                    .isEqualTo(new ConnectionMethod.Close(
                            530,
                            "NOT_ALLOWED - number of channels opened on node 'rabbit@test' has reached the maximum"
                                    + " allowed limit of 3",
                            0,
                            0));
            first.call(2, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);
            first.call(3, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);
        }
    }
}
