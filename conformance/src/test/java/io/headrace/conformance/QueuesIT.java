package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: queues live as long as they were declared to.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class QueuesIT {
    @Test
    void a_queue_without_a_name_gets_one_and_is_the_channels_last(Channel channel) throws Exception {
        var queue = channel.queueDeclare("", false, true, true, Map.of()).getQueue();
        assertThat(queue).matches("amq\\.gen-[A-Za-z0-9_-]{22}");

        channel.queueBind("", "amq.direct", "");
        channel.basicPublish("amq.direct", queue, MessageProperties.MINIMAL_BASIC, "m".getBytes());

        assertThat(channel.basicGet("", true)).isNotNull();
    }

    @Test
    void a_declare_again_tells_what_is_there(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = exclusiveQueue(channel);
        publish(channel, queue, 3);
        var held = channel.basicGet(queue, false);
        assertThat(held).isNotNull();

        var ok = channel.queueDeclare(queue, false, true, false, Map.of());

        assertThat(ok.getMessageCount()).as("ready ones only").isEqualTo(2);
        assertThat(ok.getConsumerCount()).isZero();
        Inbox.manualAck(connection.createChannel(), queue).take(2);
        assertThat(channel.queueDeclarePassive(queue).getConsumerCount()).isEqualTo(1);
    }

    @Test
    void an_exclusive_queue_is_locked_for_others(Endpoint endpoint, Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        var text = "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '" + queue
                + "' in vhost '/'. It could"
                + " be originally declared on another connection or the exclusive property value does not match that of"
                + " the original declaration.";
        try (var other = endpoint.connect()) {
            var declaring = other.createChannel();
            Closing.of(declaring, () -> declaring.queueDeclare(queue, false, true, false, Map.of()))
                    .assertChannel(405, text);
            var consuming = other.createChannel();
            Closing.of(consuming, () -> consuming.basicConsume(queue, (tag, delivery) -> {}, tag -> {}))
                    .assertChannel(405, text);
            var purging = other.createChannel();
            Closing.of(purging, () -> purging.queuePurge(queue)).assertChannel(405, text);
            var deleting = other.createChannel();
            Closing.of(deleting, () -> deleting.queueDelete(queue)).assertChannel(405, text);
        }
    }

    @Test
    void an_exclusive_queue_is_gone_when_its_connection_is_closed(Endpoint endpoint) throws Exception {
        var queue = Names.fresh("q");
        for (int i = 0; i < 5; i++) {
            try (var connection = endpoint.connect()) {
                assertThat(connection.createChannel().queueDeclare(queue, false, true, false, Map.of()))
                        .extracting(AMQP.Queue.DeclareOk::getMessageCount)
                        .isEqualTo(0);
                publish(connection.createChannel(), queue, 1);
            }
        }
    }

    @Test
    void an_auto_delete_queue_goes_with_its_last_consumer(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = channel.queueDeclare(Names.fresh("q"), false, false, true, Map.of())
                .getQueue();
        var first = connection.createChannel();
        var second = connection.createChannel();
        Inbox.autoAck(first, queue);
        var inbox = Inbox.autoAck(second, queue);

        first.close();
        channel.queueDeclarePassive(queue);
        second.basicCancel(inbox.tag());

        await().untilAsserted(() -> {
            var asking = connection.createChannel();
            Closing.of(asking, () -> asking.queueDeclarePassive(queue))
                    .assertChannel(404, "NOT_FOUND - no queue '" + queue + "' in vhost '/'");
        });
    }

    @Test
    void delete_tells_how_many_messages_went(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        publish(channel, queue, 7);

        assertThat(channel.queueDelete(queue).getMessageCount()).isEqualTo(7);
        assertThat(channel.queueDelete(queue).getMessageCount())
                .as("already gone")
                .isZero();
    }

    @Test
    void purge_takes_what_is_ready_and_leaves_what_is_out(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        publish(channel, queue, 5);
        var held = channel.basicGet(queue, false);

        assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(4);

        channel.basicReject(held.getEnvelope().getDeliveryTag(), true);
        await().untilAsserted(() -> assertThat(channel.messageCount(queue)).isEqualTo(1));
    }

    @Test
    void a_nowait_declare_takes_effect_without_an_answer(Channel channel) throws Exception {
        var queue = Names.fresh("q");
        channel.queueDeclareNoWait(queue, false, true, false, Map.of());
        channel.queueBindNoWait(queue, "amq.direct", queue, Map.of());

        channel.basicPublish("amq.direct", queue, MessageProperties.MINIMAL_BASIC, "m".getBytes());

        assertThat(channel.basicGet(queue, true)).isNotNull();
        channel.queueDeleteNoWait(queue, false, false);
        Closing.of(channel, () -> channel.queueDeclarePassive(queue))
                .assertChannel(404, "NOT_FOUND - no queue '" + queue + "' in vhost '/'");
    }

    @Test
    void a_name_may_have_any_character(Channel channel) throws Exception {
        var queue = Names.fresh("Füße / %2F & \"q\" 'x'");
        channel.queueDeclare(queue, false, true, false, Map.of());
        publish(channel, queue, 1);

        assertThat(channel.basicGet(queue, true).getEnvelope().getRoutingKey()).isEqualTo(queue);
    }

    @Test
    void a_thousand_queues_are_declared_and_deleted(Channel channel) throws Exception {
        var prefix = Names.fresh("many");
        for (int i = 0; i < 1_000; i++) {
            channel.queueDeclare(prefix + "." + i, false, true, false, Map.of());
        }
        channel.basicPublish("", prefix + ".999", MessageProperties.MINIMAL_BASIC, "m".getBytes());

        assertThat(channel.basicGet(prefix + ".999", true)).isNotNull();
        for (int i = 0; i < 1_000; i++) {
            channel.queueDelete(prefix + "." + i);
        }
    }

    private static String exclusiveQueue(Channel channel) throws IOException {
        return channel.queueDeclare(Names.fresh("q"), false, true, false, Map.of())
                .getQueue();
    }

    private static void publish(Channel channel, String queue, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            channel.basicPublish("", queue, MessageProperties.MINIMAL_BASIC, ("m" + i).getBytes());
        }
    }
}
