package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.headrace.conformance.BrokerProcess;
import io.headrace.conformance.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: above the memory watermark publishers of both protocols wait, and know why where the protocol can say it;
/// consumers go on, and what has waited in vain leaves nothing behind.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MemoryAlarmIT {
    private static final String QUEUE = "waiting";
    private static final String[] ALWAYS_SHORT = {"--resources-memory-high-watermark", "0.000000001"};

    @Test
    void publishers_are_told_and_wait_consumers_go_on(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data);
                var connection = amqp(broker);
                var producer = kafka(broker).producer()) {
            var channel = connection.createChannel();
            channel.queueDeclare(QUEUE, true, false, false, Map.of());
            channel.confirmSelect();
            channel.basicPublish("", QUEUE, MessageProperties.MINIMAL_PERSISTENT_BASIC, "before".getBytes());
            channel.waitForConfirmsOrDie(20_000);
            producer.send(new ProducerRecord<>(QUEUE + ".topic", "before")).get(20, TimeUnit.SECONDS);
        }

        try (var broker = BrokerProcess.start(data, ALWAYS_SHORT);
                var consuming = amqp(broker)) {
            var publishing = amqp(broker); // ends with the broker: a blocked connection is not read, its close neither
            var reason = new AtomicReference<>("");
            publishing.addBlockedListener(reason::set, () -> reason.set(""));
            publishing
                    .createChannel()
                    .basicPublish("", QUEUE, MessageProperties.MINIMAL_PERSISTENT_BASIC, "held".getBytes());
            await().untilAsserted(() -> assertThat(reason.get()).isEqualTo("low on memory"));

            var channel = consuming.createChannel();
            assertThat(channel.basicGet(QUEUE, true).getBody()).isEqualTo("before".getBytes());
            assertThat(channel.basicGet(QUEUE, true)).isNull();
            produceIsHeld(broker, "held");
            consumeGoesOn(broker);
        }
    }

    @Test
    void producers_that_give_up_during_an_alarm_leave_room_for_those_after_it(@TempDir Path data) throws Exception {
        try (var broker = BrokerProcess.start(data, "--kafka-request-memory", "1MiB");
                var producer = kafka(broker).producer()) {
            var large = "x".repeat(900_000); // more than is read at once
            producer.send(new ProducerRecord<>(QUEUE + ".topic", large)).get(20, TimeUnit.SECONDS);
            limitMemory(data, "0");
            for (int i = 0; i < 3; i++) {
                produceIsHeld(broker, large);
            }

            limitMemory(data, "0.6");

            producer.send(new ProducerRecord<>(QUEUE + ".topic", large)).get(20, TimeUnit.SECONDS);
        }
    }

    private static void limitMemory(Path data, String part) {
        assertThat(new Shell(data).run("rabbitmqctl", "set_vm_memory_high_watermark", part))
                .returns(0, Shell.Result::exit);
    }

    private static void produceIsHeld(BrokerProcess broker, String value) {
        try (var producer =
                kafka(broker).producer("delivery.timeout.ms=3000", "request.timeout.ms=2000", "linger.ms=0")) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(QUEUE + ".topic", value))
                            .get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TimeoutException.class);
            producer.close(Duration.ZERO);
        }
    }

    private static void consumeGoesOn(BrokerProcess broker) {
        try (var consumer = kafka(broker).consumer("group.id=going-on")) {
            consumer.subscribe(List.of(QUEUE + ".topic"));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(consumer.poll(Duration.ofMillis(200)))
                            .extracting(record -> record.value())
                            .containsExactly("before"));
        }
    }

    private static Connection amqp(BrokerProcess broker) throws Exception {
        var factory = new ConnectionFactory();
        factory.setPort(broker.port("amqp"));
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static KafkaEndpoint kafka(BrokerProcess broker) {
        return new KafkaEndpoint("127.0.0.1", broker.port("kafka"));
    }
}
