package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// Everything that can be wrong with a topic to be created, grown or deleted, in every version.
final class TopicErrorScript {
    private static final String CREATED = "{topics: [%s], timeoutMs: 30000}";

    private TopicErrorScript() {}

    static void run(Script script) throws IOException {
        creations(script);
        assignments(script);
        growths(script);
        deletions(script);
        elections(script);
    }

    private static void creations(Script script) throws IOException {
        script.topic("there", 1);
        create(script, "that exists", topic("$there", 1, 1));
        create(script, "without partitions", topic("$a", 0, 1));
        create(script, "with partitions below default", topic("$a", -2, 1));
        create(script, "without replicas", topic("$a", 1, 0));
        create(script, "with replicas below default", topic("$a", 1, -2));
        create(script, "with more replicas than brokers", topic("$a", 1, 2));
        create(script, "with a bad name", topic("$a b", 1, 1));
        create(script, "without a name", topic("", 1, 1));
        create(script, "with one dot for a name", topic(".", 1, 1));
        create(script, "with a slash", topic("$a/b", 1, 1));
        create(script, "with letters of elsewhere", topic("$ä", 1, 1));
        create(script, "twice", topic("$a", 1, 1) + "," + topic("$a", 2, 1));
        create(script, "of the broker's own", topic("__consumer_offsets", 1, 1));
        create(script, "with a config out of range", configured("retention.ms", "'-2'"));
        create(script, "with a config that is no number", configured("retention.bytes", "'many'"));
        create(script, "with an unknown config", configured("retention", "'1'"));
        create(script, "with a config of nothing", configured("retention.ms", "null"));
        create(script, "with an empty config", configured("retention.ms", "''"));
        create(script, "with an unknown policy", configured("cleanup.policy", "'keep'"));
        create(script, "with an unknown compression", configured("compression.type", "'rar'"));
        create(script, "with an unknown kind of time", configured("message.timestamp.type", "'Sometimes'"));
        create(script, "with a ratio above one", configured("min.cleanable.dirty.ratio", "'1.5'"));
        create(script, "with a small segment", configured("segment.bytes", "'10'"));
        create(script, "with lags that contradict", lags());
        script.everyVersion("create no topic", ApiKeys.CREATE_TOPICS, "{topics: [], timeoutMs: 30000}");
        script.versions(
                "create topic that exists, only to see",
                ApiKeys.CREATE_TOPICS,
                2,
                7,
                "{topics: [%s], timeoutMs: 30000, validateOnly: true}".formatted(topic("$there", 1, 1)));
        script.versions(
                "create topic only to see",
                ApiKeys.CREATE_TOPICS,
                2,
                7,
                "{topics: [%s], timeoutMs: 30000, validateOnly: true}".formatted(topic("$seen", 3, 1)));
    }

    private static void create(Script script, String how, String topics) throws IOException {
        script.everyVersion("create topic " + how, ApiKeys.CREATE_TOPICS, CREATED.formatted(topics));
    }

    private static String topic(String name, int partitions, int replicas) {
        return "{name: '%s', numPartitions: %d, replicationFactor: %d}".formatted(name, partitions, replicas);
    }

    private static String configured(String key, String value) {
        return "{name: '$configured', numPartitions: 1, replicationFactor: 1, configs: [{name: '%s', value: %s}]}"
                .formatted(key, value);
    }

    private static String lags() {
        return "{name: '$configured', numPartitions: 1, replicationFactor: 1, configs: ["
                + "{name: 'min.compaction.lag.ms', value: '20'}, {name: 'max.compaction.lag.ms', value: '10'}]}";
    }

    private static void assignments(Script script) throws IOException {
        assign(script, "with a gap", "{partitionIndex: 0, brokerIds: [1]}, {partitionIndex: 2, brokerIds: [1]}");
        assign(script, "twice", "{partitionIndex: 0, brokerIds: [1]}, {partitionIndex: 0, brokerIds: [1]}");
        assign(script, "to one broker twice", "{partitionIndex: 0, brokerIds: [1, 1]}");
        assign(script, "to an unknown broker", "{partitionIndex: 0, brokerIds: [7]}");
        assign(script, "to nobody", "{partitionIndex: 0, brokerIds: []}");
        assign(script, "below none", "{partitionIndex: -1, brokerIds: [1]}");
        assign(script, "unevenly", "{partitionIndex: 0, brokerIds: [1]}, {partitionIndex: 1, brokerIds: [1, 2]}");
        var counted = "{name: '$a', numPartitions: %d, replicationFactor: %d, "
                + "assignments: [{partitionIndex: 0, brokerIds: [1]}]}";
        create(script, "assigned and counted", counted.formatted(1, -1));
        create(script, "assigned and replicated", counted.formatted(-1, 1));
    }

    private static void assign(Script script, String how, String assignments) throws IOException {
        create(
                script,
                "assigned " + how,
                "{name: '$a', numPartitions: -1, replicationFactor: -1, assignments: [%s]}".formatted(assignments));
    }

