package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.ApiKeys;

/// The configs of topics are described and altered.
final class ConfigScript {
    private static final byte TOPIC = ConfigResource.Type.TOPIC.id();

    private ConfigScript() {}

    static void run(Script script) throws IOException {
        script.topic("configs", 1, "retention.ms=5000");
        script.everyVersion(
                "describe configs",
                ApiKeys.DESCRIBE_CONFIGS,
                1,
                4,
                version -> description(script.name("configs"), null));
        script.everyVersion(
                "describe one config with synonyms",
                ApiKeys.DESCRIBE_CONFIGS,
                1,
                4,
                version -> description(script.name("configs"), List.of("retention.ms", "no.such"))
                        .setIncludeSynonyms(true));
        script.call(
                "describe configs of an unknown topic",
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                description(script.name("unknown"), null));
        script.call("describe configs of a bad name", ApiKeys.DESCRIBE_CONFIGS, 4, description("a name!", null));
        script.everyVersion(
                "alter configs",
                ApiKeys.ALTER_CONFIGS,
                0,
                2,
                version -> replacement(script.name("configs"), "max.message.bytes", Integer.toString(5_000 + version)));
        script.call(
                "alter configs of an unknown topic",
                ApiKeys.ALTER_CONFIGS,
                2,
                replacement(script.name("unknown"), "retention.ms", "1"));
        script.call(
                "alter configs badly", ApiKeys.ALTER_CONFIGS, 2, replacement(script.name("configs"), "no.such", "1"));
        script.settle();
        script.call(
                "describe altered configs",
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                description(script.name("configs"), List.of("retention.ms", "max.message.bytes")));
        incrementally(script);
    }

    private static void incrementally(Script script) throws IOException {
        script.everyVersion(
                "set a config",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                0,
                1,
                version -> change(script.name("configs"), OpType.SET, "retention.ms", Integer.toString(100 + version)));
        change(script, "append to a config", OpType.APPEND, "cleanup.policy", "compact");
        change(script, "append what is there", OpType.APPEND, "cleanup.policy", "compact");
        change(script, "subtract from a config", OpType.SUBTRACT, "cleanup.policy", "delete");
        change(script, "append to a number", OpType.APPEND, "retention.ms", "5");
        change(script, "set an unknown config", OpType.SET, "no.such", "5");
        change(script, "set a config to a word", OpType.SET, "retention.ms", "word");
        change(script, "set a config out of range", OpType.SET, "min.cleanable.dirty.ratio", "2");
        change(script, "set a config to nothing", OpType.SET, "retention.ms", null);
        change(script, "set a compression", OpType.SET, "compression.type", "gzip");
        change(script, "set an unknown compression", OpType.SET, "compression.type", "rar");
        describe(script, "describe what was changed");
        change(script, "delete a config", OpType.DELETE, "retention.ms", null);
        change(script, "delete a config that is not set", OpType.DELETE, "retention.bytes", null);
        script.call(
                "set a config only to see",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                1,
                change(script.name("configs"), OpType.SET, "retention.ms", "9").setValidateOnly(true));
        script.call(
                "set a config of an unknown topic",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                1,
                change(script.name("unknown"), OpType.SET, "retention.ms", "9"));
        describe(script, "describe what was deleted");
    }

    private static void describe(Script script, String name) throws IOException {
        script.settle();
        script.call(
                name,
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                description(
                        script.name("configs"),
                        List.of("retention.ms", "cleanup.policy", "compression.type", "retention.bytes")));
    }

    private static void change(Script script, String name, OpType how, String key, String value) throws IOException {
        script.call(name, ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, change(script.name("configs"), how, key, value));
    }

    private static DescribeConfigsRequestData description(String topic, List<String> keys) {
        return new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(TOPIC)
                        .setResourceName(topic)
                        .setConfigurationKeys(keys)));
    }

    private static AlterConfigsRequestData replacement(String topic, String key, String value) {
        var resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(TOPIC)
                .setResourceName(topic);
        resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig().setName(key).setValue(value));
        var request = new AlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    private static IncrementalAlterConfigsRequestData change(String topic, OpType how, String key, String value) {
        var resource = new AlterConfigsResource().setResourceType(TOPIC).setResourceName(topic);
        resource.configs()
                .add(new AlterableConfig().setName(key).setValue(value).setConfigOperation(how.id()));
        var request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }
}
