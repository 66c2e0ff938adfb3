package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/// Topics are created, told of, grown and deleted.
final class TopicScript {
    private static final short ONE = 1;
    private static final int ASKS_TO_CREATE = 4; // until this version, metadata always created what it was asked for

    private TopicScript() {}

    static void run(Script script) throws IOException {
        create(script);
        metadata(script);
        grow(script);
        delete(script);
    }

    private static void create(Script script) throws IOException {
        script.everyVersion(
                "create topic",
                ApiKeys.CREATE_TOPICS,
                2,
                7,
                version -> creation(topic(script.name("created-" + version), 2, ONE)));
        script.everyVersion(
                "create topic that exists",
                ApiKeys.CREATE_TOPICS,
                2,
                7,
                version -> creation(topic(script.name("created-" + version), 2, ONE)));
        create(script, "with default partitions", topic(script.name("defaults"), -1, (short) -1));
        create(script, "without partitions", topic(script.name("none"), 0, ONE));
        create(script, "with partitions below none", topic(script.name("less"), -2, ONE));
        create(script, "replicated", topic(script.name("replicated"), 1, (short) 3));
        create(script, "with a space", topic(script.name("a b"), 1, ONE));
        create(script, "without a name", topic("", 1, ONE));
        create(script, "with dots alone", topic("..", 1, ONE));
        create(script, "with a long name", topic(script.name("x".repeat(250)), 1, ONE));
        create(script, "with a dot", topic(script.name("dot.dot"), 1, ONE));
        create(script, "whose underscore collides with a dot", topic(script.name("dot_dot"), 1, ONE));
        create(
                script,
                "that collides",
                topic(script.name("created_2"), 1, ONE),
                topic(script.name("created.2"), 1, ONE));
        create(script, "that collides with one that exists", topic(script.name("created.2"), 1, ONE));
        create(script, "with a config", configured(script.name("configured"), "retention.ms", "1234"));
        create(script, "with an unknown config", configured(script.name("unknown-config"), "no.such", "1"));
        create(script, "with a bad config", configured(script.name("bad-config"), "retention.ms", "long"));
        create(script, "with a config out of range", configured(script.name("bad-config"), "segment.bytes", "-1"));
        create(script, "with an empty policy", configured(script.name("bad-config"), "cleanup.policy", "keep"));
        create(
                script,
                "twice in one request",
                topic(script.name("twice"), 1, ONE),
                topic(script.name("twice"), 1, ONE));
        create(script, "two of which one is bad", topic(script.name("good"), 1, ONE), topic("bad!", 1, ONE));
        create(script, "assigned by hand", assigned(script.name("by-hand"), 1));
        create(script, "assigned to nobody", assigned(script.name("to-nobody"), 77));
        var validated = creation(topic(script.name("validated"), 1, ONE)).setValidateOnly(true);
        script.call("create topic only to see", ApiKeys.CREATE_TOPICS, 7, validated);
        script.settle();
        script.call("describe one that was only to see", ApiKeys.METADATA, 12, metadata(script.name("validated")));
    }

    private static void create(Script script, String how, CreatableTopic... topics) throws IOException {
        script.call("create topic " + how, ApiKeys.CREATE_TOPICS, 7, creation(topics));
    }

    private static CreateTopicsRequestData creation(CreatableTopic... topics) {
        var request = new CreateTopicsRequestData().setTimeoutMs(30_000);
        for (CreatableTopic topic : topics) {
            request.topics().mustAdd(topic);
        }
        return request;
    }

