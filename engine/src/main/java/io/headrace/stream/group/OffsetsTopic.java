package io.headrace.stream.group;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Partition;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.server.record.BrokerCompressionType;

/// The topic in which a vhost's groups are kept.
///
/// Threads: [#definition] and [#topics] any; the rest the loop.
final class OffsetsTopic {
    static final String NAME = Topic.GROUP_METADATA_TOPIC_NAME;

    private final Catalog catalog;
    private final String vhost;
    private final GroupTopics topics;

    OffsetsTopic(Catalog catalog, String vhost, GroupTopics topics) {
        this.catalog = catalog;
        this.vhost = vhost;
        this.topics = topics;
    }

    /// As Kafka creates it.
    static Map<String, String> settings(GroupCoordinatorConfig config) {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.COMPRESSION_TYPE_CONFIG,
                BrokerCompressionType.PRODUCER.name,
                TopicConfig.SEGMENT_BYTES_CONFIG,
                Integer.toString(config.offsetsTopicSegmentBytes()));
    }

    Optional<TopicDefinition> definition() {
        return catalog.topic(vhost, NAME);
    }

    /// All topics of the vhost.
    GroupTopics topics() {
        return topics;
    }

    Optional<Partition> find(TopicPartition partition) {
        return definition()
                .flatMap(topic -> topics.partition(topic, partition.partition()))
                .filter(found -> !found.gone());
    }

    /// @throws NotLeaderOrFollowerException there is no such partition
    Partition partition(TopicPartition partition) {
        return find(partition)
                .orElseThrow(() -> new NotLeaderOrFollowerException("There is no partition " + partition + "."));
    }
}
