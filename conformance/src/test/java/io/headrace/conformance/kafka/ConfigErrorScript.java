package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// Configs of everything that has any, described and altered, with everything that can be wrong.
final class ConfigErrorScript {
    private static final int TOPIC = 2;
    private static final int BROKER = 4;
    private static final int LOGGER = 8;
    private static final int METRICS = 16;
    private static final int GROUP = 32;

    private ConfigErrorScript() {}

    static void run(Script script) throws IOException {
        script.topic("configured", 1, "retention.ms=5000");
        descriptions(script);
        groups(script);
        changes(script);
        broker(script);
    }

    private static void descriptions(Script script) throws IOException {
        describe(
                script,
                "topic, all with words",
                "resourceType: 2, resourceName: '$configured', configurationKeys: ['retention.ms']",
                ", includeDocumentation_since_3: true, includeSynonyms: true");
        describe(script, "topic, none", "resourceType: 2, resourceName: '$configured', configurationKeys: []", "");
        describe(script, "topic that is not there", "resourceType: 2, resourceName: '$none'", "");
        describe(script, "topic with a bad name", "resourceType: 2, resourceName: '$a b'", "");
        describe(script, "topic without a name", "resourceType: 2, resourceName: ''", "");
        describe(
                script,
                "broker that is another",
                "resourceType: 4, resourceName: '7', configurationKeys: ['num.partitions']",
                "");
        describe(
                script,
                "broker that is no number",
                "resourceType: 4, resourceName: 'one', configurationKeys: ['num.partitions']",
                "");
        describe(
                script,
                "broker",
                "resourceType: 4, resourceName: '1', configurationKeys: ['num.partitions', 'auto.create.topics.enable', 'default.replication.factor', 'offsets.topic.replication.factor', 'node.id', 'delete.topic.enable', 'socket.request.max.bytes', 'fetch.max.bytes', 'connections.max.idle.ms', 'max.incremental.fetch.session.cache.slots', 'message.max.bytes', 'no.such']",
                "");
        describe(
                script,
                "cluster",
                "resourceType: 4, resourceName: '', configurationKeys: ['num.partitions', 'message.max.bytes']",
                "");
        describe(script, "logger of another broker", "resourceType: 8, resourceName: '7'", "");
        describe(script, "unknown type", "resourceType: 3, resourceName: 'x'", "");
        describe(script, "type none", "resourceType: 0, resourceName: 'x'", "");
        describe(
                script,
                "group",
                "resourceType: 32, resourceName: '$group', configurationKeys: ['consumer.session.timeout.ms', 'consumer.heartbeat.interval.ms', 'no.such']",
                "");
        describe(
                script,
                "group with synonyms",
                "resourceType: 32, resourceName: '$group', configurationKeys: ['consumer.session.timeout.ms']",
                ", includeSynonyms: true");
        describe(script, "group without a name", "resourceType: 32, resourceName: ''", "");
        describe(script, "client metrics without a name", "resourceType: 16, resourceName: ''", "");
        script.everyVersion("describe configs of nothing", ApiKeys.DESCRIBE_CONFIGS, "{resources: []}");
        script.everyVersion(
                "describe configs of one topic twice",
                ApiKeys.DESCRIBE_CONFIGS,
                "{resources: [{resourceType: 2, resourceName: '$configured', configurationKeys: ['retention.ms']},"
                        + " {resourceType: 2, resourceName: '$configured', configurationKeys: ['retention.bytes']}]}");
    }

    private static void describe(Script script, String what, String resource, String more) throws IOException {
        script.everyVersion(
                "describe configs of " + what,
                ApiKeys.DESCRIBE_CONFIGS,
                "{resources: [{%s}]%s}".formatted(resource, more));
    }

