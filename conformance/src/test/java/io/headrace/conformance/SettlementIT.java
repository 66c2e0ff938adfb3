package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: a message is gone when it was acknowledged and not before, and prefetch bounds what is out.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class SettlementIT {
    @Test
    void acks_come_in_any_order(Channel channel) throws Exception {
        var queue = queueWith(channel, "a", "b", "c");
        var inbox = Inbox.manualAck(channel, queue);
        var held = inbox.take(3);
        channel.basicCancel(inbox.tag());

        ack(channel, held.get(2));
        ack(channel, held.get(0));
        channel.basicRecover(true);

        assertThat(drain(channel, queue)).containsExactly("b");
    }

    @Test
    void a_multiple_ack_covers_everything_before_it(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = queueWith(channel, "a", "b", "c", "d");
        var consumer = connection.createChannel();
        var held = Inbox.manualAck(consumer, queue).take(4);

        consumer.basicAck(held.get(2).getEnvelope().getDeliveryTag(), true);
        consumer.close();

        assertThat(drain(channel, queue)).containsExactly("d");
    }

    @Test
    void tag_zero_with_multiple_is_everything_outstanding(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = queueWith(channel, "a", "b");
        var consumer = connection.createChannel();
        Inbox.manualAck(consumer, queue).take(2);

        consumer.basicAck(0, true);
        consumer.basicAck(0, true);
        consumer.close();

        assertThat(drain(channel, queue)).isEmpty();
    }

    @Test
    void a_requeued_message_goes_back_to_its_place_marked_as_redelivered(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = queueWith(channel, "a", "b", "c");
        var taken = List.of(channel.basicGet(queue, false), channel.basicGet(queue, false));

        channel.basicNack(taken.get(1).getEnvelope().getDeliveryTag(), false, true);
        channel.basicReject(taken.get(0).getEnvelope().getDeliveryTag(), true);

        await().untilAsserted(() -> assertThat(channel.messageCount(queue)).isEqualTo(3));
        var again = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            var got = channel.basicGet(queue, true);
            again.add(new String(got.getBody()) + (got.getEnvelope().isRedeliver() ? " again" : ""));
        }
        assertThat(again).containsExactly("a again", "b again", "c");
    }

    @Test
    void a_rejected_message_is_gone(Channel channel) throws Exception {
        var queue = queueWith(channel, "a", "b", "c");
        var inbox = Inbox.manualAck(channel, queue);
        var held = inbox.take(3);
        channel.basicCancel(inbox.tag());

        channel.basicReject(held.get(0).getEnvelope().getDeliveryTag(), false);
        channel.basicNack(held.get(2).getEnvelope().getDeliveryTag(), true, false);
        channel.basicRecover(true);

        assertThat(drain(channel, queue)).isEmpty();
    }

    @Test
    void what_a_closed_channel_held_goes_back_in_order(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = queueWith(channel, "a", "b", "c");
        var consumer = connection.createChannel();
        Inbox.manualAck(consumer, queue).take(3);

        consumer.close();

        assertThat(drain(channel, queue)).containsExactly("a", "b", "c");
    }

    @Test
    void what_a_lost_connection_held_is_redelivered(Endpoint endpoint, Channel channel) throws Exception {
        var queue = Names.fresh("q");
        channel.queueDeclare(queue, false, false, true, Map.of());
        var inbox = Inbox.manualAck(channel, queue);
        publish(channel, queue, "a");
        inbox.take();
        channel.basicRecover(true);
        assertThat(inbox.take().getEnvelope().isRedeliver()).isTrue();

        try (var other = endpoint.connect()) {
            var theirs = Inbox.manualAck(other.createChannel(), queue);
            channel.abort();

            var delivery = theirs.take();
            assertThat(Inbox.text(delivery)).isEqualTo("a");
            assertThat(delivery.getEnvelope().isRedeliver()).isTrue();
        }
    }

    @Test
    void a_consumer_holds_no_more_than_its_prefetch(Channel channel) throws Exception {
        var queue = queueWith(channel, "a", "b", "c", "d", "e");
        channel.basicQos(2);

        var inbox = Inbox.manualAck(channel, queue);

        var held = inbox.take(2);
        assertThat(channel.messageCount(queue)).isEqualTo(3);
        assertThat(inbox.waiting()).isZero();
        ack(channel, held.get(0));
        assertThat(inbox.takeText()).isEqualTo("c");
        assertThat(channel.messageCount(queue)).isEqualTo(2);
        assertThat(inbox.waiting()).isZero();
    }

    @Test
    void prefetch_one_is_fair(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = queueWith(channel);
        var slow = connection.createChannel();
        slow.basicQos(1);
        var slowInbox = Inbox.manualAck(slow, queue);
        publish(channel, queue, "kept by the slow one");
        slowInbox.take();
        var quick = connection.createChannel();
        quick.basicQos(1);
        var quickInbox = Inbox.manualAck(quick, queue);

        for (int i = 0; i < 5; i++) {
            publish(channel, queue, "m" + i);
            ack(quick, quickInbox.take());
        }

        assertThat(slowInbox.waiting()).isZero();
    }

    @Test
    void a_global_prefetch_is_shared_by_the_consumers_of_a_channel(Channel channel) throws Exception {
        var queue = queueWith(channel, "a", "b", "c", "d");
        channel.basicQos(3, true);

        var first = Inbox.manualAck(channel, queue);
        first.take(3);
        var second = Inbox.manualAck(channel, queue);

        assertThat(channel.messageCount(queue)).isEqualTo(1);
        channel.basicAck(0, true);
        await().untilAsserted(
                        () -> assertThat(first.waiting() + second.waiting()).isEqualTo(1));
    }

    @Test
    void a_limit_set_later_does_not_touch_running_consumers(Channel channel) throws Exception {
        var queue = queueWith(channel);
        var inbox = Inbox.manualAck(channel, queue);
        channel.basicQos(1);

        for (int i = 0; i < 3; i++) {
            publish(channel, queue, "m" + i);
        }

        assertThat(inbox.take(3)).hasSize(3);
    }

    @Test
    void get_is_neither_counted_nor_limited_by_prefetch(Channel channel) throws Exception {
        var queue = queueWith(channel, "a", "b", "c");
        channel.basicQos(1);
        assertThat(channel.basicGet(queue, false)).isNotNull();
        assertThat(channel.basicGet(queue, false)).isNotNull();

        assertThat(Inbox.manualAck(channel, queue).takeText()).isEqualTo("c");
    }

    @Test
    void automatic_acknowledgement_knows_no_prefetch(Channel channel) throws Exception {
        var queue = queueWith(channel, "a", "b", "c");
        channel.basicQos(1);

        assertThat(Inbox.autoAck(channel, queue).take(3)).hasSize(3);
    }

    @Test
    void a_consumer_of_higher_priority_is_served_first(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = queueWith(channel);
        var low = Inbox.autoAck(connection.createChannel(), queue);
        var preferred = connection.createChannel();
        preferred.basicQos(2);
        var high = new ArrayList<Delivery>();
        preferred.basicConsume(
                queue,
                false,
                Map.of("x-priority", 10),
                (tag, delivery) -> {
                    synchronized (high) {
                        high.add(delivery);
                    }
                },
                tag -> {});

        for (int i = 0; i < 3; i++) {
            publish(channel, queue, "m" + i);
        }

        assertThat(low.takeText()).isEqualTo("m2");
        await().untilAsserted(() -> {
            synchronized (high) {
                assertThat(high).extracting(Inbox::text).containsExactly("m0", "m1");
            }
        });
    }

    @Test
    void acks_for_a_queue_that_was_deleted_are_taken_silently(Channel channel) throws Exception {
        var queue = queueWith(channel, "a");
        var held = Inbox.manualAck(channel, queue).take();

        channel.queueDelete(queue);
        ack(channel, held);

        channel.exchangeDeclarePassive("amq.direct");
        assertThat(channel.isOpen()).isTrue();
    }

    private static void ack(Channel channel, Delivery delivery) throws IOException {
        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
    }

    private static void publish(Channel channel, String queue, String text) throws IOException {
        channel.basicPublish("", queue, MessageProperties.MINIMAL_BASIC, text.getBytes());
    }

    private static String queueWith(Channel channel, String... texts) throws IOException {
        var queue = channel.queueDeclare(Names.fresh("q"), false, true, false, Map.of())
                .getQueue();
        for (String text : texts) {
            publish(channel, queue, text);
        }
        return queue;
    }

    private static List<String> drain(Channel channel, String queue) throws IOException {
        var texts = new ArrayList<String>();
        for (var got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
            texts.add(new String(got.getBody()));
        }
        return texts;
    }
}
