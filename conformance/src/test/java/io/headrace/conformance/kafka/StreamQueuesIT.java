package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import io.headrace.conformance.Names;
import io.headrace.conformance.SharedBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Goal: RabbitMQ's and Kafka's own clients meet over one topic: a stream queue is read and replayed by both, and a
/// queue eats what a Kafka producer sends. Only here can both be had: there is no other broker to compare with.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamQueuesIT {
    private static final Map<String, Object> STREAM = Map.of("x-queue-type", "stream");

    @RegisterExtension
    final BeforeEachCallback shared = this::find;

    private SharedBroker broker;
    private Connection connection;

    private void find(ExtensionContext context) {
        broker = SharedBroker.of(context);
    }

    @BeforeEach
    void connect() throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(broker.process().port("amqp"));
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection();
    }

    @AfterEach
    void disconnect() throws Exception {
        if (connection.isOpen()) {
            connection.close();
        }
    }

    private KafkaEndpoint kafka() {
        return new KafkaEndpoint("127.0.0.1", broker.process().port("kafka"));
    }

    @Test
    void a_stream_queue_is_a_topic_for_kafkas_consumers() throws Exception {
        var name = Names.fresh("stream");
        var channel = connection.createChannel();
        channel.queueDeclare(name, true, false, false, STREAM);
        channel.queueBind(name, "amq.topic", name + ".#");
        channel.confirmSelect();
        var properties = new BasicProperties.Builder()
                .contentType("text/plain")
                .headers(Map.of("colour", "red", "count", 7))
                .build();
        for (int i = 0; i < 100; i++) {
            channel.basicPublish("amq.topic", name + ".k" + i, properties, bytes("m" + i));
        }
        channel.waitForConfirmsOrDie(10_000);

        try (var consumer = kafka().consumer("group.id=" + name)) {
            consumer.subscribe(List.of(name));
            var records = Polling.take(consumer, 100);
            assertThat(records.getFirst().key()).isEqualTo(name + ".k0");
            assertThat(records.getLast().value()).isEqualTo("m99");
            var headers = records.getFirst().headers();
            assertThat(text(headers.lastHeader("colour").value())).isEqualTo("red");
            assertThat(text(headers.lastHeader("count").value())).isEqualTo("7");
            assertThat(text(headers.lastHeader("amqp.content-type").value())).isEqualTo("text/plain");
        }
        assertThat(channel.queueDeclarePassive(name).getMessageCount()).isEqualTo(100);
        assertThat(consume(name, "first", 100).getLast().getProperties().getHeaders())
                .containsEntry("x-stream-offset", 99L)
                .containsEntry("count", 7);
        assertThat(consume(name, 90, 10)).extracting(StreamQueuesIT::body).startsWith("m90");
        assertThat(consume(name, "1h", 100)).hasSize(100);
    }

    @Test
    void what_kafka_produces_compressed_is_read_by_an_amqp_consumer_and_eaten_by_a_queue() throws Exception {
        var topic = Names.fresh("topic");
        try (var admin = kafka().admin()) {
            Topics.create(admin, topic, 1);
        }
        var channel = connection.createChannel();
        var exchange = Names.fresh("fed");
        var queue = Names.fresh("work");
        channel.exchangeDeclare(exchange, "topic", true, false, Map.of("x-from-topic", topic));
        channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queueBind(queue, exchange, "order.*");
        channel.queueDeclare(topic, true, false, false, STREAM);

        try (var producer = kafka().producer("compression.type=zstd", "linger.ms=20")) {
            for (int i = 0; i < 50; i++) {
                var record = new ProducerRecord<>(topic, i % 2 == 0 ? "order.new" : "bill", "v" + i);
                record.headers().add("colour", bytes("red"));
                producer.send(record);
            }
        }

        var read = consume(topic, "first", 50);
        assertThat(read).extracting(StreamQueuesIT::body).startsWith("v0", "v1").endsWith("v49");
        assertThat(read.getFirst().getEnvelope().getRoutingKey()).isEqualTo("order.new");
        assertThat(read.getFirst().getProperties().getHeaders().get("colour")).hasToString("red");
        assertThat(channel.messageCount(queue)).isEqualTo(25);
        channel.queueDelete(topic);
        try (var admin = kafka().admin()) {
            assertThat(admin.listTopics().names().get()).contains(topic); // the queue was a view
        }
    }

    @Test
    void what_streams_are_not_made_for_is_refused() throws Exception {
        var name = Names.fresh("stream");
        connection.createChannel().queueDeclare(name, true, false, false, STREAM);

        assertThatThrownBy(() -> connection.createChannel().basicConsume(name, (tag, message) -> {}, _ -> {}))
                .hasRootCauseMessage(
                        "channel error; protocol method: #method<channel.close>(reply-code=406, reply-text=PRECONDITION_FAILED"
                                + " - consumer prefetch count is not set for stream queue '" + name
                                + "' in vhost '/', class-id=60, method-id=20)");
    }

    private List<Delivery> consume(String queue, Object offset, int count) throws Exception {
        var channel = connection.createChannel();
        channel.basicQos(20);
        var inbox = new LinkedBlockingQueue<Delivery>();
        channel.basicConsume(
                queue,
                false,
                Map.of("x-stream-offset", offset),
                (tag, message) -> {
                    channel.basicAck(
                            message.getEnvelope().getDeliveryTag(), false); // before the test may close the channel
                    inbox.add(message);
                },
                _ -> {});
        var got = new ArrayList<Delivery>();
        while (got.size() < count) {
            var next = inbox.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("after " + got.size()).isNotNull();
            got.add(next);
        }
        channel.close();
        return got;
    }

    private static String body(Delivery message) {
        return text(message.getBody());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