    private static void groups(Script script) throws IOException {
        for (var key : new String[] {
            "consumer.session.timeout.ms",
            "consumer.heartbeat.interval.ms",
            "share.session.timeout.ms",
            "share.heartbeat.interval.ms",
            "share.record.lock.duration.ms",
            "share.auto.offset.reset",
            "share.isolation.level",
            "streams.session.timeout.ms",
            "streams.heartbeat.interval.ms",
            "streams.num.standby.replicas"
        }) {
            script.call(
                    "describe group config " + key,
                    ApiKeys.DESCRIBE_CONFIGS,
                    4,
                    "{resources: [{resourceType: 32, resourceName: '$group', configurationKeys: ['%s']}]}"
                            .formatted(key));
        }
        set(script, "group session", GROUP, "$group", "consumer.session.timeout.ms", "'50000'");
        set(script, "group session too short", GROUP, "$group", "consumer.session.timeout.ms", "'5'");
        set(script, "group session too long", GROUP, "$group", "consumer.session.timeout.ms", "'5000000'");
        set(script, "group session that is a word", GROUP, "$group", "consumer.session.timeout.ms", "'word'");
        set(script, "group session of nothing", GROUP, "$group", "consumer.session.timeout.ms", "null");
        set(script, "group heartbeat above the session", GROUP, "$group", "consumer.heartbeat.interval.ms", "'60000'");
        set(script, "group config unknown", GROUP, "$group", "no.such", "'1'");
        set(script, "group without a name", GROUP, "", "consumer.session.timeout.ms", "'50000'");
        set(script, "standby replicas", GROUP, "$group", "streams.num.standby.replicas", "'1'");
        set(script, "too many standby replicas", GROUP, "$group", "streams.num.standby.replicas", "'100'");
        set(script, "share reset", GROUP, "$group", "share.auto.offset.reset", "'earliest'");
        set(script, "share reset that is a word", GROUP, "$group", "share.auto.offset.reset", "'sometime'");
        set(script, "share reset by time", GROUP, "$group", "share.auto.offset.reset", "'by_duration:PT1H'");
        set(script, "share isolation", GROUP, "$group", "share.isolation.level", "'read_committed'");
        set(script, "share isolation that is a word", GROUP, "$group", "share.isolation.level", "'some'");
        set(script, "share lock too short", GROUP, "$group", "share.record.lock.duration.ms", "'1'");
        set(script, "share lock", GROUP, "$group", "share.record.lock.duration.ms", "'20000'");
        script.settle();
        script.everyVersion(
                "describe configs of the altered group",
                ApiKeys.DESCRIBE_CONFIGS,
                "{resources: [{resourceType: 32, resourceName: '$group', configurationKeys: "
                        + "['consumer.session.timeout.ms', 'streams.num.standby.replicas']}], includeSynonyms: true}");
        script.everyVersion(
                "replace configs of a group",
                ApiKeys.ALTER_CONFIGS,
                "{resources: [{resourceType: 32, resourceName: '$group', configs: "
                        + "[{name: 'consumer.heartbeat.interval.ms', value: '6000'}]}]}");
        script.settle();
        script.call(
                "describe configs of the group that was replaced",
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                "{resources: [{resourceType: 32, resourceName: '$group', configurationKeys: "
                        + "['consumer.session.timeout.ms', 'consumer.heartbeat.interval.ms']}]}");
    }

    private static void set(Script script, String what, int type, String name, String key, String value)
            throws IOException {
        script.everyVersion(
                "set " + what,
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                "{resources: [{resourceType: %d, resourceName: '%s', configs: [{name: '%s', configOperation: 0, value: %s}]}]}"
                        .formatted(type, name, key, value));
    }

