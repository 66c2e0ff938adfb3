package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import java.io.IOException;
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

    static QueueMethod.Declare queue(String name) {
        return new QueueMethod.Declare(name, false, false, false, false, false, FieldTable.EMPTY);
    }

    static BasicMethod.Consume consume(String queue, String tag, boolean noAck) {
        return new BasicMethod.Consume(queue, tag, false, noAck, false, false, FieldTable.EMPTY);
    }
}
