package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Refusal;
import io.headrace.message.FieldTable;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: the ordinary life of a client over a real socket.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EndToEndTest {
    private final TestServer server = new TestServer();

    EndToEndTest() throws IOException {}

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_message_is_declared_for_published_confirmed_consumed_and_acknowledged() throws IOException {
        try (var client = TestClient.ready(server.port())) {
            var declared = client.call(1, queue("orders"), QueueMethod.DeclareOk.class);
            assertThat(declared).isEqualTo(new QueueMethod.DeclareOk("orders", 0, 0));
            client.call(1, new ConfirmMethod.Select(false), ConfirmMethod.SelectOk.class);

            client.publish(1, "", "orders", "order 17");
            assertThat(client.expect(BasicMethod.Ack.class)).isEqualTo(new BasicMethod.Ack(1, false));

            var consuming = client.call(1, consume("orders", "me", false), BasicMethod.ConsumeOk.class);
            assertThat(consuming.consumerTag()).isEqualTo("me");
            var message = client.message(BasicMethod.Deliver.class);
            assertThat(message.method()).isEqualTo(new BasicMethod.Deliver("me", 1, false, "", "orders"));
            assertThat(message.text()).isEqualTo("order 17");
            client.send(1, new BasicMethod.Ack(1, false));
            client.call(0, new ConnectionMethod.Close(200, "bye", 0, 0), ConnectionMethod.CloseOk.class);

            assertThat(client.closedByServer()).isTrue();
            assertThat(server.onLoop(() -> server.broker.queues.get("orders").settled))
                    .containsExactly("ack 1");
        }
    }

    @Test
    void a_client_whose_vhost_or_user_is_deleted_is_told_so() throws IOException {
        try (var client = TestClient.ready(server.port())) {
            server.onLoop(() -> server.broker.end.accept("vhost 'v' is deleted"));

            assertThat(client.expect(ConnectionMethod.Close.class))
                    .isEqualTo(new ConnectionMethod.Close(320, "CONNECTION_FORCED - vhost 'v' is deleted", 0, 0));
        }
    }

    @Test
    void a_channel_beyond_the_users_limit_ends_the_connection() throws IOException {
        try (var client = TestClient.ready(server.port())) {
            server.onLoop(() -> server.broker.channelRefusal = Optional.of(new Refusal.LimitReached("too many")));
            client.send(2, new ChannelMethod.Open());

            var close = client.expect(ConnectionMethod.Close.class);
            assertThat(close.replyCode()).isEqualTo(530);
            assertThat(close.replyText()).isEqualTo("NOT_ALLOWED - too many");
        }
    }

    static QueueMethod.Declare queue(String name) {
        return new QueueMethod.Declare(name, false, false, false, false, false, FieldTable.EMPTY);
    }

    static BasicMethod.Consume consume(String queue, String tag, boolean noAck) {
        return new BasicMethod.Consume(queue, tag, false, noAck, false, false, FieldTable.EMPTY);
    }
}
