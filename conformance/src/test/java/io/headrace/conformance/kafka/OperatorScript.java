package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// What is for operators of clusters, asked of a single node: replicas to be moved, a quorum, levels of features,
/// resources with configs, tokens.
final class OperatorScript {
    private OperatorScript() {}

    static void run(Script script) throws IOException {
        script.topic("operated", 2);
        reassignments(script);
        logDirs(script);
        resources(script);
        quorum(script);
        features(script);
        tokens(script);
        frames(script);
    }

    private static void reassignments(Script script) throws IOException {
        reassign(script, "where it is", "{name: '$operated', partitions: [{partitionIndex: 0, replicas: [1]}]}");
        reassign(
                script,
                "to an unknown broker",
                "{name: '$operated', partitions: [{partitionIndex: 0, replicas: [7]}]}");
        reassign(script, "to one more", "{name: '$operated', partitions: [{partitionIndex: 0, replicas: [1, 7]}]}");
        reassign(
                script,
                "to one broker twice",
                "{name: '$operated', partitions: [{partitionIndex: 0, replicas: [1, 1]}]}");
        reassign(
                script,
                "to a broker below none",
                "{name: '$operated', partitions: [{partitionIndex: 0, replicas: [-1]}]}");
        reassign(script, "to nobody", "{name: '$operated', partitions: [{partitionIndex: 0, replicas: []}]}");
        reassign(script, "back", "{name: '$operated', partitions: [{partitionIndex: 0, replicas: null}]}");
        reassign(script, "of no partition", "{name: '$operated', partitions: [{partitionIndex: 9, replicas: [1]}]}");
        reassign(
                script,
                "back, of no partition",
                "{name: '$operated', partitions: [{partitionIndex: 9, replicas: null}]}");
        reassign(script, "of no topic", "{name: '$none', partitions: [{partitionIndex: 0, replicas: [1]}]}");
        reassign(script, "of nothing", "");
        reassign(
                script,
                "one good, one bad",
                "{name: '$operated', partitions: [{partitionIndex: 0, replicas: [1]}, {partitionIndex: 1, replicas: [7]}]}");
        script.call(
                "reassign keeping the factor",
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                1,
                "{timeoutMs: 30000, allowReplicationFactorChange: false, topics: [{name: '$operated', partitions: [{partitionIndex: 0, replicas: [1]}]}]}");
        script.call(
                "reassign changing the factor that is to be kept",
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                1,
                "{timeoutMs: 30000, allowReplicationFactorChange: false, topics: [{name: '$operated', partitions: [{partitionIndex: 0, replicas: [1, 2]}]}]}");
        script.callForOwn(
                "reassignments of all", ApiKeys.LIST_PARTITION_REASSIGNMENTS, 0, "{topics: null, timeoutMs: 30000}");
    }

    private static void reassign(Script script, String how, String topics) throws IOException {
        script.everyVersion(
                "reassign " + how,
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                "{timeoutMs: 30000, topics: [%s]}".formatted(topics));
    }

    private static void logDirs(Script script) throws IOException {
        for (int version = 1; version <= 2; version++) {
            script.call(
                    "move to a directory that is not there",
                    ApiKeys.ALTER_REPLICA_LOG_DIRS,
                    version,
                    "{dirs: [{path: '/no/such/directory', topics: [{name: '$operated', partitions: [0]}]}]}");
            script.call(
                    "move to a relative directory",
                    ApiKeys.ALTER_REPLICA_LOG_DIRS,
                    version,
                    "{dirs: [{path: 'here', topics: [{name: '$operated', partitions: [0]}]}]}");
            script.call("move nothing", ApiKeys.ALTER_REPLICA_LOG_DIRS, version, "{dirs: []}");
        }
    }

    private static void resources(Script script) throws IOException {
        script.callForOwn("config resources of metrics", ApiKeys.LIST_CONFIG_RESOURCES, 0, "{}");
        for (var types : new String[] {"", "2", "16", "32", "4", "8", "2, 32", "3", "0"}) {
            script.callForOwn(
                    "config resources of types [" + types + "]",
                    ApiKeys.LIST_CONFIG_RESOURCES,
                    1,
                    "{resourceTypes: [" + types + "]}");
        }
        script.quietly(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                1,
                "{resources: [{resourceType: 32, resourceName: '$operated', configs: [{name: 'consumer.session.timeout.ms', value: '46000'}]}]}");
        script.settle();
        script.callForOwn(
                "config resources of groups, one set", ApiKeys.LIST_CONFIG_RESOURCES, 1, "{resourceTypes: [32]}");
    }

