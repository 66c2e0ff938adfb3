package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.Names;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: topics are created, described, grown, configured and deleted by Kafka's admin client (acceptance H2, H4).
@ExtendWith(RealKafka.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class TopicsIT {
    /// A Kafka under test needs `log.retention.check.interval.ms=1000`: its default is five minutes.
    private static final Duration RETENTION_PATIENCE = Duration.ofSeconds(20);

    @Test
    void a_created_topic_is_described_as_it_was_asked_for(Admin admin) throws Exception {
        var name = Names.fresh("topic");
        var created = admin.createTopics(
                List.of(new NewTopic(name, 3, (short) 1).configs(Map.of("retention.ms", "86400000"))));
        Topics.await(created.all());

        var described = Topics.await(admin.describeTopics(List.of(name)).allTopicNames())
                .get(name);
        assertThat(described.partitions()).extracting(p -> p.partition()).containsExactly(0, 1, 2);
        assertThat(described.partitions()).allSatisfy(partition -> {
            assertThat(partition.leader().id()).isEqualTo(1);
            assertThat(partition.replicas()).hasSize(1).isEqualTo(partition.isr());
        });
        assertThat(described.isInternal()).isFalse();
        assertThat(described.topicId()).isEqualTo(Topics.await(created.topicId(name)));
        assertThat(Topics.await(created.numPartitions(name))).isEqualTo(3);
        assertThat(Topics.await(created.config(name)).get("retention.ms").value())
                .isEqualTo("86400000");
        assertThat(Topics.await(admin.listTopics().names())).contains(name);
    }

    @Test
    void what_cannot_be_created_is_refused_for_its_reason(Admin admin) throws Exception {
        var there = Topics.create(admin, 1);

        assertRefused(admin, new NewTopic(there, 1, (short) 1), TopicExistsException.class);
        assertRefused(admin, new NewTopic("a b", 1, (short) 1), InvalidTopicException.class);
        assertRefused(admin, new NewTopic("..", 1, (short) 1), InvalidTopicException.class);
        assertRefused(admin, new NewTopic("x".repeat(250), 1, (short) 1), InvalidTopicException.class);
        assertRefused(admin, new NewTopic(there.replace('.', '_'), 1, (short) 1), InvalidTopicException.class);
        assertRefused(admin, new NewTopic(Names.fresh("t"), 0, (short) 1), InvalidPartitionsException.class);
        assertRefused(admin, new NewTopic(Names.fresh("t"), 1, (short) 2), InvalidReplicationFactorException.class);
        assertRefused(
                admin,
                new NewTopic(Names.fresh("t"), 1, (short) 1).configs(Map.of("no.such.key", "1")),
                InvalidConfigurationException.class);
        assertRefused(
                admin,
                new NewTopic(Names.fresh("t"), 1, (short) 1).configs(Map.of("retention.ms", "soon")),
                InvalidConfigurationException.class);
    }

    private static void assertRefused(Admin admin, NewTopic topic, Class<? extends Exception> why) {
        assertThatThrownBy(() -> Topics.await(admin.createTopics(List.of(topic)).all()))
                .as(topic.toString())
                .hasCauseInstanceOf(why);
    }

    @Test
    void partitions_are_added_while_records_flow(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        try (var producer = kafka.producer("metadata.max.age.ms=200");
                var consumer = kafka.consumer("group.id=" + topic, "metadata.max.age.ms=200")) {
            consumer.subscribe(List.of(topic));
            producer.send(new ProducerRecord<>(topic, "before")).get();
            assertThat(Polling.takeValues(consumer, 1)).containsExactly("before");

            Topics.await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(4)))
                    .all());

            await().until(() -> producer.partitionsFor(topic).size() == 4);
            for (int partition = 0; partition < 4; partition++) {
                producer.send(new ProducerRecord<>(topic, partition, null, "to " + partition));
            }
            assertThat(Polling.takeValues(consumer, 4)).containsExactlyInAnyOrder("to 0", "to 1", "to 2", "to 3");
        }
        assertThatThrownBy(() -> Topics.await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                        .all()))
                .hasCauseInstanceOf(InvalidPartitionsException.class);
    }

    @Test
    void a_deleted_topic_is_gone_and_its_name_begins_anew(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        var id = Topics.await(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .topicId();
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(topic, "old")).get();
        }

        Topics.await(admin.deleteTopics(List.of(topic)).all());
        assertThatThrownBy(
                        () -> Topics.await(admin.describeTopics(List.of(topic)).allTopicNames()))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThatThrownBy(() -> Topics.await(admin.deleteTopics(List.of(topic)).all()))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        Topics.create(admin, topic, 1);

        var again = Topics.await(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic);
        assertThat(again.topicId()).isNotEqualTo(id);
        try (var producer = kafka.producer()) {
            assertThat(producer.send(new ProducerRecord<>(topic, "new")).get().offset())
                    .isZero();
        }
    }

    @Test
    void configs_tell_their_value_their_default_and_where_it_comes_from(Admin admin) throws Exception {
        var topic = Topics.create(admin, 1, "retention.bytes=1000000");

        var config = describe(admin, topic);

        assertThat(config.get("retention.bytes").value()).isEqualTo("1000000");
        assertThat(config.get("retention.bytes").source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(config.get("retention.ms").value()).isEqualTo("604800000");
        assertThat(config.get("cleanup.policy").value()).isEqualTo("delete");
        assertThat(config.get("cleanup.policy").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        assertThat(config.get("max.message.bytes").value()).isEqualTo("1048588");
        assertThat(config.get("compression.type").value()).isEqualTo("producer");
        assertThat(config.entries()).extracting(ConfigEntry::name).contains("segment.bytes", "min.insync.replicas");
    }

    @Test
    void configs_are_set_removed_appended_to_and_subtracted_from(Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);

        alter(admin, topic, op("retention.ms", "1000", OpType.SET), op("cleanup.policy", "compact", OpType.APPEND));
        assertThat(describe(admin, topic).get("retention.ms").value()).isEqualTo("1000");
        assertThat(describe(admin, topic).get("cleanup.policy").value()).isEqualTo("delete,compact");

        alter(admin, topic, op("retention.ms", "", OpType.DELETE), op("cleanup.policy", "compact", OpType.SUBTRACT));
        assertThat(describe(admin, topic).get("retention.ms").value()).isEqualTo("604800000");
        assertThat(describe(admin, topic).get("cleanup.policy").value()).isEqualTo("delete");

        assertThatThrownBy(() -> alter(admin, topic, op("segment.bytes", "-3", OpType.SET)))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> alter(admin, topic, op("no.such.key", "1", OpType.SET)))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void a_config_takes_effect_at_once(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1);
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(topic, "x".repeat(5_000))).get();

            alter(admin, topic, op("max.message.bytes", "1000", OpType.SET));

            await().untilAsserted(() ->
                    assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, "x".repeat(5_000)))
                            .get()));
        }
    }

    @Test
    void retention_by_size_keeps_the_newest_segments(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1, "retention.bytes=3000000", "segment.bytes=1048576");
        fill(kafka, topic, 10_000_000);

        var partition = new TopicPartition(topic, 0);
        await().atMost(RETENTION_PATIENCE).until(() -> startOf(admin, partition) > 0);
        try (var consumer = kafka.consumer()) {
            var left = Polling.readAll(consumer, partition);
            long bytes = left.stream().mapToLong(r -> r.value().length()).sum();
            assertThat(bytes).isBetween(2_000_000L, 9_000_000L);
            assertThat(left.getLast().offset()).isEqualTo(9_999);
        }
    }

    @Test
    void retention_by_time_lets_old_segments_go(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1, "retention.ms=3600000", "segment.bytes=1048576");
        var partition = new TopicPartition(topic, 0);
        long old = System.currentTimeMillis() - Duration.ofHours(2).toMillis();
        try (var producer = kafka.producer()) {
            for (int i = 0; i < 3_000; i++) {
                producer.send(new ProducerRecord<>(topic, 0, old + i, "k", "x".repeat(1_000)));
            }
            producer.send(new ProducerRecord<>(topic, "young"));
        }

        await().atMost(RETENTION_PATIENCE).until(() -> startOf(admin, partition) > 0);
        try (var consumer = kafka.consumer()) {
            assertThat(Polling.readAll(consumer, partition).getLast().value()).isEqualTo("young");
        }
    }

    @Test
    void a_segment_ends_by_time_when_the_topic_says_so(KafkaEndpoint kafka, Admin admin) throws Exception {
        var topic = Topics.create(admin, 1, "segment.ms=100", "retention.ms=200");
        var partition = new TopicPartition(topic, 0);
        try (var producer = kafka.producer()) {
            producer.send(new ProducerRecord<>(topic, "old")).get();

            await().atMost(RETENTION_PATIENCE).until(() -> {
                producer.send(new ProducerRecord<>(topic, "tick")).get();
                return startOf(admin, partition) > 0;
            });
        }
    }

    private static void fill(KafkaEndpoint kafka, String topic, int bytes) {
        try (var producer = kafka.producer()) {
            IntStream.range(0, bytes / 1_000)
                    .forEach(i -> producer.send(new ProducerRecord<>(topic, "x".repeat(1_000))));
        }
    }

    private static long startOf(Admin admin, TopicPartition partition) throws Exception {
        return Topics.await(admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                        .partitionResult(partition))
                .offset();
    }

    private static Config describe(Admin admin, String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Topics.await(admin.describeConfigs(List.of(resource)).all()).get(resource);
    }

    private static AlterConfigOp op(String key, String value, OpType type) {
        return new AlterConfigOp(new ConfigEntry(key, value), type);
    }

    private static void alter(Admin admin, String topic, AlterConfigOp... ops) throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> change =
                Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(ops));
        Topics.await(admin.incrementalAlterConfigs(change).all());
    }
}
