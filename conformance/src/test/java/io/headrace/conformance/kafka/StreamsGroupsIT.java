package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.Names;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Goal: a Kafka Streams application with `group.protocol=streams` has its tasks from the broker, which also makes the
/// topics between its parts (KIP-1071).
@ExtendWith(RealKafka.class)
@Execution(ExecutionMode.CONCURRENT)
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamsGroupsIT {
    private static final String GROUPS = "org.apache.kafka.tools.streams.StreamsGroupCommand";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path state;

    private final String app = Names.fresh("app");

    @Test
    void words_are_counted_by_two_instances_that_share_the_tasks(KafkaEndpoint kafka, Admin admin) throws Exception {
        var input = Topics.create(admin, 4);
        var output = Topics.create(admin, 1);
        try (var first = instance(kafka, "1", input, output)) {
            first.start();
            try (var second = instance(kafka, "2", input, output)) {
                second.start();
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(
                                ExecutionException.class) // there is no group before the first joins
                        .until(() -> members(admin) == 2);
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(tasksOfEachMember(admin)).containsExactly(4, 4));
                produce(kafka, input, "a b", "b c", "c d", "c");

                var wanted = Map.of("a", 1L, "b", 2L, "c", 3L, "d", 1L);
                assertThat(counts(kafka, output, wanted)).isEqualTo(wanted);
                assertThat(Topics.await(admin.listTopics().names()))
                        .contains(app + "-counts-repartition", app + "-counts-changelog");
                assertThat(Tools.run(kafka, GROUPS, "--list")).contains(app);
                assertThat(Tools.run(kafka, GROUPS, "--describe", "--group", app, "--state"))
                        .anyMatch(line -> line.contains(app) && line.contains("Stable"));
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(tasksOfEachMember(admin)).containsExactly(8));
            produce(kafka, input, "d d");
            counts(kafka, output, Map.of("d", 3L));
        }
    }

    private int members(Admin admin) throws Exception {
        return described(admin).members().size();
    }

    private List<Integer> tasksOfEachMember(Admin admin) throws Exception {
        var group = described(admin);
        assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
        return group.members().stream()
                .map(member -> member.assignment().activeTasks().stream()
                        .mapToInt(tasks -> tasks.partitions().size())
                        .sum())
                .toList();
    }

    private StreamsGroupDescription described(Admin admin) throws Exception {
        return Topics.await(admin.describeStreamsGroups(List.of(app)).all()).get(app);
    }

    private static void produce(KafkaEndpoint kafka, String topic, String... lines) {
        try (var producer = kafka.producer()) {
            int partition = 0;
            for (String line : lines) {
                producer.send(new ProducerRecord<>(topic, partition++, null, line));
            }
        }
    }

    /// The newest count of each word, once they are `wanted`.
    private static Map<String, Long> counts(KafkaEndpoint kafka, String topic, Map<String, Long> wanted) {
        var counts = new TreeMap<String, Long>();
        try (var consumer = kafka.consumer("group.id=" + Names.fresh("reader"))) {
            consumer.subscribe(List.of(topic));
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> counts.put(record.key(), Long.valueOf(record.value())));
                return counts.entrySet().containsAll(wanted.entrySet());
            });
        }
        return counts;
    }

    private KafkaStreams instance(KafkaEndpoint kafka, String name, String input, String output) {
        var builder = new StreamsBuilder();
        KStream<String, String> lines = builder.stream(input);
        lines.flatMapValues(line -> List.of(line.split(" ")))
                .groupBy((_, word) -> word, Grouped.as("counts"))
                .count(Materialized.as("counts"))
                .toStream()
                .mapValues(count -> Long.toString(count))
                .to(output, Produced.with(Serdes.String(), Serdes.String()));
        var settings = new Properties();
        settings.putAll(kafka.settings(
                "application.id=" + app,
                "client.id=" + app + "-" + name,
                "group.protocol=streams",
                "num.stream.threads=1",
                "commit.interval.ms=200",
                "statestore.cache.max.bytes=0",
                "state.dir=" + state.resolve(name)));
        settings.put("default.key.serde", Serdes.String().getClass());
        settings.put("default.value.serde", Serdes.String().getClass());
        return new KafkaStreams(builder.build(), settings);
    }
}