    private static void growths(Script script) throws IOException {
        script.topic("grown", 2);
        grow(script, "to as many", "{name: '$grown', count: 2}");
        grow(script, "to fewer", "{name: '$grown', count: 1}");
        grow(script, "to none", "{name: '$grown', count: 0}");
        grow(script, "below none", "{name: '$grown', count: -1}");
        grow(script, "what is not there", "{name: '$none', count: 2}");
        grow(script, "what has a bad name", "{name: '$a b', count: 2}");
        grow(script, "twice", "{name: '$grown', count: 3}, {name: '$grown', count: 4}");
        grow(script, "assigned to too few", "{name: '$grown', count: 4, assignments: [{brokerIds: [1]}]}");
        grow(
                script,
                "assigned to too many",
                "{name: '$grown', count: 3, assignments: %s}".formatted(brokers("1", "1")));
        grow(script, "assigned to an unknown broker", "{name: '$grown', count: 3, assignments: [{brokerIds: [7]}]}");
        grow(script, "assigned to one broker twice", "{name: '$grown', count: 3, assignments: [{brokerIds: [1, 1]}]}");
        grow(script, "assigned to nobody", "{name: '$grown', count: 3, assignments: [{brokerIds: []}]}");
        grow(script, "of the broker's own", "{name: '__consumer_offsets', count: 1}");
        script.everyVersion("grow nothing", ApiKeys.CREATE_PARTITIONS, "{topics: [], timeoutMs: 30000}");
        script.everyVersion(
                "grow only to see",
                ApiKeys.CREATE_PARTITIONS,
                "{topics: [{name: '$grown', count: 9, assignments: null}], timeoutMs: 30000, validateOnly: true}");
        grow(script, "by hand", "{name: '$grown', count: <next>, assignments: [{brokerIds: [1]}]}");
    }

    private static String brokers(String... brokers) {
        return "[{brokerIds: [" + String.join("]}, {brokerIds: [", brokers) + "]}]";
    }

    private static void grow(Script script, String how, String topics) throws IOException {
        for (int version = 0; version <= 3; version++) {
            script.remember("next", 3 + version);
            script.call(
                    "grow " + how,
                    ApiKeys.CREATE_PARTITIONS,
                    version,
                    "{topics: [%s], timeoutMs: 30000}"
                            .formatted(
                                    topics.contains("assignments")
                                            ? topics
                                            : topics.replace("}", ", assignments: null}")));
        }
    }

    private static void deletions(Script script) throws IOException {
        delete(script, "what is not there", "'$none'");
        delete(script, "a bad name", "'$a b'");
        delete(script, "nothing", "");
        script.call(
                "delete by an unknown id",
                ApiKeys.DELETE_TOPICS,
                6,
                "{topics: [{name: null, topicId: 'AAAAAAAAAAEAAAAAAAAAAg'}], timeoutMs: 30000}");
        script.call(
                "delete by no id and no name", ApiKeys.DELETE_TOPICS, 6, "{topics: [{name: null}], timeoutMs: 30000}");
        script.call(
                "delete by name and id",
                ApiKeys.DELETE_TOPICS,
                6,
                "{topics: [{name: '$there', topicId: '#there'}], timeoutMs: 30000}");
        script.topic("twice-gone", 1);
        script.call(
                "delete one name twice",
                ApiKeys.DELETE_TOPICS,
                6,
                "{topics: [{name: '$twice-gone'}, {name: '$twice-gone'}], timeoutMs: 30000}");
        script.call(
                "delete one topic by name and by id",
                ApiKeys.DELETE_TOPICS,
                6,
                "{topics: [{name: '$there'}, {name: null, topicId: '#there'}], timeoutMs: 30000}");
        for (int version = 1; version <= 6; version++) {
            script.topic("gone-" + version, 1);
            script.call(
                    "delete one that is there and one that is not",
                    ApiKeys.DELETE_TOPICS,
                    version,
                    "{topicNames_until_5: ['$gone-%1$d', '$none'], topics_since_6: [{name: '$gone-%1$d'}, {name: '$none'}], timeoutMs: 30000}"
                            .formatted(version));
        }
    }

    private static void delete(Script script, String what, String name) throws IOException {
        var byName = name.isEmpty() ? "" : "{name: %s}".formatted(name);
        script.everyVersion(
                "delete " + what,
                ApiKeys.DELETE_TOPICS,
                "{topicNames_until_5: [%s], topics_since_6: [%s], timeoutMs: 30000}".formatted(name, byName));
    }

    private static void elections(Script script) throws IOException {
        script.topic("elected", 2);
        elect(script, "of what is there", "{topic: '$elected', partitions: [0, 1]}");
        elect(script, "of no partition", "{topic: '$elected', partitions: [9]}");
        elect(script, "of no topic", "{topic: '$none', partitions: [0]}");
        elect(script, "of nothing", "");
        script.versions(
                "elect leaders though they are unclean",
                ApiKeys.ELECT_LEADERS,
                1,
                2,
                "{electionType: 1, topicPartitions: [{topic: '$elected', partitions: [0]}], timeoutMs: 30000}");
        script.versions(
                "elect leaders in a strange way",
                ApiKeys.ELECT_LEADERS,
                1,
                2,
                "{electionType: 5, topicPartitions: [{topic: '$elected', partitions: [0]}], timeoutMs: 30000}");
        script.call(
                "reassignments of one topic",
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                0,
                "{topics: [{name: '$elected', partitionIndexes: [0, 9]}, {name: '$none', partitionIndexes: [0]}]}");
        script.call("reassignments of nothing", ApiKeys.LIST_PARTITION_REASSIGNMENTS, 0, "{topics: []}");
    }

    private static void elect(Script script, String how, String topics) throws IOException {
        script.everyVersion(
                "elect leaders " + how,
                ApiKeys.ELECT_LEADERS,
                "{topicPartitions: [%s], timeoutMs: 30000}".formatted(topics));
    }
}
