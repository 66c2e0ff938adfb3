package io.headrace.kafka;

import io.headrace.kafka.ConfigValue.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.storage.internals.log.LogConfig;

/// What can be asked of the broker, and the part of it that can be set while it runs: what topics have that say
/// nothing.
/// One broker is the whole cluster, so the cluster's defaults and the broker's own values are the same.
final class BrokerConfigs {
    /// Where they are kept, by the broker's names; the engine reads them there.
    static final String SETTINGS = "kafka.broker";

    private BrokerConfigs() {}

    /// The topic's key that is set by a name of the broker; empty if there is none that can be set while it runs.
    static Optional<ConfigDef.ConfigKey> key(String name) {
        return ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.entrySet().stream()
                .filter(synonym -> synonym.getValue().equals(name))
                .findFirst()
                .flatMap(synonym -> TopicConfigs.key(synonym.getKey()));
    }

    /// Everything there is to tell.
    static List<ConfigValue> all(Map<String, String> settings, KafkaConfig config, Advertised here) {
        var fixed = new TreeMap<String, String>();
        fixed.put("node.id", Integer.toString(KafkaConfig.NODE_ID));
        fixed.put("broker.id", Integer.toString(KafkaConfig.NODE_ID));
        fixed.put("advertised.listeners", "PLAINTEXT://" + here.host() + ":" + here.port());
        fixed.put("auto.create.topics.enable", Boolean.toString(config.autoCreateTopics()));
        fixed.put("delete.topic.enable", "true");
        fixed.put("num.partitions", Integer.toString(config.partitions()));
        fixed.put("default.replication.factor", "1");
        fixed.put("offsets.topic.replication.factor", "1");
        fixed.put("socket.request.max.bytes", Integer.toString(config.requestBytesMax()));
        fixed.put("fetch.max.bytes", Integer.toString(config.fetchBytesMax()));
        fixed.put("connections.max.idle.ms", Long.toString(config.idleMillis()));
        fixed.put("max.incremental.fetch.session.cache.slots", Integer.toString(config.fetchSessions()));
        var all = new ArrayList<ConfigValue>();
        fixed.forEach((name, value) -> all.add(new ConfigValue(
                name,
                value,
                type(name, value),
                true,
                "Set in the configuration of the broker.",
                List.of(new Origin(name, value, ConfigSource.STATIC_BROKER_CONFIG)))));
        ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.forEach((topicName, name) ->
                all.add(ofTopics(name, LogConfig.configKeys().get(topicName), settings)));
        all.sort(Comparator.comparing(ConfigValue::name));
        return all;
    }

    /// As Kafka has them: of numbers, times are long, and this one factor is short.
    private static ConfigDef.Type type(String name, String value) {
        if (value.equals("true") || value.equals("false")) {
            return ConfigDef.Type.BOOLEAN;
        }
        if (!value.chars().allMatch(Character::isDigit)) {
            return ConfigDef.Type.STRING;
        }
        if (name.equals("offsets.topic.replication.factor")) {
            return ConfigDef.Type.SHORT;
        }
        return name.endsWith(".ms") ? ConfigDef.Type.LONG : ConfigDef.Type.INT;
    }

    private static ConfigValue ofTopics(String name, ConfigDef.ConfigKey key, Map<String, String> settings) {
        var from = new ArrayList<Origin>();
        if (settings.containsKey(name)) {
            from.add(new Origin(name, settings.get(name), ConfigSource.DYNAMIC_BROKER_CONFIG));
        }
        from.add(new Origin(name, TopicConfigs.defaultValue(key), ConfigSource.DEFAULT_CONFIG));
        return new ConfigValue(name, from.getFirst().value(), key.type, false, key.documentation, from);
    }

    /// What was set for the whole cluster.
    static List<ConfigValue> defaults(Map<String, String> settings) {
        var all = new ArrayList<ConfigValue>();
        settings.forEach((name, value) -> key(name)
                .ifPresent(key -> all.add(new ConfigValue(
                        name,
                        value,
                        key.type,
                        false,
                        key.documentation,
                        List.of(new Origin(name, value, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG))))));
        return all;
    }

    /// @throws InvalidConfigurationException the first mistake, with the key's name
    static void check(Map<String, String> settings) {
        settings.forEach((name, value) -> {
            var key = key(name)
                    .orElseThrow(() -> new InvalidConfigurationException(
                            "Cannot update these configs dynamically: Set(" + name + ")"));
            if (value == null) {
                throw new InvalidConfigurationException("Null value not supported for : " + name);
            }
            TopicConfigs.refuseWithoutEffect(name, TopicConfigs.parsed(key, name, value), key);
        });
    }
}
