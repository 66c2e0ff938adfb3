package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.mirror.RemoteClusterUtils;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: who leaves a Kafka for Headrace moves with MirrorMaker 2: topics with their configurations, records in their
/// partitions, and groups that go on where they were (acceptance H3). Method: a real Kafka as the source; in the middle
/// MirrorMaker and the broker are killed.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MirrorMakerIT {
    private static final int RECORDS = 3_000; // before the kills, and as many after
    private static final int PARTITIONS = 3;
    private static final long READ_OF_EACH = RECORDS / PARTITIONS;
    private static final String TOPIC = "orders";
    private static final String MIRRORED = "old.orders";
    private static final String GROUP = "billing";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path folder;

    @Test
    void records_configurations_and_the_offsets_of_groups_move_from_a_kafka() throws Exception {
        ConnectInstallation.assumeThere();
        try (var source = KafkaProcess.start(Files.createDirectory(folder.resolve("source")));
                var target =
                        Node.start(Files.createDirectory(folder.resolve("target")), "log.cleaner.backoff.ms=1000");
                var there = source.endpoint().admin();
                var here = target.endpoint().admin()) {
            Topics.create(there, TOPIC, PARTITIONS, "retention.ms=864000000", "max.message.bytes=500000");
            produce(source.endpoint(), 0);
            readAll(source.endpoint());

            var config = config(source.endpoint(), target.endpoint());
            var log = ConnectInstallation.log("mirror");
            var mirror = start(log, config);
            try {
                awaitMirrored(target, here, RECORDS);
                awaitGroupMoved(target.endpoint(), here);
                target.kill();
                mirror.destroyForcibly().waitFor();
                produce(source.endpoint(), RECORDS);
                target.restart();
                mirror = start(log, config);
                awaitMirrored(target, here, 2 * RECORDS);

                checkConfig(here);
                checkGroupGoesOn(target.endpoint());
                checkStateIsCompacted(here);
            } finally {
                mirror.destroyForcibly().waitFor();
            }
        }
    }

    private static void produce(KafkaEndpoint kafka, int first) {
        try (var producer = kafka.producer()) {
            IntStream.range(first, first + RECORDS).forEach(i -> {
                var record = new ProducerRecord<>(TOPIC, i % PARTITIONS, "key " + i % 100, "value " + i);
                record.headers().add("number", Integer.toString(i).getBytes());
                producer.send(record);
            });
        }
    }

    /// A group has read what there is, and is gone.
    private static void readAll(KafkaEndpoint kafka) {
        try (var consumer = kafka.consumer("group.id=" + GROUP, "enable.auto.commit=false")) {
            consumer.assign(partitions(TOPIC));
            for (TopicPartition partition : partitions(TOPIC)) {
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(READ_OF_EACH, "billed")));
            }
        }
    }

    private static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private Path config(KafkaEndpoint source, KafkaEndpoint target) throws Exception {
        var lines = new ArrayList<>(List.of(
                "clusters=old,new",
                "old.bootstrap.servers=" + source.bootstrap(),
                "new.bootstrap.servers=" + target.bootstrap(),
                "old->new.enabled=true",
                "old->new.topics=" + TOPIC,
                "old->new.groups=" + GROUP,
                "new->old.enabled=false",
                "sync.group.offsets.enabled=true",
                "emit.heartbeats.enabled=false",
                "offset.lag.max=0", // so that offsets translate exactly
                "new.offset.flush.interval.ms=1000",
                "new.session.timeout.ms=6000",
                "new.heartbeat.interval.ms=1000",
                "new.scheduled.rebalance.max.delay.ms=0"));
        for (String often : List.of(
                "refresh.topics", "refresh.groups", "sync.topic.configs", "emit.checkpoints", "sync.group.offsets")) {
            lines.add(often + ".interval.seconds=1");
        }
        for (String topic : List.of("", "checkpoints.topic.", "offset-syncs.topic.", "heartbeats.topic.")) {
            lines.add(topic + "replication.factor=1");
        }
        for (String topic : List.of("config", "offset", "status")) {
            lines.add(topic + ".storage.replication.factor=1");
        }
        return Files.write(folder.resolve("mirror.properties"), lines);
    }

    private static Process start(Path log, Path config) throws Exception {
        return ConnectInstallation.start(log, "org.apache.kafka.connect.mirror.MirrorMaker", config.toString());
    }

    /// Waits until the first `count` records have come, each in its partition and with all it had; after a kill some
    /// may have come twice.
    private static void awaitMirrored(Node target, Admin here, int count) throws Exception {
        await().atMost(PATIENCE).until(() -> isThere(here));
        try (var consumer = target.endpoint().consumer()) {
            consumer.assign(partitions(MIRRORED));
            var came = new TreeSet<Integer>();
            await().atMost(PATIENCE).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> came.add(number(record)));
                assertThat(came).hasSize(count);
            });
        }
    }

    private static boolean isThere(Admin here) throws Exception {
        try {
            return Topics.await(here.describeTopics(List.of(MIRRORED)).allTopicNames())
                            .get(MIRRORED)
                            .partitions()
                            .size()
                    == PARTITIONS;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
            return false;
        }
    }

    private static int number(ConsumerRecord<String, String> record) {
        int number = Integer.parseInt(
                new String(record.headers().lastHeader("number").value()));
        assertThat(record.partition()).isEqualTo(number % PARTITIONS);
        assertThat(record.key()).isEqualTo("key " + number % 100);
        assertThat(record.value()).isEqualTo("value " + number);
        return number;
    }

    private static void checkConfig(Admin here) throws Exception {
        assertThat(config(here, MIRRORED, "retention.ms")).isEqualTo("864000000");
        assertThat(config(here, MIRRORED, "max.message.bytes")).isEqualTo("500000");
    }

    private static String config(Admin admin, String topic, String key) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Topics.await(admin.describeConfigs(List.of(resource)).all())
                .get(resource)
                .get(key)
                .value();
    }

    /// By what the client's library reads from the checkpoints, and by what MirrorMaker commits for the group.
    private static void awaitGroupMoved(KafkaEndpoint kafka, Admin here) {
        var all = partitions(MIRRORED).stream().collect(Collectors.toMap(Function.identity(), any -> READ_OF_EACH));
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(translated(kafka)).isEqualTo(all);
            assertThat(committed(here)).isEqualTo(all);
        });
    }

    /// It reads all that it has not read there; what MirrorMaker sent twice because it was killed may be before that.
    private static void checkGroupGoesOn(KafkaEndpoint kafka) {
        try (var consumer = kafka.consumer("group.id=" + GROUP)) {
            consumer.subscribe(List.of(MIRRORED));
            var came = new TreeSet<Integer>();
            await().atMost(PATIENCE).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> came.add(number(record)));
                assertThat(came.tailSet(RECORDS)).hasSize(RECORDS);
            });
            assertThat(came.headSet(RECORDS)).as("read before the group moved").hasSizeLessThan(RECORDS);
        }
    }

    private static Map<TopicPartition, Long> translated(KafkaEndpoint kafka) throws Exception {
        return offsets(RemoteClusterUtils.translateOffsets(kafka.settings(), "old", GROUP, Duration.ofSeconds(10)));
    }

    private static Map<TopicPartition, Long> committed(Admin here) throws Exception {
        return offsets(Topics.await(here.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata()));
    }

    private static Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetAndMetadata> committed) {
        return committed.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
    }

    private static void checkStateIsCompacted(Admin here) throws Exception {
        for (String topic :
                List.of("mm2-configs.old.internal", "mm2-offsets.old.internal", "mm2-status.old.internal")) {
            assertThat(config(here, topic, "cleanup.policy")).isEqualTo("compact");
        }
        assertThat(config(here, "old.checkpoints.internal", "cleanup.policy")).isEqualTo("compact");
    }
}
