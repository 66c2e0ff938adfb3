package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: an application of Kafka Streams works: it makes the topics it needs, and what it knew is there again after its
/// directory is gone (acceptance C3, H1).
@ExtendWith(RealKafka.class)
@Execution(ExecutionMode.CONCURRENT) // most of it is waiting for groups to form
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamsIT {
    private static final int PARTITIONS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"at_least_once", "exactly_once_v2"})
    void words_are_counted_over_a_lost_directory(String guarantee, KafkaEndpoint kafka, Admin admin) throws Exception {
        var id = Names.fresh("words");
        var lines = Topics.create(admin, PARTITIONS);
        var counts = Topics.create(admin, PARTITIONS);

        var first = start(kafka, id, lines, counts, guarantee);
        send(kafka, lines, "the quick brown fox", "jumps over the lazy dog");
        awaitCounts(kafka, counts, Map.of("the", "2", "quick", "1", "fox", "1", "dog", "1"));
        StreamsApplication.close(first);
        delete(folder.resolve("state"));
        var second = start(kafka, id, lines, counts, guarantee);
        send(kafka, lines, "the fox", "the dog");

        awaitCounts(kafka, counts, Map.of("the", "4", "quick", "1", "fox", "2", "dog", "2"));
        assertThat(policy(admin, id + "-counts-changelog")).isEqualTo("compact");
        assertThat(policy(admin, id + "-counts-repartition")).isEqualTo("delete");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(start(admin, id + "-counts-repartition"))
                        .as("what was read again is deleted")
                        .isPositive());
        StreamsApplication.close(second);
    }

    private KafkaStreams start(KafkaEndpoint kafka, String id, String lines, String counts, String guarantee) {
        return StreamsApplication.start(
                kafka, id, lines, counts, folder.resolve("state"), "processing.guarantee=" + guarantee);
    }

    private static void send(KafkaEndpoint kafka, String topic, String... lines) {
        try (var producer = kafka.producer()) {
            for (String line : lines) {
                producer.send(new ProducerRecord<>(topic, line));
            }
        }
    }

    /// Waits until the last counts of some words are these.
    private static void awaitCounts(KafkaEndpoint kafka, String topic, Map<String, String> expected) {
        var counts = new HashMap<String, String>();
        try (var consumer = kafka.consumer("isolation.level=read_committed")) {
            consumer.assign(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
            await().atMost(PATIENCE).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(count -> counts.put(count.key(), count.value()));
                assertThat(counts).containsAllEntriesOf(expected);
            });
        }
    }

    private static String policy(Admin admin, String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Topics.await(admin.describeConfigs(List.of(resource)).all())
                .get(resource)
                .get("cleanup.policy")
                .value();
    }

    /// Where the partitions of a topic begin, in sum.
    private static long start(Admin admin, String topic) throws Exception {
        var earliest = Map.of(
                new TopicPartition(topic, 0),
                OffsetSpec.earliest(),
                new TopicPartition(topic, 1),
                OffsetSpec.earliest());
        return Topics.await(admin.listOffsets(earliest).all()).values().stream()
                .mapToLong(each -> each.offset())
                .sum();
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