    private static void changes(Script script) throws IOException {
        set(script, "config of no topic", TOPIC, "$none", "retention.ms", "'1'");
        set(script, "config of a bad name", TOPIC, "$a b", "retention.ms", "'1'");
        set(script, "config of a topic without a name", TOPIC, "", "retention.ms", "'1'");
        set(script, "config of nothing", TOPIC, "$configured", "retention.ms", "null");
        set(script, "config to an empty word", TOPIC, "$configured", "retention.ms", "''");
        set(script, "config without a name", TOPIC, "$configured", "", "'1'");
        set(script, "config of another broker", BROKER, "7", "message.max.bytes", "'5000000'");
        set(script, "config of a broker that is no number", BROKER, "one", "message.max.bytes", "'5000000'");
        set(script, "config of an unknown type", 3, "x", "retention.ms", "'1'");
        set(script, "config of type none", 0, "x", "retention.ms", "'1'");
        set(script, "logger of another broker", LOGGER, "7", "kafka", "'INFO'");
        operation(script, "in a strange way", 9, "retention.ms", "'1'");
        operation(script, "appended to a number", 2, "retention.ms", "'1'");
        operation(script, "subtracted from a number", 3, "retention.ms", "'1'");
        operation(script, "deleted that is not there", 1, "retention.bytes", "null");
        operation(script, "deleted that nobody knows", 1, "no.such", "null");
        operation(script, "appended twice", 2, "cleanup.policy", "'compact,compact'");
        operation(script, "subtracted that is not there", 3, "cleanup.policy", "'keep'");
        operation(script, "appended that nobody knows", 2, "cleanup.policy", "'keep'");
        operation(script, "appended nothing", 2, "cleanup.policy", "null");
        script.everyVersion(
                "set one config twice",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                "{resources: [{resourceType: 2, resourceName: '$configured', configs: ["
                        + "{name: 'retention.ms', configOperation: 0, value: '1'},"
                        + "{name: 'retention.ms', configOperation: 0, value: '2'}]}]}");
        script.everyVersion(
                "set configs of one topic twice",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                "{resources: [{resourceType: 2, resourceName: '$configured', configs: [{name: 'retention.ms', value: '1'}]},"
                        + " {resourceType: 2, resourceName: '$configured', configs: [{name: 'retention.ms', value: '2'}]}]}");
        script.everyVersion(
                "set one that is good and one that is bad",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                "{resources: [{resourceType: 2, resourceName: '$configured', configs: ["
                        + "{name: 'retention.ms', value: '77'}, {name: 'no.such', value: '2'}]}]}");
        script.everyVersion("set nothing", ApiKeys.INCREMENTAL_ALTER_CONFIGS, "{resources: []}");
        script.everyVersion(
                "set no config",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                "{resources: [{resourceType: 2, resourceName: '$configured'}]}");
        replace(script, "of no topic", "resourceType: 2, resourceName: '$none'");
        replace(script, "of a bad name", "resourceType: 2, resourceName: '$a b'");
        replace(script, "of another broker", "resourceType: 4, resourceName: '7'");
        replace(script, "of an unknown type", "resourceType: 3, resourceName: 'x'");
        replace(
                script,
                "by nothing",
                "resourceType: 2, resourceName: '$configured', configs: [{name: 'retention.ms', value: null}]");
        replace(
                script,
                "by one nobody knows",
                "resourceType: 2, resourceName: '$configured', configs: [{name: 'no.such', value: '1'}]");
        replace(
                script,
                "by one that is bad",
                "resourceType: 2, resourceName: '$configured', configs: [{name: 'retention.ms', value: 'x'}]");
        replace(script, "by none", "resourceType: 2, resourceName: '$configured'");
        script.everyVersion(
                "replace configs only to see",
                ApiKeys.ALTER_CONFIGS,
                "{resources: [{resourceType: 2, resourceName: '$configured', configs: [{name: 'retention.ms', value: '9'}]}],"
                        + " validateOnly: true}");
        script.settle();
        script.call(
                "describe what came of it",
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                "{resources: [{resourceType: 2, resourceName: '$configured', configurationKeys: ['retention.ms', 'cleanup.policy']}]}");
    }

    private static void operation(Script script, String what, int operation, String key, String value)
            throws IOException {
        script.everyVersion(
                "config " + what,
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                "{resources: [{resourceType: 2, resourceName: '$configured', configs: [{name: '%s', configOperation: %d, value: %s}]}]}"
                        .formatted(key, operation, value));
    }

    private static void replace(Script script, String what, String resource) throws IOException {
        script.everyVersion("replace configs " + what, ApiKeys.ALTER_CONFIGS, "{resources: [{" + resource + "}]}");
    }

    private static void broker(Script script) throws IOException {
        set(script, "broker config that cannot change", BROKER, "1", "num.io.threads.x", "'5'");
        set(script, "broker config that is read only", BROKER, "1", "node.id", "'5'");
        set(script, "broker config that is a word", BROKER, "1", "message.max.bytes", "'many'");
        set(script, "cluster config that is a word", BROKER, "", "message.max.bytes", "'many'");
        set(script, "client metrics", METRICS, "", "interval.ms", "'1000'");
    }
}
