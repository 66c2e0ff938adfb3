package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.impl.LongStringHelper;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: what was published arrives, whole, in order, as it was.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class PublishConsumeIT {
    @Test
    void a_message_reaches_the_queue_that_its_key_names(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);

        publish(channel, queue, "hello");

        var delivery = Inbox.autoAck(channel, queue).take();
        assertThat(Inbox.text(delivery)).isEqualTo("hello");
        assertThat(delivery.getEnvelope().getExchange()).isEmpty();
        assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo(queue);
        assertThat(delivery.getEnvelope().getDeliveryTag()).isEqualTo(1);
        assertThat(delivery.getEnvelope().isRedeliver()).isFalse();
    }

    @Test
    void messages_of_one_channel_arrive_in_their_order(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        var inbox = Inbox.autoAck(channel, queue);
        var sent = IntStream.range(0, 5_000).mapToObj(Integer::toString).toList();

        for (String text : sent) {
            publish(channel, queue, text);
        }

        assertThat(inbox.takeTexts(5_000)).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4_088, 4_089, 131_064, 131_065, 262_128, 1_000_000, 16_000_000})
    void a_body_of_any_size_arrives_whole(int bytes, Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        var body = new byte[bytes];
        new Random(bytes).nextBytes(body);

        channel.basicPublish("", queue, new BasicProperties(), body);

        assertThat(Arrays.equals(Inbox.autoAck(channel, queue).take().getBody(), body))
                .isTrue();
    }

    @Test
    void the_smallest_frames_carry_a_body_in_pieces(Endpoint endpoint) throws Exception {
        var factory = endpoint.factory();
        factory.setRequestedFrameMax(4_096);
        try (var connection = factory.newConnection()) {
            assertThat(connection.getFrameMax()).isEqualTo(4_096);
            var channel = connection.createChannel();
            var queue = exclusiveQueue(channel);
            var body = new byte[3 * 4_088];
            new Random(1).nextBytes(body);

            channel.basicPublish("", queue, new BasicProperties(), body);

            assertThat(Inbox.autoAck(channel, queue).take().getBody()).isEqualTo(body);
        }
    }

    @Test
    void all_properties_come_back_as_they_were(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        var properties = new BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("utf-8")
                .deliveryMode(2)
                .priority(7)
                .correlationId("correlation")
                .replyTo("reply")
                .expiration("60000")
                .messageId("message")
                .timestamp(new Date(1_700_000_000_000L))
                .type("type")
                .userId("guest")
                .appId("app")
                .clusterId("cluster")
                .headers(Map.of("k", text("v")))
                .build();

        channel.basicPublish("", queue, properties, new byte[0]);

        assertThat(Inbox.autoAck(channel, queue).take().getProperties()).isEqualTo(properties);
    }

    @Test
    void header_values_keep_their_types(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        var headers = new HashMap<String, Object>();
        headers.put("text", text("tälat"));
        headers.put("int", 42);
        headers.put("long", 1L << 40);
        headers.put("short", (short) -3);
        headers.put("byte", (byte) -4);
        headers.put("double", 1.5);
        headers.put("float", 2.5f);
        headers.put("bool", true);
        headers.put("decimal", new BigDecimal("12.34"));
        headers.put("time", new Date(1_700_000_000_000L));
        headers.put("void", null);
        headers.put("table", Map.of("inner", 1, "list", List.of(1, 2L, text("x"))));

        channel.basicPublish(
                "", queue, new BasicProperties.Builder().headers(headers).build(), new byte[0]);
        channel.basicPublish("", queue, bytesHeader(new byte[] {1, 2, 3}), new byte[0]);

        var inbox = Inbox.autoAck(channel, queue);
        assertThat(inbox.take().getProperties().getHeaders()).isEqualTo(headers);
        assertThat(inbox.take().getProperties().getHeaders().get("bytes")).isEqualTo(new byte[] {1, 2, 3});
    }

    private static BasicProperties bytesHeader(byte[] value) {
        return new BasicProperties.Builder().headers(Map.of("bytes", value)).build();
    }

    @Test
    void consumers_take_turns(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = exclusiveQueue(channel);
        var first = Inbox.autoAck(connection.createChannel(), queue);
        var second = Inbox.autoAck(connection.createChannel(), queue);

        for (int i = 0; i < 10; i++) {
            publish(channel, queue, "m" + i);
        }

        assertThat(first.takeTexts(5)).containsExactly("m0", "m2", "m4", "m6", "m8");
        assertThat(second.takeTexts(5)).containsExactly("m1", "m3", "m5", "m7", "m9");
    }

    @Test
    void get_takes_one_and_tells_how_many_remain(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        publish(channel, queue, "a");
        publish(channel, queue, "b");

        GetResponse first = channel.basicGet(queue, true);
        GetResponse second = channel.basicGet(queue, true);

        assertThat(new String(first.getBody())).isEqualTo("a");
        assertThat(first.getMessageCount()).isEqualTo(1);
        assertThat(second.getMessageCount()).isZero();
        assertThat(second.getEnvelope().getDeliveryTag()).isEqualTo(2);
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void a_cancelled_consumer_gets_nothing_more_and_keeps_what_it_has(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        var inbox = Inbox.manualAck(channel, queue);
        publish(channel, queue, "before");
        var held = inbox.take();

        channel.basicCancel(inbox.tag());
        publish(channel, queue, "after");

        await().untilAsserted(() -> assertThat(channel.messageCount(queue)).isEqualTo(1));
        assertThat(inbox.waiting()).isZero();
        channel.basicAck(held.getEnvelope().getDeliveryTag(), false);
        assertThat(new String(channel.basicGet(queue, true).getBody())).isEqualTo("after");
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void a_consumer_hears_that_its_queue_was_deleted(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = exclusiveQueue(channel);
        var inbox = Inbox.autoAck(channel, queue);

        connection.createChannel().queueDelete(queue);

        inbox.awaitCancel();
    }

    @Test
    void consumer_tags_are_given_where_none_is_wished(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);

        assertThat(Inbox.autoAck(channel, queue).tag()).matches("amq\\.ctag-[A-Za-z0-9_-]{22}");
    }

    @Test
    void a_message_of_another_connection_wakes_a_waiting_consumer(Endpoint endpoint, Channel consuming)
            throws Exception {
        var queue = Names.fresh("q");
        consuming.queueDeclare(queue, false, false, true, Map.of());
        var inbox = Inbox.autoAck(consuming, queue);
        try (var publisher = endpoint.connect()) {
            publish(publisher.createChannel(), queue, "from elsewhere");

            assertThat(inbox.takeText()).isEqualTo("from elsewhere");
        }
    }

    @Test
    void transient_and_persistent_messages_share_a_queue_in_order(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, "kept".getBytes());
        channel.basicPublish("", queue, MessageProperties.TEXT_PLAIN, "not kept".getBytes());

        var both = Inbox.autoAck(channel, queue).take(2);

        assertThat(both).extracting(Inbox::text).containsExactly("kept", "not kept");
        assertThat(both)
                .extracting(delivery -> delivery.getProperties().getDeliveryMode())
                .containsExactly(2, 1);
    }

    @Test
    void a_long_backlog_is_counted_and_drained(Channel channel) throws Exception {
        var queue = exclusiveQueue(channel);
        for (int i = 0; i < 100_000; i++) {
            publish(channel, queue, "m" + i);
        }
        await().untilAsserted(() -> assertThat(channel.messageCount(queue)).isEqualTo(100_000));

        assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(100_000);
        assertThat(channel.messageCount(queue)).isZero();
    }

    private static String exclusiveQueue(Channel channel) throws IOException {
        return channel.queueDeclare(Names.fresh("q"), false, true, false, Map.of())
                .getQueue();
    }

    private static void publish(Channel channel, String queue, String text) throws IOException {
        channel.basicPublish("", queue, MessageProperties.MINIMAL_BASIC, text.getBytes());
    }

    private static LongString text(String text) {
        return LongStringHelper.asLongString(text);
    }
}
