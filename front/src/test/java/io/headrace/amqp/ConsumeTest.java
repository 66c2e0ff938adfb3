package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: deliveries keep within their windows, settlements mean what they say, and nothing unsettled is
/// lost.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConsumeTest {
    private final TestServer server = new TestServer(TestConfig.small());
    private final TestClient client = TestClient.ready(server.port(), "consumer_cancel_notify");

    ConsumeTest() throws IOException {
        client.call(1, EndToEndTest.queue("q"), QueueMethod.DeclareOk.class);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void a_prefetch_holds_for_each_consumer_started_after_it() throws IOException {
        publish(10);
        client.call(1, new BasicMethod.Qos(0, 2, false), BasicMethod.QosOk.class);
        consume("a");
        assertThat(deliveries(2)).containsExactly("a 1", "a 2");
        nothingMore();

        client.send(1, new BasicMethod.Ack(1, false));

        assertThat(deliveries(1)).containsExactly("a 3");
        nothingMore();
    }

    @Test
    void a_channel_wide_prefetch_is_shared_and_acts_at_once() throws IOException {
        client.call(1, new BasicMethod.Qos(0, 3, true), BasicMethod.QosOk.class);
        consume("a");
        consume("b");
        publish(10);
        assertThat(deliveries(3)).hasSize(3);
        nothingMore();

        client.call(1, new BasicMethod.Qos(0, 4, true), BasicMethod.QosOk.class);
        assertThat(deliveries(1)).hasSize(1);
        nothingMore();

        client.send(1, new BasicMethod.Ack(4, true));
        assertThat(deliveries(4)).hasSize(4);
        nothingMore();
    }

    @Test
    void more_than_the_limit_are_never_outstanding_on_a_channel() throws IOException {
        publish(10);
        consume("a");
        assertThat(deliveries(5)).hasSize(5);
        nothingMore();

        client.send(1, new BasicMethod.Ack(0, true));

        assertThat(deliveries(5)).hasSize(5);
    }

    @Test
    void a_consumer_without_acks_has_no_window() throws IOException {
        publish(20);
        client.call(1, new BasicMethod.Qos(0, 1, false), BasicMethod.QosOk.class);
        client.call(1, EndToEndTest.consume("q", "a", true), BasicMethod.ConsumeOk.class);

        assertThat(deliveries(20)).hasSize(20);
    }

    @Test
    void a_second_ack_of_the_same_delivery_is_406() throws IOException {
        publish(1);
        consume("a");
        deliveries(1);
        client.put(1, new BasicMethod.Ack(1, false));
        client.put(1, new BasicMethod.Ack(1, false));
        client.flush();

        assertThat(client.expect(ChannelMethod.Close.class))
                .isEqualTo(new ChannelMethod.Close(406, "PRECONDITION_FAILED - unknown delivery tag 1", 60, 80));
    }

    @Test
    void with_multiple_the_tag_itself_must_be_outstanding() throws IOException {
        publish(3);
        consume("a");
        deliveries(3);
        client.put(1, new BasicMethod.Ack(2, false));
        client.put(1, new BasicMethod.Nack(2, true, true));
        client.flush();

        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .isEqualTo("PRECONDITION_FAILED - unknown delivery tag 2");
    }

    @Test
    void zero_with_multiple_is_everything_and_never_fails() throws IOException {
        client.send(1, new BasicMethod.Ack(0, true));
        publish(3);
        consume("a");
        deliveries(3);

        client.send(1, new BasicMethod.Ack(0, true));
        sync();

        assertThat(settled()).containsExactly("ack 1", "ack 2", "ack 3");
    }

    @Test
    void each_settlement_reaches_the_queue() throws IOException {
        publish(4);
        consume("a");
        deliveries(4);
        client.put(1, new BasicMethod.Reject(3, false));
        client.put(1, new BasicMethod.Nack(2, true, false));
        client.put(1, new BasicMethod.Ack(4, false));
        client.flush();
        sync();

        assertThat(settled()).containsExactly("discard 3", "discard 1", "discard 2", "ack 4");
    }

    @Test
    void a_requeued_message_comes_again_marked_as_redelivered() throws IOException {
        publish(1);
        consume("a");
        assertThat(client.message(BasicMethod.Deliver.class).method().redelivered())
                .isFalse();

        client.send(1, new BasicMethod.Reject(1, true));

        var again = client.message(BasicMethod.Deliver.class).method();
        assertThat(again.redelivered()).isTrue();
        assertThat(again.deliveryTag()).isEqualTo(2);
    }

    @Test
    void a_closed_channel_gives_back_what_is_unsettled_in_order_and_not_to_itself() throws IOException {
        publish(3);
        consume("a");
        deliveries(3);

        client.call(1, new ChannelMethod.Close(200, "bye", 0, 0), ChannelMethod.CloseOk.class);

        assertThat(settled()).containsExactly("requeue 1", "requeue 2", "requeue 3");
        assertThat(server.onLoop(() -> server.broker.queues.get("q").ready.keySet()))
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_connection_that_breaks_gives_back_what_is_unsettled() throws IOException {
        publish(3);
        consume("a");
        deliveries(3);

        client.close();

        try (var other = TestClient.ready(server.port())) {
            other.call(1, EndToEndTest.consume("q", "b", true), BasicMethod.ConsumeOk.class);
            for (int i = 0; i < 3; i++) {
                assertThat(other.message(BasicMethod.Deliver.class).method().redelivered())
                        .isTrue();
            }
        }
    }

    @Test
    void what_comes_again_tells_how_often_it_came_in_vain_and_what_is_new_does_not() throws IOException {
        publish(1);
        consume("a");
        assertThat(client.message(BasicMethod.Deliver.class).properties()).isEqualTo(new byte[] {0, 0});
        client.send(1, new BasicMethod.Reject(1, true));

        var again = client.message(BasicMethod.Deliver.class);

        var block = ByteBuffer.wrap(again.properties());
        assertThat(new MessageProperties().wrap(block, 0, block.limit()).headers())
                .isEqualTo(new FieldTable(Map.of("x-delivery-count", new FieldValue.Int64(1))));
        assertThat(again.method().redelivered()).isTrue();
    }

    @Test
    void cancel_keeps_what_was_delivered() throws IOException {
        publish(2);
        client.call(1, new BasicMethod.Qos(0, 1, false), BasicMethod.QosOk.class);
        consume("a");
        deliveries(1);

        client.call(1, new BasicMethod.Cancel("a", false), BasicMethod.CancelOk.class);
        client.send(1, new BasicMethod.Ack(1, false));
        sync();

        assertThat(settled()).containsExactly("ack 1");
        client.call(1, new BasicMethod.Cancel("never there", false), BasicMethod.CancelOk.class);
    }

    @Test
    void a_deleted_queue_cancels_its_consumers() throws IOException {
        consume("a");
        client.send(1, new QueueMethod.Delete("q", false, false, false));

        assertThat(client.expect(BasicMethod.Cancel.class)).isEqualTo(new BasicMethod.Cancel("a", true));
        client.expect(QueueMethod.DeleteOk.class);
    }

    @Test
    void a_client_without_the_capability_is_not_told() throws IOException {
        try (var plain = TestClient.ready(server.port())) {
            plain.call(1, EndToEndTest.consume("q", "a", true), BasicMethod.ConsumeOk.class);

            plain.call(1, new QueueMethod.Delete("q", false, false, false), QueueMethod.DeleteOk.class);
        }
    }

    @Test
    void a_reused_tag_ends_the_connection() throws IOException {
        consume("a");
        client.send(1, EndToEndTest.consume("q", "a", false));

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("NOT_ALLOWED - attempt to reuse consumer tag 'a'");
    }

    @Test
    void an_empty_tag_is_made_up() throws IOException {
        var tag = client.call(1, EndToEndTest.consume("q", "", false), BasicMethod.ConsumeOk.class)
                .consumerTag();

        assertThat(tag).matches("amq\\.ctag-[A-Za-z0-9_-]{22}");
    }

    @Test
    void consumers_have_a_limit() throws IOException {
        consume("a");
        consume("b");
        client.send(1, EndToEndTest.consume("q", "c", false));

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("NOT_ALLOWED - reached maximum (2) of consumers per channel");
    }

    @Test
    void a_priority_must_be_an_integer() throws IOException {
        var arguments = new FieldTable(Map.of("x-priority", FieldValue.LongString.of("high")));
        client.send(1, new BasicMethod.Consume("q", "a", false, false, false, false, arguments));

        assertThat(client.expect(ChannelMethod.Close.class).replyText())
                .isEqualTo("PRECONDITION_FAILED - invalid arg 'x-priority' for queue 'q' in vhost '/':"
                        + " \"expected integer, got longstr\"");
    }

    @Test
    void get_takes_one_or_says_that_there_is_none() throws IOException {
        publish(2);
        var first = client.callForMessage(1, new BasicMethod.Get("q", false), BasicMethod.GetOk.class);
        assertThat(first.method()).isEqualTo(new BasicMethod.GetOk(1, false, "", "q", 1));
        client.callForMessage(1, new BasicMethod.Get("q", true), BasicMethod.GetOk.class);
        client.call(1, new BasicMethod.Get("q", false), BasicMethod.GetEmpty.class);

        client.send(1, new BasicMethod.Ack(1, false));
        sync();
        assertThat(settled()).containsExactly("ack 1");
    }

    @Test
    void recover_brings_everything_back() throws IOException {
        publish(2);
        consume("a");
        deliveries(2);

        client.send(1, new BasicMethod.Recover(true));

        client.expect(BasicMethod.RecoverOk.class);
        assertThat(deliveries(2)).containsExactly("a 3", "a 4");
    }

    @Test
    void recover_without_requeue_is_540() throws IOException {
        client.send(1, new BasicMethod.Recover(false));

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("NOT_IMPLEMENTED - requeue=false");
    }

    @Test
    void a_prefetch_size_is_540() throws IOException {
        client.send(1, new BasicMethod.Qos(100, 1, false));

        assertThat(client.expect(ConnectionMethod.Close.class).replyText())
                .isEqualTo("NOT_IMPLEMENTED - prefetch_size!=0 (100)");
    }

    @Test
    void a_consumer_that_does_not_read_is_not_buffered_for_without_bound() throws IOException {
        try (var slow = TestClient.ready(server.port())) {
            slow.call(1, EndToEndTest.consume("q", "slow", true), BasicMethod.ConsumeOk.class);
            var body = new byte[10_000];
            for (int i = 0; i < 3_000; i++) {
                client.putPublish(1, "", "q", false, TestClient.NO_PROPERTIES, body);
                client.flush();
            }
            sync();

            assertThat(server.onLoop(() -> server.broker.queues.get("q").ready.size()))
                    .isPositive();

            for (int i = 0; i < 3_000; i++) {
                slow.message(BasicMethod.Deliver.class);
            }
        }
    }

    @Test
    void a_delivery_that_fails_here_ends_its_connection_when_the_queue_is_done_with_it() throws IOException {
        consume("a");
        var torn = ByteBuffer.allocate(64).putInt(2, 1_000); // its properties would end far behind
        server.onLoop(() -> server.broker.queues.get("q").add(torn));

        assertThat(client.expect(ConnectionMethod.Close.class).replyCode()).isEqualTo(541);

        assertThat(server.onLoop(() -> server.broker.sessions)).isZero();
        assertThat(server.onLoop(() -> server.broker.endedWhileDelivering)).isFalse();
        assertThat(settled()).containsExactly("requeue 1");
    }

    private void consume(String tag) throws IOException {
        client.call(1, EndToEndTest.consume("q", tag, false), BasicMethod.ConsumeOk.class);
    }

    private void publish(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            client.putPublish(1, "", "q", false, TestClient.NO_PROPERTIES, new byte[] {1});
        }
        client.flush();
    }

    private List<String> deliveries(int count) throws IOException {
        var got = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            var deliver = client.message(BasicMethod.Deliver.class).method();
            got.add(deliver.consumerTag() + " " + deliver.deliveryTag());
        }
        return got;
    }

    /// A reply to a new request comes next, so nothing else is under way.
    private void nothingMore() throws IOException {
        sync();
    }

    private void sync() throws IOException {
        client.call(1, new ChannelMethod.Flow(true), ChannelMethod.FlowOk.class);
    }

    private List<String> settled() {
        return server.onLoop(() -> List.copyOf(server.broker.queues.get("q").settled));
    }
}
