package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: connections that together bring more than there is memory for come to their end one after the other, and those
/// that bring little do not wait for them.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ContentMemoryTest {
    private static final int CLIENTS = 10;
    private static final int MEMORY_BYTES = 100_000;
    private static final byte[] PIECE = new byte[30_000];

    private final TestServer server = new TestServer(TestConfig.contentMemory(MEMORY_BYTES));
    private final List<TestClient> clients = new ArrayList<>();

    ContentMemoryTest() throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(TestClient.ready(server.port()));
        }
        clients.getFirst().call(1, EndToEndTest.queue("q"), QueueMethod.DeclareOk.class);
    }

    @AfterEach
    void stop() {
        clients.forEach(TestClient::close);
        server.close();
    }

    @Test
    void bodies_that_are_all_half_there_are_published() throws IOException {
        for (var client : clients) {
            beginBody(client);
            client.flush();
        }
        small();
        for (var client : clients) {
            endBody(client);
            client.flush();
        }

        allAnswer();
        assertThat(published()).isEqualTo(CLIENTS + 1);
    }

    @Test
    void frames_that_are_all_half_there_are_published() throws IOException {
        var rests = new ArrayList<byte[]>();
        for (var client : clients) {
            var whole = TestClient.frame(Frame.BODY, 1, new byte[100_000]);
            client.put(1, new BasicMethod.Publish("", "q", false, false));
            client.putFrame(Frame.HEADER, 1, TestClient.contentHeader(100_000, TestClient.NO_PROPERTIES));
            client.flush();
            client.write(Arrays.copyOf(whole, 40_000));
            rests.add(Arrays.copyOfRange(whole, 40_000, whole.length));
        }
        small();
        for (int i = 0; i < CLIENTS; i++) {
            clients.get(i).write(rests.get(i));
        }

        allAnswer();
        assertThat(published()).isEqualTo(CLIENTS + 1);
    }

    @Test
    void transactions_that_hold_much_are_committed() throws IOException {
        for (var client : clients) {
            client.call(1, new TxMethod.Select(), TxMethod.SelectOk.class);
            for (int i = 0; i < 4; i++) {
                client.putPublish(1, "", "q", false, TestClient.NO_PROPERTIES, PIECE);
            }
            client.flush();
        }
        for (var client : clients) {
            client.send(1, new TxMethod.Commit());
        }

        for (var client : clients) {
            client.expect(TxMethod.CommitOk.class);
        }
        assertThat(published()).isEqualTo(4 * CLIENTS);
    }

    @Test
    void what_somebody_leaves_half_there_is_room_for_the_others() throws IOException {
        for (var client : clients) {
            beginBody(client);
            client.flush();
        }
        while (clients.size() > 1) {
            clients.removeFirst().close();
        }
        endBody(clients.getFirst());
        clients.getFirst().flush();

        allAnswer();
        assertThat(published()).isEqualTo(1);
    }

    private static void beginBody(TestClient client) {
        client.put(1, new BasicMethod.Publish("", "q", false, false));
        client.putFrame(Frame.HEADER, 1, TestClient.contentHeader(4L * PIECE.length, TestClient.NO_PROPERTIES));
        client.putFrame(Frame.BODY, 1, PIECE);
        client.putFrame(Frame.BODY, 1, PIECE);
    }

    private static void endBody(TestClient client) {
        client.putFrame(Frame.BODY, 1, PIECE);
        client.putFrame(Frame.BODY, 1, PIECE);
    }

    /// Somebody else publishes, and does not have to wait.
    private void small() throws IOException {
        try (var other = TestClient.ready(server.port())) {
            other.publish(1, "", "q", "small");
            other.call(1, new ChannelMethod.Flow(true), ChannelMethod.FlowOk.class);
        }
    }

    private void allAnswer() throws IOException {
        for (var client : clients) {
            client.call(1, new ChannelMethod.Flow(true), ChannelMethod.FlowOk.class);
        }
    }

    private int published() {
        return server.onLoop(() -> server.broker.queues.get("q").ready.size());
    }
}
