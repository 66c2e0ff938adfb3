package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: channels open, fail and close as RabbitMQ's do, and declarations are answered in order.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ChannelTest {
    private final TestServer server = new TestServer(TestConfig.small());
    private final TestClient client = small();

    ChannelTest() throws IOException {}

    private TestClient small() throws IOException {
        var opened = new TestClient(server.port());
        opened.handshake(4096, "consumer_cancel_notify");
        opened.call(1, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);
        return opened;
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void a_second_open_is_504() throws IOException {
        client.send(1, new ChannelMethod.Open());

        assertThat(client.expect(ConnectionMethod.Close.class))
                .isEqualTo(new ConnectionMethod.Close(504, "CHANNEL_ERROR - second 'channel.open' seen", 20, 10));
    }

    @Test
    void a_channel_that_is_not_open_is_504() throws IOException {
        client.send(2, new TxMethod.Select());

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("CHANNEL_ERROR - expected 'channel.open'");
    }

    @Test
    void a_number_above_the_negotiated_maximum_is_530() throws IOException {
        client.send(4, new ChannelMethod.Open());

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("NOT_ALLOWED - number of channels opened (1) has reached the negotiated channel_max (3)");
    }

    @Test
    void an_error_closes_its_channel_only_and_names_the_method() throws IOException {
        client.call(2, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);

        var close = client.call(1, passive("missing"), ChannelMethod.Close.class);

        assertThat(close)
                .isEqualTo(new ChannelMethod.Close(404, "NOT_FOUND - no queue 'missing' in vhost '/'", 50, 10));
        client.call(2, EndToEndTest.queue("q"), QueueMethod.DeclareOk.class);
    }

    @Test
    void after_an_error_all_is_ignored_until_close_ok_and_then_the_number_is_free() throws IOException {
        client.call(1, passive("missing"), ChannelMethod.Close.class);
        client.put(1, EndToEndTest.queue("q"));
        client.putPublish(1, "", "q", false, TestClient.NO_PROPERTIES, new byte[3]);
        client.put(1, new ChannelMethod.CloseOk());
        client.put(1, new ChannelMethod.Open());
        client.flush();

        client.expect(ChannelMethod.OpenOk.class);
        assertThat(server.onLoop(() -> server.broker.queues.keySet())).isEmpty();
    }

    @Test
    void closes_that_cross_are_both_answered() throws IOException {
        client.put(1, passive("missing"));
        client.put(1, new ChannelMethod.Close(200, "bye", 0, 0));
        client.put(1, new ChannelMethod.CloseOk());
        client.put(1, new ChannelMethod.Open());
        client.flush();

        client.expect(ChannelMethod.Close.class);
        client.expect(ChannelMethod.CloseOk.class);
        client.expect(ChannelMethod.OpenOk.class);
    }

    @Test
    void closed_by_the_client_the_number_is_free_at_once() throws IOException {
        client.put(1, new ChannelMethod.Close(200, "bye", 0, 0));
        client.put(1, new ChannelMethod.Open());
        client.flush();

        client.expect(ChannelMethod.CloseOk.class);
        client.expect(ChannelMethod.OpenOk.class);
    }

    @Test
    void flow_is_always_on() throws IOException {
        assertThat(client.call(1, new ChannelMethod.Flow(true), ChannelMethod.FlowOk.class)
                        .active())
                .isTrue();

        client.send(1, new ChannelMethod.Flow(false));

        assertThat(client.expect(ConnectionMethod.Close.class).replyText()).isEqualTo("NOT_IMPLEMENTED - active=false");
    }

    @Test
    void old_clients_get_a_ticket() throws IOException {
        var ok = client.call(
                1, new AccessMethod.Ask("/data", false, false, true, true, true), AccessMethod.RequestOk.class);

        assertThat(ok.ticket()).isEqualTo(1);
    }

    @Test
    void an_unknown_method_is_503() throws IOException {
        client.putFrame(Frame.METHOD, 1, new byte[] {0, 60, 0, 99});
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class))
                .isEqualTo(new ConnectionMethod.Close(503, "COMMAND_INVALID - unimplemented method", 60, 99));
    }

    @Test
    void a_heartbeat_on_a_channel_is_505() throws IOException {
        client.putFrame(Frame.HEARTBEAT, 1, new byte[0]);
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(505);
    }

    @Test
    void a_name_that_is_not_utf8_is_501() throws IOException {
        client.putFrame(Frame.METHOD, 1, new byte[] {0, 50, 0, 30, 0, 0, 2, (byte) 0xc3, 0x28, 0});
        client.flush();

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("FRAME_ERROR - Malformed UTF-8 in shortstr");
    }

    @Test
    void the_last_declared_queue_is_meant_by_an_empty_name() throws IOException {
        client.send(1, new QueueMethod.Purge("", false));
        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .isEqualTo("NOT_FOUND - no previously declared queue");
        client.put(1, new ChannelMethod.CloseOk());
        client.put(1, new ChannelMethod.Open());
        client.flush();
        client.expect(ChannelMethod.OpenOk.class);
        var name = client.call(1, EndToEndTest.queue(""), QueueMethod.DeclareOk.class)
                .queue();
        assertThat(name).startsWith("amq.gen-");

        client.call(1, new QueueMethod.Bind("", "amq.direct", "", false, FieldTable.EMPTY), QueueMethod.BindOk.class);
        client.publish(1, "amq.direct", name, "by its own name");

        assertThat(client.call(1, new QueueMethod.Purge("", false), QueueMethod.PurgeOk.class)
                        .messageCount())
                .isEqualTo(1);
    }

    @Test
    void line_ends_are_dropped_from_declared_names() throws IOException {
        var declared = client.call(1, EndToEndTest.queue("a\r\nb"), QueueMethod.DeclareOk.class);

        assertThat(declared.queue()).isEqualTo("ab");
    }

    @Test
    void no_wait_declares_without_an_answer_but_not_without_an_error() throws IOException {
        client.put(1, new QueueMethod.Declare("q", false, true, false, false, true, FieldTable.EMPTY));
        client.put(1, new ExchangeMethod.Declare("x", "fanout", false, false, false, false, true, FieldTable.EMPTY));
        client.put(1, new QueueMethod.Bind("q", "x", "", true, FieldTable.EMPTY));
        client.put(1, new QueueMethod.Declare("q", false, false, false, false, true, FieldTable.EMPTY));
        client.flush();

        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .isEqualTo("PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/':"
                        + " received 'false' but current is 'true'");
    }

    @Test
    void exchanges_are_declared_bound_unbound_and_deleted() throws IOException {
        client.call(
                1,
                new ExchangeMethod.Declare("x", "fanout", false, false, false, false, false, FieldTable.EMPTY),
                ExchangeMethod.DeclareOk.class);
        client.call(
                1,
                new ExchangeMethod.Bind("x", "amq.fanout", "", false, FieldTable.EMPTY),
                ExchangeMethod.BindOk.class);
        client.call(
                1,
                new ExchangeMethod.Unbind("x", "amq.fanout", "", false, FieldTable.EMPTY),
                ExchangeMethod.UnbindOk.class);
        client.call(1, new ExchangeMethod.Delete("x", false, false), ExchangeMethod.DeleteOk.class);
        client.send(1, new ExchangeMethod.Declare("", "direct", false, false, false, false, false, FieldTable.EMPTY));

        assertThat(client.expect(ChannelMethod.Close.class))
                .isEqualTo(new ChannelMethod.Close(
                        403, "ACCESS_REFUSED - operation not permitted on the default exchange", 40, 10));
    }

    @Test
    void requests_that_are_answered_late_are_answered_in_order() throws IOException {
        server.broker.lateAnswers = true;
        for (int i = 0; i < 50; i++) {
            client.put(1, EndToEndTest.queue("q" + i));
            client.putPublish(1, "", "q" + i, false, TestClient.NO_PROPERTIES, new byte[] {1});
            client.put(1, new BasicMethod.Get("q" + i, true));
        }
        client.flush();

        for (int i = 0; i < 50; i++) {
            assertThat(client.expect(QueueMethod.DeclareOk.class).queue()).isEqualTo("q" + i);
            assertThat(client.message(BasicMethod.GetOk.class).method().routingKey())
                    .isEqualTo("q" + i);
        }
    }

    @Test
    void exclusive_queues_are_gone_before_close_ok() throws IOException {
        server.broker.lateAnswers = true;
        client.call(
                1,
                new QueueMethod.Declare("mine", false, false, true, false, false, FieldTable.EMPTY),
                QueueMethod.DeclareOk.class);

        client.call(0, new ConnectionMethod.Close(200, "bye", 0, 0), ConnectionMethod.CloseOk.class);

        assertThat(server.onLoop(() -> server.broker.queues.keySet())).isEmpty();
        assertThat(client.closedByServer()).isTrue();
    }

    @Test
    void an_engine_that_throws_costs_one_connection() throws IOException {
        server.broker.failing = true;
        client.send(1, EndToEndTest.queue("q"));

        assertThat(client.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(541);
        client.send(0, new ConnectionMethod.CloseOk());
        assertThat(client.closedByServer()).isTrue();
        server.broker.failing = false;
        try (var other = TestClient.ready(server.port())) {
            other.call(1, EndToEndTest.queue("q"), QueueMethod.DeclareOk.class);
        }
    }

    @Test
    void a_client_that_never_answers_close_is_cut() throws IOException {
        client.send(2, new TxMethod.Select());
        client.expect(ConnectionMethod.Close.class);

        assertThat(client.closedByServer()).isTrue();
    }

    @Test
    void a_secret_is_renewed() throws IOException {
        client.call(
                0,
                new ConnectionMethod.UpdateSecret("new".getBytes(), "expires"),
                ConnectionMethod.UpdateSecretOk.class);
    }

    private static QueueMethod.Declare passive(String queue) {
        return new QueueMethod.Declare(queue, true, false, false, false, false, FieldTable.EMPTY);
    }
}
