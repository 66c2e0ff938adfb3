package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what is done in a transaction happens at its commit or not at all.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransactionTest {
    private final TestServer server = new TestServer(TestConfig.small());
    private final TestClient client = TestClient.ready(server.port());

    TransactionTest() throws IOException {
        client.call(1, EndToEndTest.queue("q"), QueueMethod.DeclareOk.class);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void publishes_wait_for_the_commit() throws IOException {
        begin();
        client.publish(1, "", "q", "one");
        client.publish(1, "", "q", "two");
        assertThat(count()).isZero();

        client.call(1, new TxMethod.Commit(), TxMethod.CommitOk.class);

        assertThat(count()).isEqualTo(2);
        assertThat(client.callForMessage(1, new BasicMethod.Get("q", true), BasicMethod.GetOk.class)
                        .text())
                .isEqualTo("one");
    }

    @Test
    void a_commit_of_which_a_queue_refuses_a_part_is_partial() throws IOException {
        begin();
        client.publish(1, "", "q", "one");
        server.broker.full = true;

        var close = client.call(1, new TxMethod.Commit(), ChannelMethod.Close.class);

        assertThat(close.replyCode()).isEqualTo(406);
        assertThat(close.replyText()).isEqualTo("PRECONDITION_FAILED - partial tx completion");
    }

    @Test
    void a_rollback_drops_publishes_and_makes_deliveries_outstanding_again() throws IOException {
        client.publish(1, "", "q", "one");
        client.publish(1, "", "q", "two");
        begin();
        client.callForMessage(1, new BasicMethod.Get("q", false), BasicMethod.GetOk.class);
        client.callForMessage(1, new BasicMethod.Get("q", false), BasicMethod.GetOk.class);
        client.publish(1, "", "q", "three");
        client.send(1, new BasicMethod.Ack(2, false));

        client.call(1, new TxMethod.Rollback(), TxMethod.RollbackOk.class);
        assertThat(count()).isZero();
        assertThat(settled()).isEmpty();

        client.send(1, new BasicMethod.Ack(2, true));
        client.call(1, new TxMethod.Commit(), TxMethod.CommitOk.class);
        assertThat(settled()).containsExactly("ack 1", "ack 2");
    }

    @Test
    void a_channel_that_closes_gives_back_what_was_acked_and_not_committed() throws IOException {
        client.publish(1, "", "q", "one");
        begin();
        client.callForMessage(1, new BasicMethod.Get("q", false), BasicMethod.GetOk.class);
        client.send(1, new BasicMethod.Ack(1, false));

        client.call(1, new ChannelMethod.Close(200, "bye", 0, 0), ChannelMethod.CloseOk.class);

        assertThat(settled()).containsExactly("requeue 1");
    }

    @Test
    void returns_come_at_the_commit_before_commit_ok() throws IOException {
        begin();
        client.putPublish(1, "", "nowhere", true, TestClient.NO_PROPERTIES, new byte[] {1});
        client.put(1, new TxMethod.Commit());
        client.flush();

        client.message(BasicMethod.Return.class);
        client.expect(TxMethod.CommitOk.class);
    }

    @Test
    void a_publish_that_is_refused_closes_the_channel_before_the_commit() throws IOException {
        begin();
        client.publish(1, "nowhere", "", "x");

        assertThat(client.expect(ChannelMethod.Close.class))
                .isEqualTo(new ChannelMethod.Close(404, "NOT_FOUND - no exchange 'nowhere' in vhost '/'", 60, 40));
    }

    @Test
    void a_transaction_has_limits() throws IOException {
        begin();
        for (int i = 0; i < 3; i++) {
            client.putPublish(1, "", "q", false, TestClient.NO_PROPERTIES, new byte[8000]);
        }
        client.flush();
        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .isEqualTo(
                        "PRECONDITION_FAILED - transaction holds more than 20000 bytes of messages, commit more often");
        client.put(1, new ChannelMethod.CloseOk());
        client.put(1, new ChannelMethod.Open());
        client.flush();
        client.expect(ChannelMethod.OpenOk.class);

        begin();
        for (int i = 0; i < 11; i++) {
            client.publish(1, "", "q", "x");
        }
        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .isEqualTo("PRECONDITION_FAILED - transaction holds more than 10 operations, commit more often");
    }

    @Test
    void modes_do_not_mix() throws IOException {
        begin();
        assertThat(client.call(1, new ConfirmMethod.Select(false), ChannelMethod.Close.class)
                        .replyText())
                .isEqualTo("PRECONDITION_FAILED - cannot switch from tx to confirm mode");
        client.call(2, new ChannelMethod.Open(), ChannelMethod.OpenOk.class);
        client.call(2, new ConfirmMethod.Select(false), ConfirmMethod.SelectOk.class);
        client.call(2, new ConfirmMethod.Select(false), ConfirmMethod.SelectOk.class);
        assertThat(client.call(2, new TxMethod.Select(), ChannelMethod.Close.class)
                        .replyText())
                .isEqualTo("PRECONDITION_FAILED - cannot switch from confirm to tx mode");
    }

    @Test
    void a_commit_needs_a_select() throws IOException {
        assertThat(client.call(1, new TxMethod.Commit(), ChannelMethod.Close.class)
                        .replyText())
                .isEqualTo("PRECONDITION_FAILED - channel is not transactional");
    }

    private void begin() throws IOException {
        client.call(1, new TxMethod.Select(), TxMethod.SelectOk.class);
    }

    private int count() {
        return server.onLoop(() -> server.broker.queues.get("q").ready.size());
    }

    private List<String> settled() {
        return server.onLoop(() -> List.copyOf(server.broker.queues.get("q").settled));
    }
}
