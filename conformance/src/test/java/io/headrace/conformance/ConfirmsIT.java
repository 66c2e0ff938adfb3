package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: a publisher knows what the broker answers for: confirms, returns, transactions.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfirmsIT {
    private static final BasicProperties PERSISTENT = MessageProperties.MINIMAL_PERSISTENT_BASIC;

    @Test
    void every_publish_is_confirmed_once(Channel channel) throws Exception {
        var queue = durableQueue(channel);
        channel.confirmSelect();
        var outstanding = new ConcurrentSkipListSet<Long>();
        var twice = Collections.synchronizedSet(new TreeSet<Long>());
        channel.addConfirmListener(
                (tag, multiple) -> {
                    if (multiple) {
                        outstanding.headSet(tag, true).clear();
                    } else if (!outstanding.remove(tag)) {
                        twice.add(tag);
                    }
                },
                (tag, multiple) -> twice.add(-tag));

        for (int i = 0; i < 10_000; i++) {
            outstanding.add(channel.getNextPublishSeqNo());
            channel.basicPublish("", queue, PERSISTENT, ("m" + i).getBytes());
        }

        assertThat(channel.waitForConfirms(30_000)).isTrue();
        await().untilAsserted(() -> assertThat(outstanding).isEmpty());
        assertThat(twice).isEmpty();
        assertThat(channel.queueDelete(queue).getMessageCount()).isEqualTo(10_000);
    }

    @Test
    void one_confirm_at_a_time_works_too(Channel channel) throws Exception {
        var queue = durableQueue(channel);
        channel.confirmSelect();

        for (int i = 0; i < 100; i++) {
            channel.basicPublish("", queue, PERSISTENT, new byte[100]);
            channel.waitForConfirmsOrDie(10_000);
        }

        assertThat(channel.queueDelete(queue).getMessageCount()).isEqualTo(100);
    }

    @Test
    void selecting_confirms_again_is_no_mistake_and_goes_on_counting(Channel channel) throws Exception {
        channel.confirmSelect();
        channel.basicPublish("", "nobody", PERSISTENT, new byte[0]);
        channel.confirmSelect();
        channel.basicPublish("", "nobody", PERSISTENT, new byte[0]);

        assertThat(channel.waitForConfirms(10_000)).isTrue();
    }

    @Test
    void what_nobody_takes_is_returned_and_then_confirmed(Channel channel) throws Exception {
        var events = new LinkedBlockingQueue<String>();
        channel.confirmSelect();
        channel.addConfirmListener(
                (tag, multiple) -> events.add("ack " + tag), (tag, multiple) -> events.add("nack " + tag));
        channel.addReturnListener(
                returned -> events.add("return " + returned.getReplyCode() + " " + returned.getReplyText()
                        + " '" + returned.getExchange() + "' " + returned.getRoutingKey() + " "
                        + returned.getProperties().getMessageId() + " " + new String(returned.getBody())));

        var properties = new BasicProperties.Builder().messageId("m1").build();
        channel.basicPublish("", "no.such.queue", true, properties, "body".getBytes());

        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("return 312 NO_ROUTE '' no.such.queue m1 body");
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("ack 1");
    }

    @Test
    void what_is_not_mandatory_is_confirmed_although_nobody_takes_it(Channel channel) throws Exception {
        channel.confirmSelect();
        channel.basicPublish("", "no.such.queue", PERSISTENT, new byte[0]);

        assertThat(channel.waitForConfirms(10_000)).isTrue();
    }

    @Test
    void a_transaction_is_seen_when_it_is_committed(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = durableQueue(channel);
        var publisher = connection.createChannel();
        publisher.txSelect();

        publisher.basicPublish("", queue, PERSISTENT, "a".getBytes());
        publisher.basicPublish("", queue, PERSISTENT, "b".getBytes());
        publisher.exchangeDeclarePassive("amq.direct");
        assertThat(channel.messageCount(queue)).isZero();
        publisher.txCommit();

        assertThat(channel.messageCount(queue)).isEqualTo(2);
        channel.queueDelete(queue);
    }

    @Test
    void a_rollback_drops_publishes_and_acks(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = durableQueue(channel);
        channel.basicPublish("", queue, PERSISTENT, "kept".getBytes());
        var transactional = connection.createChannel();
        transactional.txSelect();

        var held = transactional.basicGet(queue, false);
        transactional.basicAck(held.getEnvelope().getDeliveryTag(), false);
        transactional.basicPublish("", queue, PERSISTENT, "dropped".getBytes());
        transactional.txRollback();
        transactional.close();

        assertThat(new String(channel.basicGet(queue, true).getBody())).isEqualTo("kept");
        assertThat(channel.basicGet(queue, true)).isNull();
        channel.queueDelete(queue);
    }

    @Test
    void acks_of_a_transaction_count_when_it_is_committed(Connection connection) throws Exception {
        var channel = connection.createChannel();
        var queue = durableQueue(channel);
        channel.basicPublish("", queue, PERSISTENT, "m".getBytes());
        var transactional = connection.createChannel();
        transactional.txSelect();

        var held = transactional.basicGet(queue, false);
        transactional.basicAck(held.getEnvelope().getDeliveryTag(), false);
        transactional.txCommit();
        transactional.close();

        assertThat(channel.basicGet(queue, true)).isNull();
        channel.queueDelete(queue);
    }

    private static String durableQueue(Channel channel) throws IOException {
        return channel.queueDeclare(Names.fresh("q"), true, false, false, Map.of())
                .getQueue();
    }
}
