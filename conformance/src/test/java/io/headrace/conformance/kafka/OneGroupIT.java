package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import io.headrace.conformance.SharedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: RabbitMQ's consumers and Kafka's share consumers eat from one topic as one group.
/// Method: both clients, the group's argument `x-share-group`, and Kafka's tools to look at it.
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class OneGroupIT {
    private static final int RECORDS = 2_000;
    private static final int PARTITIONS = 3;
    private static final String SHARE_GROUPS = "org.apache.kafka.tools.consumer.group.ShareGroupCommand";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Set<String> ofAmqp = new ConcurrentSkipListSet<>();
    private final Set<String> ofKafka = new ConcurrentSkipListSet<>();

    @Test
    void clients_of_both_protocols_share_the_work(SharedBroker broker, Admin admin) throws Exception {
        var kafka = new KafkaEndpoint("127.0.0.1", broker.process().port("kafka"));
        var topic = topic(admin);
        try (var connection = connect(broker);
                var consumer = kafka.shareConsumer(topic)) {
            var channel = worker(connection, topic);
            channel.basicConsume(
                    topic,
                    false,
                    Map.of("x-share-group", topic),
                    (_, delivery) -> {
                        assertThat(ofAmqp.add(body(delivery))).isTrue();
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    },
                    _ -> {});
            consumer.subscribe(List.of(topic));
            await().atMost(PATIENCE).until(() -> {
                poll(consumer);
                return members(kafka, topic) == 2;
            });

            produce(kafka, topic);

            await().atMost(PATIENCE).until(() -> {
                poll(consumer);
                return ofAmqp.size() + ofKafka.size() >= RECORDS;
            });
            assertThat(ofAmqp).isNotEmpty().doesNotContainAnyElementsOf(ofKafka);
            assertThat(ofKafka).isNotEmpty();
            ofAmqp.addAll(ofKafka);
            assertThat(ofAmqp).isEqualTo(expected());
            await().atMost(PATIENCE).until(() -> {
                poll(consumer);
                return lags(kafka, topic).equals(Set.of("0"));
            });
        }
        await().atMost(PATIENCE).until(() -> members(kafka, topic) == 0);
    }

    @Test
    void what_one_protocol_gives_back_the_other_gets(SharedBroker broker, Admin admin) throws Exception {
        var kafka = new KafkaEndpoint("127.0.0.1", broker.process().port("kafka"));
        var topic = topic(admin);
        produce(kafka, topic);
        var held = new CopyOnWriteArrayList<Delivery>();
        try (var connection = connect(broker)) {
            worker(connection, topic)
                    .basicConsume(
                            topic, false, Map.of("x-share-group", topic), (_, delivery) -> held.add(delivery), _ -> {});
            await().atMost(PATIENCE).until(() -> held.size() == 100); // its prefetch
        } // and it goes without having acknowledged any

        try (var consumer = kafka.shareConsumer(topic)) {
            consumer.subscribe(List.of(topic));
            var again = new CopyOnWriteArrayList<String>();
            await().atMost(PATIENCE).until(() -> {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    ofKafka.add(record.value());
                    if (record.deliveryCount().orElseThrow() > 1) {
                        again.add(record.value());
                    }
                }
                return ofKafka.size() == RECORDS;
            });
            assertThat(again)
                    .containsExactlyInAnyOrderElementsOf(
                            held.stream().map(OneGroupIT::body).toList());
        }
    }

    @Test
    void a_group_of_another_kind_takes_no_such_member(SharedBroker broker, Admin admin) throws Exception {
        var kafka = new KafkaEndpoint("127.0.0.1", broker.process().port("kafka"));
        var topic = topic(admin);
        try (var connection = connect(broker);
                var other = kafka.consumer("group.id=" + topic + ".classic")) {
            other.subscribe(List.of(topic));
            await().atMost(PATIENCE).until(() -> {
                other.poll(Duration.ofMillis(100));
                return !other.assignment().isEmpty();
            });
            assertRefused(connection, topic, Map.of("x-share-group", topic + ".classic"), "is not a share group");
            assertRefused(connection, topic, Map.of("x-share-group", 7), "invalid arg 'x-share-group'");
            assertRefused(
                    connection,
                    topic,
                    Map.of("x-share-group", topic, "x-stream-offset", "first"),
                    "invalid arg 'x-stream-offset'");
        }
    }

    private static void assertRefused(Connection connection, String topic, Map<String, Object> arguments, String why)
            throws IOException {
        var channel = worker(connection, topic);
        assertThatThrownBy(() -> channel.basicConsume(topic, false, arguments, (_, _) -> {}, _ -> {}))
                .isInstanceOf(IOException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ShutdownSignalException.class,
                        signal -> assertThat(signal.getReason().toString()).contains("406", why));
    }

    // ---- what the tests share ----

    private static String topic(Admin admin) throws Exception {
        var topic = Topics.create(admin, PARTITIONS);
        Topics.await(admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.GROUP, topic),
                        List.of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), OpType.SET))))
                .all());
        return topic;
    }

    private static void produce(KafkaEndpoint kafka, String topic) {
        try (var producer = kafka.producer()) {
            expected().forEach(value -> producer.send(new ProducerRecord<>(topic, value, value)));
        }
    }

    private static Set<String> expected() {
        return IntStream.range(0, RECORDS).mapToObj(i -> "m" + i).collect(Collectors.toSet());
    }

    private static Connection connect(SharedBroker broker) throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(broker.process().port("amqp"));
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static Channel worker(Connection connection, String topic) throws IOException {
        var channel = connection.createChannel();
        channel.basicQos(100);
        channel.queueDeclare(topic, true, false, false, Map.of("x-queue-type", "stream"));
        return channel;
    }

    private static String body(Delivery delivery) {
        return new String(delivery.getBody(), StandardCharsets.UTF_8);
    }

    private void poll(ShareConsumer<String, String> consumer) {
        for (var record : consumer.poll(Duration.ofMillis(50))) {
            assertThat(ofKafka.add(record.value())).isTrue();
        }
    }

    private static long members(KafkaEndpoint kafka, String group) throws Exception {
        var table = Tools.run(kafka, SHARE_GROUPS, "--describe", "--group", group, "--members");
        return table.stream().filter(line -> line.startsWith(group + " ")).count();
    }

    private static Set<String> lags(KafkaEndpoint kafka, String group) throws Exception {
        var table = Tools.run(kafka, SHARE_GROUPS, "--describe", "--group", group, "--offsets");
        return table.stream()
                .filter(line -> line.startsWith(group + " "))
                .map(line -> List.of(line.trim().split(" +")).getLast())
                .collect(Collectors.toSet());
    }
}
