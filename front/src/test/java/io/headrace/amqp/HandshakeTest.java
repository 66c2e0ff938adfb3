package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import io.headrace.message.FieldValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: who may come in, and what those are told who may not.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HandshakeTest {
    private static final byte[] GUEST = "\0guest\0guest".getBytes(StandardCharsets.UTF_8);

    private final TestServer server = new TestServer(TestConfig.quick());

    HandshakeTest() throws IOException {}

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AMQP\0\0\10\0", "AMQP\3\1\0\0", "AMQP\0\1\0\0", "GET / HTTP/1.1\r\n\r\n", "HELO"})
    void other_protocols_get_our_header_and_are_closed(String bytes) throws IOException {
        try (var client = new TestClient(server.port())) {
            client.write(bytes.getBytes(StandardCharsets.ISO_8859_1));

            assertThat(client.socket().getInputStream().readNBytes(8))
                    .isEqualTo(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void a_header_that_comes_byte_by_byte_is_understood() throws IOException {
        try (var client = new TestClient(server.port())) {
            for (byte part : new byte[] {'A', 'M', 'Q', 'P', 1, 1, 0, 9}) {
                client.write(new byte[] {part});
            }

            assertThat(client.expect(ConnectionMethod.Start.class).versionMinor())
                    .isEqualTo(9);
        }
    }

    @Test
    void the_server_says_that_it_is_rabbitmq() throws IOException {
        try (var client = new TestClient(server.port())) {
            client.header();

            var start = client.expect(ConnectionMethod.Start.class);

            assertThat(start.serverProperties().text("product")).contains("RabbitMQ");
            assertThat(start.serverProperties().text("version")).contains("4.2.0");
            assertThat(start.serverProperties()
                            .get("capabilities")
                            .orElseThrow()
                            .toString())
                    .contains("publisher_confirms", "basic.nack", "connection.blocked");
            assertThat(new String(start.mechanisms(), StandardCharsets.US_ASCII))
                    .isEqualTo("PLAIN AMQPLAIN ANONYMOUS");
            assertThat(new String(start.locales(), StandardCharsets.US_ASCII)).isEqualTo("en_US");
        }
    }

    @Test
    void the_proposal_is_what_rabbitmq_proposes() throws IOException {
        try (var client = begun()) {
            client.startOk("PLAIN", GUEST);

            assertThat(client.expect(ConnectionMethod.Tune.class))
                    .isEqualTo(new ConnectionMethod.Tune(2047, 131_072, 60));
        }
    }

    @Test
    void who_does_not_say_who_it_is_acts_as_guest() throws IOException {
        try (var client = begun()) {
            client.startOk("ANONYMOUS", new byte[0]);

            client.expect(ConnectionMethod.Tune.class);
        }
    }

    @Test
    void amqplain_logs_in() throws IOException {
        var fields = new FieldTable(
                Map.of("LOGIN", FieldValue.LongString.of("guest"), "PASSWORD", FieldValue.LongString.of("guest")));
        var table = new byte[FieldTableEncoder.sizeBytes(fields)];
        FieldTableEncoder.encode(fields, ByteBuffer.wrap(table), 0);
        try (var client = begun()) {
            client.startOk("AMQPLAIN", Arrays.copyOfRange(table, 4, table.length));

            client.expect(ConnectionMethod.Tune.class);
        }
    }

    @Test
    void a_wrong_password_is_told_to_clients_that_understand_it() throws IOException {
        try (var client = begun()) {
            client.startOk("PLAIN", "\0guest\0wrong".getBytes(StandardCharsets.UTF_8), "authentication_failure_close");

            var close = client.expect(ConnectionMethod.Close.class);

            assertThat(close.replyCode()).isEqualTo(403);
            assertThat(close.replyText())
                    .isEqualTo("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."
                            + " For details see the broker logfile.");
        }
    }

    @Test
    void a_wrong_password_only_closes_the_socket_of_other_clients() throws IOException {
        try (var client = begun()) {
            client.startOk("PLAIN", "\0guest\0wrong".getBytes(StandardCharsets.UTF_8));

            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void an_unknown_mechanism_is_503() throws IOException {
        try (var client = begun()) {
            client.startOk("EXTERNAL", new byte[0]);

            assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                    .isEqualTo("COMMAND_INVALID - unknown authentication mechanism 'EXTERNAL'");
        }
    }

    @Test
    void a_malformed_response_is_502() throws IOException {
        try (var client = begun()) {
            client.startOk("PLAIN", "guest".getBytes(StandardCharsets.UTF_8));

            assertThat(client.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(502);
        }
    }

    @Test
    void frame_max_may_be_4096_and_no_less() throws IOException {
        try (var client = new TestClient(server.port())) {
            client.handshake(4096);
        }
        try (var client = tuning()) {
            client.send(0, new ConnectionMethod.TuneOk(2047, 4095, 0));

            assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                    .isEqualTo(
                            "NOT_ALLOWED - negotiated frame_max = 4095 is lower than the minimum allowed value (4096)");
        }
    }

    @Test
    void more_channels_than_proposed_are_refused() throws IOException {
        try (var client = tuning()) {
            client.send(0, new ConnectionMethod.TuneOk(2048, 131_072, 0));

            assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                    .isEqualTo(
                            "NOT_ALLOWED - negotiated channel_max = 2048 is higher than the maximum allowed value (2047)");
        }
    }

    @Test
    void an_unknown_vhost_is_530() throws IOException {
        try (var client = tuning()) {
            client.send(0, new ConnectionMethod.TuneOk(2047, 131_072, 0));
            client.send(0, new ConnectionMethod.Open("nowhere"));

            var close = client.expect(ConnectionMethod.Close.class);

            assertThat(close)
                    .isEqualTo(new ConnectionMethod.Close(530, "NOT_ALLOWED - vhost nowhere not found", 10, 40));
        }
    }

    @Test
    void a_handshake_that_takes_too_long_is_cut() throws IOException {
        try (var client = begun()) {
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void before_the_login_frames_are_small() throws IOException {
        try (var client = begun()) {
            client.write(new byte[] {1, 0, 0, 0, 0, 0x20, 0x01});

            assertThat(client.expect(ConnectionMethod.Close.class).replyText()).contains("frame_too_large");
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void a_step_out_of_turn_is_504() throws IOException {
        try (var client = begun()) {
            client.send(0, new ConnectionMethod.Open("/"));

            assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                    .isEqualTo("CHANNEL_ERROR - unexpected method in connection state starting");
        }
    }

    @Test
    void everything_in_one_packet_is_fine() throws IOException {
        server.broker.lateAnswers = true;
        try (var client = new TestClient(server.port())) {
            client.write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            client.put(0, new ConnectionMethod.StartOk(FieldTable.EMPTY, "PLAIN", GUEST, "en_US"));
            client.put(0, new ConnectionMethod.TuneOk(10, 8192, 0));
            client.put(0, new ConnectionMethod.Open("/"));
            client.put(1, new ChannelMethod.Open());
            client.flush();

            client.expect(ConnectionMethod.Start.class);
            client.expect(ConnectionMethod.Tune.class);
            client.expect(ConnectionMethod.OpenOk.class);
            client.expect(ChannelMethod.OpenOk.class);
        }
    }

    private TestClient begun() throws IOException {
        var client = new TestClient(server.port());
        client.header();
        client.expect(ConnectionMethod.Start.class);
        return client;
    }

    private TestClient tuning() throws IOException {
        var client = begun();
        client.startOk("PLAIN", GUEST);
        client.expect(ConnectionMethod.Tune.class);
        return client;
    }
}
