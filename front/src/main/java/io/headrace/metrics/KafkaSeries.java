package io.headrace.metrics;

import io.headrace.broker.NodeView;
import io.headrace.broker.PartitionReport;
import io.headrace.metrics.Exposition.Type;
import io.headrace.stream.group.GroupLag;
import io.headrace.stream.group.GroupLag.PartitionLag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// Topics and consumer groups under the names of kafka_exporter.
///
/// In the sums the label `partition` is missing, so that dashboards, which sum over it, show the same.
final class KafkaSeries {
    private static final String NODE = "1"; // the one there is

    private record Named(String labels, long value) {}

    private record OfPartition(String name, String help, ToLongFunction<PartitionReport> value) {}

    private record OfGroup(String name, String help, ToLongFunction<PartitionLag> value) {}

    private static final List<OfPartition> OFFSETS = List.of(
            new OfPartition("current_offset", "Current Offset of a Broker at Topic/Partition", PartitionReport::end),
            new OfPartition("oldest_offset", "Oldest Offset of a Broker at Topic/Partition", PartitionReport::start));
    /// The same for all partitions as long as there is one node.
    private static final List<OfPartition> REPLICAS = List.of(
            new OfPartition("in_sync_replica", "Number of In-Sync Replicas for this Topic/Partition", _ -> 1),
            new OfPartition("leader", "Leader Broker ID of this Topic/Partition", _ -> 1),
            new OfPartition("leader_is_preferred", "1 if Topic/Partition is using the Preferred Broker", _ -> 1),
            new OfPartition("replicas", "Number of Replicas for this Topic/Partition", _ -> 1),
            new OfPartition("under_replicated_partition", "1 if Topic/Partition is under Replicated", _ -> 0));
    private static final List<OfGroup> GROUPS = List.of(
            new OfGroup(
                    "current_offset", "Current Offset of a ConsumerGroup at Topic/Partition", PartitionLag::committed),
            new OfGroup("lag", "Current Approximate Lag of a ConsumerGroup at Topic/Partition", PartitionLag::lag));

    private KafkaSeries() {}

    /// A series for each topic, and for each topic that a group reads.
    static void sums(Exposition text, KafkaScrape scrape, NodeView node) {
        brokers(text, node);
        var topics = partitionCounts(text, scrape);
        for (OfPartition metric : OFFSETS) {
            begin(text, metric);
            for (int i = 0; i < topics.size(); i++) {
                text.sample(
                        topics.get(i),
                        scrape.topics().get(i).partitions().stream()
                                .mapToLong(metric.value)
                                .sum());
            }
        }
        var groups = byTopic(scrape.groups());
        for (OfGroup metric : GROUPS) {
            sums(text, "", metric, groups);
        }
        sums(text, groups);
        members(text, scrape.groups());
    }

    /// A series for each partition.
    ///
    /// @param replicas also what is the same for all of them
    static void partitions(Exposition text, KafkaScrape scrape, NodeView node, boolean replicas) {
        brokers(text, node);
        partitionCounts(text, scrape);
        List<String> labels = new ArrayList<>();
        List<PartitionReport> partitions = new ArrayList<>();
        for (var topic : scrape.topics()) {
            for (var partition : topic.partitions()) {
                labels.add(Exposition.labels("topic", topic.name(), "partition", Integer.toString(partition.index())));
                partitions.add(partition);
            }
        }
        List<OfPartition> metrics = new ArrayList<>(OFFSETS);
        metrics.addAll(replicas ? REPLICAS : List.of());
        for (OfPartition metric : metrics) {
            begin(text, metric);
            for (int i = 0; i < partitions.size(); i++) {
                text.sample(labels.get(i), metric.value.applyAsLong(partitions.get(i)));
            }
        }
        for (OfGroup metric : GROUPS) {
            begin(text, "", metric);
            for (GroupLag group : scrape.groups()) {
                for (PartitionLag partition : group.partitions()) {
                    text.sample(
                            Exposition.labels(
                                    "consumergroup", group.group(),
                                    "topic", partition.topic(),
                                    "partition", Integer.toString(partition.partition())),
                            metric.value.applyAsLong(partition));
                }
            }
        }
        sums(text, byTopic(scrape.groups()));
        members(text, scrape.groups());
    }

    private static void brokers(Exposition text, NodeView node) {
        text.metric("kafka_brokers", Type.GAUGE, "Number of Brokers in the Kafka Cluster")
                .sample("", 1);
        text.metric("kafka_broker_info", Type.GAUGE, "Information about the Kafka Broker");
        node.doors().stream()
                .filter(door -> door.protocol().startsWith("kafka"))
                .findFirst()
                .ifPresent(door ->
                        text.sample(Exposition.labels("id", NODE, "address", door.host() + ":" + door.port()), 1));
    }

    /// @return the labels of each topic
    private static List<String> partitionCounts(Exposition text, KafkaScrape scrape) {
        var labels = scrape.topics().stream()
                .map(topic -> Exposition.labels("topic", topic.name()))
                .toList();
        text.metric("kafka_topic_partitions", Type.GAUGE, "Number of partitions for this Topic");
        for (int i = 0; i < labels.size(); i++) {
            text.sample(labels.get(i), scrape.topics().get(i).partitions().size());
        }
        return labels;
    }

    private static void begin(Exposition text, OfPartition metric) {
        text.metric("kafka_topic_partition_" + metric.name, Type.GAUGE, metric.help);
    }

    private static void begin(Exposition text, String suffix, OfGroup metric) {
        // Prometheus keeps `_sum` for summaries
        var type = suffix.isEmpty() ? Type.GAUGE : Type.UNTYPED;
        text.metric("kafka_consumergroup_" + metric.name + suffix, type, metric.help);
    }

    private static void sums(Exposition text, Map<String, List<PartitionLag>> groups) {
        for (OfGroup metric : GROUPS) {
            sums(text, "_sum", metric, groups);
        }
    }

    private static void sums(Exposition text, String suffix, OfGroup metric, Map<String, List<PartitionLag>> groups) {
        begin(text, suffix, metric);
        groups.entrySet().stream()
                .map(group -> new Named(
                        group.getKey(),
                        group.getValue().stream().mapToLong(metric.value).sum()))
                .forEach(named -> text.sample(named.labels, named.value));
    }

    /// By the labels of a group and a topic.
    private static Map<String, List<PartitionLag>> byTopic(List<GroupLag> groups) {
        Map<String, List<PartitionLag>> all = new TreeMap<>();
        for (GroupLag group : groups) {
            group.partitions().stream()
                    .collect(Collectors.groupingBy(PartitionLag::topic))
                    .forEach((topic, partitions) ->
                            all.put(Exposition.labels("consumergroup", group.group(), "topic", topic), partitions));
        }
        return all;
    }

    private static void members(Exposition text, List<GroupLag> groups) {
        text.metric("kafka_consumergroup_members", Type.GAUGE, "Amount of members in a consumer group");
        groups.forEach(group -> text.sample(Exposition.labels("consumergroup", group.group()), group.members()));
    }
}
