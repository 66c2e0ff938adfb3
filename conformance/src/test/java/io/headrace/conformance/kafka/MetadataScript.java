package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// What a broker tells of its cluster, its topics and its disk, asked for in every way.
final class MetadataScript {
    private MetadataScript() {}

    static void run(Script script) throws IOException {
        script.topic("told", 3);
        script.topic("also", 1);
        metadata(script);
        partitions(script);
        cluster(script);
        logDirs(script);
    }

    private static void metadata(Script script) throws IOException {
        for (int version = 0; version <= 13; version++) {
            script.callForOwn(
                    "metadata of all topics", ApiKeys.METADATA, version, "{topics_until_0: [], topics_since_1: null}");
        }
        since(
                script,
                "of two topics",
                4,
                "{topics: [{name: '$told'}, {name: '$also'}], allowAutoTopicCreation: false}");
        since(
                script,
                "of one topic twice",
                4,
                "{topics: [{name: '$told'}, {name: '$told'}], allowAutoTopicCreation: false}");
        since(script, "of a bad name", 4, "{topics: [{name: '$a b'}], allowAutoTopicCreation: false}");
        since(script, "of a bad name, to create", 4, "{topics: [{name: '$a b'}], allowAutoTopicCreation: true}");
        since(script, "of a topic without a name", 4, "{topics: [{name: ''}], allowAutoTopicCreation: false}");
        since(
                script,
                "of a topic without a name, to create",
                4,
                "{topics: [{name: ''}], allowAutoTopicCreation: true}");
        for (int version = 0; version <= 13; version++) {
            script.call(
                    "metadata of what is there, to create",
                    ApiKeys.METADATA,
                    version,
                    "{topics: [{name: '$told'}], allowAutoTopicCreation_since_4: true}");
        }
        for (int version = 0; version <= 13; version++) {
            script.call(
                    "metadata that creates",
                    ApiKeys.METADATA,
                    version,
                    "{topics: [{name: '$created-%d'}], allowAutoTopicCreation_since_4: true}".formatted(version));
        }
        script.settle();
        for (int version = 0; version <= 13; version += 13) {
            script.call(
                    "metadata of what was created",
                    ApiKeys.METADATA,
                    version,
                    "{topics: [{name: '$created-0'}, {name: '$created-13'}], allowAutoTopicCreation_since_4: false}");
        }
        since(script, "of a null name", 10, "{topics: [{name: null}], allowAutoTopicCreation: false}");
        since(script, "of a null name and an id", 10, "{topics: [{name: null, topicId: '#told'}]}");
        since(script, "of a name and its id", 10, "{topics: [{name: '$told', topicId: '#told'}]}");
        since(script, "of a name and another's id", 10, "{topics: [{name: '$told', topicId: '#also'}]}");
        since(script, "by two ids", 12, "{topics: [{name: null, topicId: '#told'}, {name: null, topicId: '#also'}]}");
        since(
                script,
                "by a good id and a bad one",
                12,
                "{topics: [{name: null, topicId: '#told'}, {name: null, topicId: 'AAAAAAAAAAEAAAAAAAAAAg'}]}");
        since(script, "by an id and a name", 12, "{topics: [{name: null, topicId: '#told'}, {name: '$also'}]}");
        since(
                script,
                "with operations of topics",
                8,
                "{topics: [{name: '$told'}], allowAutoTopicCreation: false, includeTopicAuthorizedOperations: true}");
        script.versions(
                "metadata with operations of the cluster",
                ApiKeys.METADATA,
                8,
                10,
                "{topics: [], includeClusterAuthorizedOperations: true}");
    }

    private static void since(Script script, String what, int oldest, String request) throws IOException {
        script.versions("metadata " + what, ApiKeys.METADATA, oldest, 13, request);
    }

    private static void partitions(Script script) throws IOException {
        partitions(script, "of two topics", "topics: [{name: '$told'}, {name: '$also'}]");
        partitions(script, "of one topic twice", "topics: [{name: '$told'}, {name: '$told'}]");
        partitions(script, "of a bad name", "topics: [{name: '$a b'}]");
        partitions(script, "of a topic without a name", "topics: [{name: ''}]");
        partitions(script, "of what is not there", "topics: [{name: '$none'}]");
        partitions(script, "one at a time", "topics: [{name: '$told'}, {name: '$also'}], responsePartitionLimit: 1");
        partitions(script, "none at a time", "topics: [{name: '$told'}], responsePartitionLimit: 0");
        partitions(script, "below none at a time", "topics: [{name: '$told'}], responsePartitionLimit: -1");
        partitions(
                script,
                "from the second",
                "topics: [{name: '$told'}], cursor: {topicName: '$told', partitionIndex: 1}");
        partitions(
                script,
                "from after the last",
                "topics: [{name: '$told'}], cursor: {topicName: '$told', partitionIndex: 9}");
        partitions(
                script,
                "from below none",
                "topics: [{name: '$told'}], cursor: {topicName: '$told', partitionIndex: -1}");
        partitions(
                script,
                "from another topic",
                "topics: [{name: '$told'}, {name: '$also'}], cursor: {topicName: '$b', partitionIndex: 0}");
        partitions(
                script,
                "from another topic that is not asked for",
                "topics: [{name: '$also'}], cursor: {topicName: '$told', partitionIndex: 0}");
    }

    private static void partitions(Script script, String how, String request) throws IOException {
        script.call("partitions " + how, ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, "{" + request + "}");
    }

    private static void cluster(Script script) throws IOException {
        script.everyVersion(
                "cluster with operations", ApiKeys.DESCRIBE_CLUSTER, "{includeClusterAuthorizedOperations: true}");
        script.versions("cluster of controllers", ApiKeys.DESCRIBE_CLUSTER, 1, 2, "{endpointType: 2}");
        script.versions("cluster of strangers", ApiKeys.DESCRIBE_CLUSTER, 1, 2, "{endpointType: 9}");
        script.call("cluster with those that are fenced", ApiKeys.DESCRIBE_CLUSTER, 2, "{includeFencedBrokers: true}");
    }

    private static void logDirs(Script script) throws IOException {
        for (int version = 1; version <= 5; version++) {
            script.callForOwn("log dirs", ApiKeys.DESCRIBE_LOG_DIRS, version, "{topics: null}");
            script.callForOwn(
                    "log dirs of a topic",
                    ApiKeys.DESCRIBE_LOG_DIRS,
                    version,
                    "{topics: [{topic: '$told', partitions: [0, 2, 9]}, {topic: '$none', partitions: [0]}]}");
            script.callForOwn("log dirs of nothing", ApiKeys.DESCRIBE_LOG_DIRS, version, "{topics: []}");
        }
    }
}
