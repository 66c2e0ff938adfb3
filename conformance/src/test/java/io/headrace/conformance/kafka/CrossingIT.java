package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.headrace.conformance.Names;
import io.headrace.conformance.SharedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: what is published once is eaten by queue workers and kept in a topic for replay, headers intact both ways
/// (acceptance A5). Method: an exchange with a queue and a stream, which is a topic of one partition; both clients.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrossingIT {
    private static final int MESSAGES = 100;

    private final String exchange = Names.fresh("cross.x");
    private final String queue = Names.fresh("cross.q");
    private final String log = Names.fresh("cross.log");

    @Test
    void one_publish_feeds_two_workers_and_two_groups(SharedBroker broker) throws Exception {
        var kafka = new KafkaEndpoint("127.0.0.1", broker.process().port("kafka"));
        try (var connection = connect(broker)) {
            declare(connection);
            var first = work(connection);
            var second = work(connection);

            publish(connection);

            await().atMost(Duration.ofSeconds(30)).until(() -> first.size() + second.size() == MESSAGES);
            assertThat(first).hasSize(MESSAGES / 2);
            assertThat(second).hasSize(MESSAGES / 2).doesNotContainAnyElementsOf(first);
            for (String group : List.of("first", "replay")) {
                try (var consumer = kafka.consumer("group.id=" + log + "." + group)) {
                    consumer.subscribe(List.of(log));
                    var records = Polling.take(consumer, MESSAGES);
                    assertThat(Polling.map(records, record -> record.value())).isEqualTo(bodies());
                    assertThat(records)
                            .allSatisfy(record -> assertThat(
                                            record.headers().lastHeader("kind").value())
                                    .isEqualTo("order".getBytes(StandardCharsets.UTF_8)));
                }
            }
        }
    }

    @Test
    void a_record_of_a_kafka_producer_reaches_an_amqp_consumer_with_its_headers(SharedBroker broker) throws Exception {
        var kafka = new KafkaEndpoint("127.0.0.1", broker.process().port("kafka"));
        try (var connection = connect(broker)) {
            declare(connection);
            try (var producer = kafka.producer()) {
                var headers = List.<Header>of(new RecordHeader("kind", "note".getBytes()));
                producer.send(new ProducerRecord<>(log, 0, "key", "from kafka", headers))
                        .get();
            }

            var channel = connection.createChannel();
            channel.basicQos(10);
            var received = new CopyOnWriteArrayList<String>();
            channel.basicConsume(
                    log,
                    false,
                    Map.of("x-stream-offset", "first"),
                    (tag, delivery) -> received.add(new String(delivery.getBody()) + " "
                            + delivery.getProperties().getHeaders().get("kind")),
                    tag -> {});

            await().atMost(Duration.ofSeconds(30)).until(() -> received.contains("from kafka note"));
        }
    }

    private static Connection connect(SharedBroker broker) throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(broker.process().port("amqp"));
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private void declare(Connection connection) throws IOException {
        var channel = connection.createChannel();
        channel.exchangeDeclare(exchange, "topic", true);
        channel.queueDeclare(queue, true, false, false, Map.of());
        channel.queueBind(queue, exchange, "order.#");
        channel.queueDeclare(log, true, false, false, Map.of("x-queue-type", "stream"));
        channel.queueBind(log, exchange, "order.#");
    }

    private List<String> work(Connection connection) throws IOException {
        var taken = new CopyOnWriteArrayList<String>();
        var channel = connection.createChannel();
        channel.basicConsume(
                queue,
                false,
                (tag, delivery) -> {
                    taken.add(new String(delivery.getBody()));
                    channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                tag -> {});
        return taken;
    }

    private void publish(Connection connection) throws Exception {
        var channel = connection.createChannel();
        channel.confirmSelect();
        var properties = new BasicProperties.Builder()
                .deliveryMode(2)
                .messageId("id")
                .headers(Map.of("kind", "order", "count", 42))
                .build();
        for (String body : bodies()) {
            channel.basicPublish(exchange, "order.new", properties, body.getBytes());
        }
        channel.waitForConfirmsOrDie(20_000);
    }

    private static List<String> bodies() {
        return IntStream.range(0, MESSAGES).mapToObj(i -> "order " + i).toList();
    }
}
