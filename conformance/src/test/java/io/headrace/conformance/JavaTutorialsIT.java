package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: RabbitMQ's seven tutorials work in Java, with the calls that they make.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class JavaTutorialsIT {
    @Test
    void tutorial_one_hello_world(Endpoint broker) throws Exception {
        try (var sender = broker.connect();
                var receiver = broker.connect()) {
            var receiving = receiver.createChannel();
            receiving.queueDeclare("java.hello", false, false, false, null);
            var inbox = Inbox.autoAck(receiving, "java.hello");

            var sending = sender.createChannel();
            sending.queueDeclare("java.hello", false, false, false, null);
            sending.basicPublish("", "java.hello", null, "Hello World!".getBytes(StandardCharsets.UTF_8));

            assertThat(inbox.takeText()).isEqualTo("Hello World!");
            receiving.queueDelete("java.hello");
        }
    }

    @Test
    void tutorial_two_work_queues(Endpoint broker) throws Exception {
        try (var boss = broker.connect();
                var second = broker.connect()) {
            var channel = boss.createChannel();
            channel.queueDeclare("java.tasks", true, false, false, null);
            var first = broker.connect();
            var dying = worker(first);
            publishTask(channel, "taken by the worker that dies");
            dying.take();

            var inbox = worker(second);
            first.abort();

            var delivery = inbox.take();
            assertThat(Inbox.text(delivery)).isEqualTo("taken by the worker that dies");
            assertThat(delivery.getEnvelope().isRedeliver()).isTrue();
            channel.queueDelete("java.tasks");
        }
    }

    private static Inbox worker(Connection connection) throws IOException {
        var channel = connection.createChannel();
        channel.queueDeclare("java.tasks", true, false, false, null);
        channel.basicQos(1);
        return Inbox.manualAck(channel, "java.tasks");
    }

    private static void publishTask(Channel channel, String task) throws IOException {
        channel.basicPublish("", "java.tasks", MessageProperties.PERSISTENT_TEXT_PLAIN, task.getBytes());
    }

    @Test
    void tutorial_three_publish_and_subscribe(Connection connection) throws Exception {
        var first = subscriber(connection, "java.logs", "fanout", "");
        var second = subscriber(connection, "java.logs", "fanout", "");

        emit(connection, "java.logs", "fanout", "", "to all");

        assertThat(first.takeText()).isEqualTo("to all");
        assertThat(second.takeText()).isEqualTo("to all");
    }

    @Test
    void tutorial_four_routing(Connection connection) throws Exception {
        var inbox = subscriber(connection, "java.direct", "direct", "error", "warning");

        for (String severity : List.of("info", "error", "debug", "warning")) {
            emit(connection, "java.direct", "direct", severity, severity);
        }

        assertThat(inbox.takeTexts(2)).containsExactly("error", "warning");
    }

    @Test
    void tutorial_five_topics(Connection connection) throws Exception {
        var inbox = subscriber(connection, "java.topic", "topic", "*.critical", "kern.#");

        for (String key : List.of("cron.info", "cron.critical", "kern.info.boot", "kern.critical")) {
            emit(connection, "java.topic", "topic", key, key);
        }

        assertThat(inbox.takeTexts(3)).containsExactly("cron.critical", "kern.info.boot", "kern.critical");
    }

    private static Inbox subscriber(Connection connection, String exchange, String type, String... keys)
            throws IOException {
        var channel = connection.createChannel();
        channel.exchangeDeclare(exchange, type);
        var queue = channel.queueDeclare().getQueue();
        for (String key : keys) {
            channel.queueBind(queue, exchange, key);
        }
        return Inbox.autoAck(channel, queue);
    }

    private static void emit(Connection connection, String exchange, String type, String key, String text)
            throws IOException, TimeoutException {
        try (var channel = connection.createChannel()) {
            channel.exchangeDeclare(exchange, type);
            channel.basicPublish(exchange, key, null, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void tutorial_six_remote_procedure_call(Connection connection) throws Exception {
        var server = connection.createChannel();
        server.queueDeclare("java.rpc", false, false, true, null);
        server.basicQos(1);
        DeliverCallback asked = (tag, delivery) -> {
            var answer = Long.toString(fibonacci(Integer.parseInt(Inbox.text(delivery))));
            var properties = new BasicProperties.Builder()
                    .correlationId(delivery.getProperties().getCorrelationId())
                    .build();
            server.basicPublish("", delivery.getProperties().getReplyTo(), properties, answer.getBytes());
            server.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        };
        server.basicConsume("java.rpc", false, asked, tag -> {});

        assertThat(ask(connection.createChannel(), "30")).isEqualTo("832040");
        assertThat(ask(connection.createChannel(), "10")).isEqualTo("55");
    }

    private static String ask(Channel channel, String question) throws Exception {
        var correlation = UUID.randomUUID().toString();
        var replies = channel.queueDeclare().getQueue();
        var properties = new BasicProperties.Builder()
                .correlationId(correlation)
                .replyTo(replies)
                .build();
        channel.basicPublish("", "java.rpc", properties, question.getBytes());
        var answer = new CompletableFuture<String>();
        var tag = channel.basicConsume(
                replies,
                true,
                (consumer, delivery) -> {
                    if (delivery.getProperties().getCorrelationId().equals(correlation)) {
                        answer.complete(Inbox.text(delivery));
                    }
                },
                consumer -> {});
        var text = answer.get(20, TimeUnit.SECONDS);
        channel.basicCancel(tag);
        return text;
    }

    private static long fibonacci(int n) {
        long a = 0;
        long b = 1;
        for (int i = 0; i < n; i++) {
            long sum = a + b;
            a = b;
            b = sum;
        }
        return a;
    }

    @Test
    void tutorial_seven_publisher_confirms(Connection connection) throws Exception {
        var channel = connection.createChannel();
        channel.confirmSelect();

        var oneByOne = channel.queueDeclare().getQueue();
        for (int i = 0; i < 200; i++) {
            channel.basicPublish("", oneByOne, null, Integer.toString(i).getBytes());
            channel.waitForConfirmsOrDie(5_000);
        }
        assertThat(channel.messageCount(oneByOne)).isEqualTo(200);

        var inBatches = channel.queueDeclare().getQueue();
        for (int i = 0; i < 1_000; i++) {
            channel.basicPublish("", inBatches, null, Integer.toString(i).getBytes());
            if (i % 100 == 99) {
                channel.waitForConfirmsOrDie(5_000);
            }
        }
        assertThat(channel.messageCount(inBatches)).isEqualTo(1_000);

        var asTheyCome = channel.queueDeclare().getQueue();
        ConcurrentNavigableMap<Long, String> outstanding = new ConcurrentSkipListMap<>();
        channel.addConfirmListener(
                (sequence, multiple) -> {
                    if (multiple) {
                        outstanding.headMap(sequence, true).clear();
                    } else {
                        outstanding.remove(sequence);
                    }
                },
                (sequence, multiple) -> {});
        for (int i = 0; i < 1_000; i++) {
            outstanding.put(channel.getNextPublishSeqNo(), Integer.toString(i));
            channel.basicPublish("", asTheyCome, null, Integer.toString(i).getBytes());
        }
        Awaitility.await().until(outstanding::isEmpty);
        assertThat(channel.messageCount(asTheyCome)).isEqualTo(1_000);
    }
}