    private static void quorum(Script script) throws IOException {
        script.everyVersion(
                "quorum of a topic",
                ApiKeys.DESCRIBE_QUORUM,
                "{topics: [{topicName: '$operated', partitions: [{partitionIndex: 0}]}]}");
        script.everyVersion("quorum of nothing", ApiKeys.DESCRIBE_QUORUM, "{topics: []}");
        script.everyVersion(
                "quorum of a partition that it has not",
                ApiKeys.DESCRIBE_QUORUM,
                "{topics: [{topicName: '__cluster_metadata', partitions: [{partitionIndex: 1}]}]}");
        script.call("unregister a broker that is not there", ApiKeys.UNREGISTER_BROKER, 0, "{brokerId: 77}");
    }

    private static void features(Script script) throws IOException {
        feature(script, "nobody knows", "no.such", 1, 1);
        feature(script, "nobody knows, to none", "no.such", 0, 2);
        feature(script, "to where it is", "group.version", 1, 1);
        feature(script, "above what there is", "group.version", 99, 1);
        feature(script, "below none", "group.version", -1, 2);
        feature(script, "of metadata, above what there is", "metadata.version", 999, 1);
        feature(script, "of metadata, below what there is", "metadata.version", 1, 3);
        feature(script, "without a name", "", 1, 1);
        script.versions("update no feature", ApiKeys.UPDATE_FEATURES, 0, 2, "{timeoutMs: 30000, featureUpdates: []}");
        script.versions(
                "update a feature in a strange way",
                ApiKeys.UPDATE_FEATURES,
                1,
                2,
                "{timeoutMs: 30000, featureUpdates: [{feature: 'group.version', maxVersionLevel: 1, upgradeType: 9}], validateOnly: true}");
    }

    private static void feature(Script script, String what, String feature, int level, int type) throws IOException {
        script.versions(
                "update a feature " + what,
                ApiKeys.UPDATE_FEATURES,
                0,
                2,
                "{timeoutMs: 30000, validateOnly_since_1: true, featureUpdates: [{feature: '%s', maxVersionLevel: %d, upgradeType_since_1: %d, allowDowngrade_until_0: %b}]}"
                        .formatted(feature, level, type, type > 1));
    }

    private static void tokens(Script script) throws IOException {
        script.everyVersion("create a token", ApiKeys.CREATE_DELEGATION_TOKEN, "{maxLifetimeMs: 1000}");
        script.everyVersion("renew a token", ApiKeys.RENEW_DELEGATION_TOKEN, "{hmac: '00', renewPeriodMs: 1000}");
        script.everyVersion(
                "expire a token", ApiKeys.EXPIRE_DELEGATION_TOKEN, "{hmac: '00', expiryTimePeriodMs: 1000}");
        script.everyVersion("describe tokens", ApiKeys.DESCRIBE_DELEGATION_TOKEN, "{owners: null}");
    }

    private static void frames(Script script) throws IOException {
        FrameScript.check(
                script,
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                "{timeoutMs: 30000, topics: [{name: '$none', partitions: [{partitionIndex: 0, replicas: [1]}]}]}");
        FrameScript.check(script, ApiKeys.LIST_CONFIG_RESOURCES, "{resourceTypes_since_1: [4]}");
        FrameScript.check(script, ApiKeys.ALTER_REPLICA_LOG_DIRS, "{dirs: []}");
        FrameScript.check(
                script,
                ApiKeys.UPDATE_FEATURES,
                "{timeoutMs: 30000, featureUpdates: [{feature: 'no.such', maxVersionLevel: 1}]}");
        FrameScript.check(
                script, ApiKeys.DESCRIBE_QUORUM, "{topics: [{topicName: '$none', partitions: [{partitionIndex: 0}]}]}");
    }
}
