package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.net.EventLoops;
import io.headrace.net.Listener;
import io.headrace.net.ListenerConfig;
import io.headrace.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: Kafka's own clients find nothing wrong with the front. The engine behind it is in memory.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealClientsTest {
    private final MemoryBroker broker = new MemoryBroker();
    private EventLoops loops;
    private Listener listener;

    @BeforeEach
    void listen() throws IOException {
        loops = new EventLoops(1, Clock.system());
        listener = Listener.open(
                ListenerConfig.of("kafka", "127.0.0.1", 0),
                loops,
                List.of(new KafkaProtocol(broker, KafkaConfig.defaults())),
                Optional.empty());
    }

    @AfterEach
    void stop() {
        listener.close();
        loops.close();
    }

    private Map<String, Object> plain() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + listener.port());
    }

    private Map<String, Object> sasl(String mechanism, String password) {
        var module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + listener.port(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                mechanism,
                "sasl.jaas.config",
                "org.apache.kafka.common.security.%s required username=\"guest\" password=\"%s\";"
                        .formatted(module, password));
    }

    @Test
    void what_is_produced_is_consumed_in_order() throws ExecutionException, InterruptedException {
        try (var admin = Admin.create(plain())) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (var producer = new KafkaProducer<>(plain(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 1000; i++) {
                producer.send(new ProducerRecord<>("orders", "key", "value " + i));
            }
        }
        var values = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(plain(), new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition("orders", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (values.size() < 1000) {
                consumer.poll(Duration.ofSeconds(5)).forEach(record -> values.add(record.value()));
            }
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 1000L);
        }

        assertThat(values).hasSize(1000).startsWith("value 0", "value 1").endsWith("value 999");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void a_password_is_checked_by_every_mechanism(String mechanism) throws ExecutionException, InterruptedException {
        try (var admin = Admin.create(sasl(mechanism, "guest"))) {
            assertThat(admin.describeCluster().clusterId().get()).hasSize(22);
        }
        try (var admin = Admin.create(sasl(mechanism, "wrong"))) {
            assertThatThrownBy(() -> admin.describeCluster().clusterId().get())
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }
}