    private static CreatableTopic topic(String name, int partitions, short replicas) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor(replicas);
    }

    private static CreatableTopic configured(String name, String key, String value) {
        var topic = topic(name, 1, ONE);
        topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value));
        return topic;
    }

    private static CreatableTopic assigned(String name, int broker) {
        var topic = topic(name, -1, (short) -1);
        topic.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(broker)));
        return topic;
    }

    private static void metadata(Script script) throws IOException {
        var id = script.topic("described", 3);
        script.everyVersion(
                "metadata",
                ApiKeys.METADATA,
                0,
                13,
                version -> metadata(script.name("described")).setAllowAutoTopicCreation(version < ASKS_TO_CREATE));
        script.everyVersion(
                "metadata of an unknown topic", ApiKeys.METADATA, 4, 13, version -> metadata(script.name("unknown")));
        script.everyVersion(
                "metadata of no topic",
                ApiKeys.METADATA,
                1,
                13,
                version -> new MetadataRequestData()
                        .setTopics(List.of())
                        .setAllowAutoTopicCreation(version < ASKS_TO_CREATE));
        script.everyVersion(
                "metadata by id",
                ApiKeys.METADATA,
                10,
                13,
                version -> new MetadataRequestData()
                        .setTopics(
                                List.of(new MetadataRequestTopic().setName(null).setTopicId(id)))
                        .setAllowAutoTopicCreation(false));
        script.everyVersion(
                "metadata by an unknown id",
                ApiKeys.METADATA,
                10,
                13,
                version -> new MetadataRequestData()
                        .setTopics(
                                List.of(new MetadataRequestTopic().setName(null).setTopicId(new Uuid(1, 2))))
                        .setAllowAutoTopicCreation(false));
        script.call("metadata of a bad name", ApiKeys.METADATA, 12, metadata("a name!"));
        script.call(
                "metadata that may create",
                ApiKeys.METADATA,
                12,
                metadata(script.name("automatic")).setAllowAutoTopicCreation(true));
        script.call(
                "metadata of a bad name that may create",
                ApiKeys.METADATA,
                12,
                metadata("a name!").setAllowAutoTopicCreation(true));
        script.call(
                "metadata with operations",
                ApiKeys.METADATA,
                10,
                metadata(script.name("described"))
                        .setIncludeClusterAuthorizedOperations(true)
                        .setIncludeTopicAuthorizedOperations(true));
        script.settle();
        script.call("partitions", ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, partitions(script, 100));
        script.call("partitions two at a time", ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, partitions(script, 2));
        script.call(
                "reassignments",
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                0,
                new ListPartitionReassignmentsRequestData().setTopics(null));
        script.everyVersion("elect leaders", ApiKeys.ELECT_LEADERS, 0, 2, version -> {
            var request = new ElectLeadersRequestData().setTimeoutMs(10_000);
            request.topicPartitions()
                    .add(new TopicPartitions()
                            .setTopic(script.name("described"))
                            .setPartitions(List.of(0, 9)));
            return request;
        });
    }

    private static MetadataRequestData metadata(String topic) {
        return new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(topic)))
                .setAllowAutoTopicCreation(false);
    }

    private static DescribeTopicPartitionsRequestData partitions(Script script, int limit) {
        return new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(
                        new TopicRequest().setName(script.name("described")),
                        new TopicRequest().setName(script.name("unknown"))))
                .setResponsePartitionLimit(limit);
    }

    private static void grow(Script script) throws IOException {
        script.topic("grown", 1);
        script.everyVersion(
                "grow", ApiKeys.CREATE_PARTITIONS, 0, 3, version -> growth(script.name("grown"), 2 + version));
        grow(script, "to as many as there are", script.name("grown"), 5);
        grow(script, "to fewer", script.name("grown"), 1);
        grow(script, "to none", script.name("grown"), 0);
        grow(script, "an unknown topic", script.name("unknown"), 2);
        script.call(
                "grow only to see",
                ApiKeys.CREATE_PARTITIONS,
                3,
                growth(script.name("grown"), 9).setValidateOnly(true));
        script.settle();
        script.call("metadata of what has grown", ApiKeys.METADATA, 12, metadata(script.name("grown")));
    }

    private static void grow(Script script, String how, String topic, int count) throws IOException {
        script.call("grow " + how, ApiKeys.CREATE_PARTITIONS, 3, growth(topic, count));
    }

    private static CreatePartitionsRequestData growth(String topic, int count) {
        var request = new CreatePartitionsRequestData().setTimeoutMs(30_000);
        request.topics()
                .add(new CreatePartitionsTopic().setName(topic).setCount(count).setAssignments(null));
        return request;
    }

    private static void delete(Script script) throws IOException {
        for (int version = 1; version <= 6; version++) {
            script.topic("deleted-" + version, 1);
        }
        script.everyVersion(
                "delete", ApiKeys.DELETE_TOPICS, 1, 6, version -> deletion(version, script.name("deleted-" + version)));
        script.everyVersion(
                "delete what is gone",
                ApiKeys.DELETE_TOPICS,
                1,
                6,
                version -> deletion(version, script.name("deleted-" + version)));
        script.settle();
        script.call("metadata of what is gone", ApiKeys.METADATA, 12, metadata(script.name("deleted-6")));
        var id = script.topic("deleted-by-id", 1);
        script.call("delete by id", ApiKeys.DELETE_TOPICS, 6, deletion(id));
        script.call("delete by an id that is gone", ApiKeys.DELETE_TOPICS, 6, deletion(id));
    }

    private static DeleteTopicsRequestData deletion(int version, String topic) {
        var request = new DeleteTopicsRequestData().setTimeoutMs(30_000);
        return version < 6
                ? request.setTopicNames(List.of(topic))
                : request.setTopics(List.of(new DeleteTopicState().setName(topic)));
    }

    private static DeleteTopicsRequestData deletion(Uuid topic) {
        return new DeleteTopicsRequestData()
                .setTimeoutMs(30_000)
                .setTopics(List.of(new DeleteTopicState().setName(null).setTopicId(topic)));
    }
}
