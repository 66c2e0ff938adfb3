package io.headrace.kafka;

import io.headrace.kafka.ConfigValue.Origin;
import io.headrace.stream.StreamConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/// What can be asked of the broker, and the part of it that can be set while it runs: what topics have that say
/// nothing, and the budget of compaction. [FixedConfigs] has the rest. One broker is the whole cluster, so the
/// cluster's defaults and the broker's own values are the same.
final class BrokerConfigs {
    /// Where they are kept, by the broker's names; the engine reads them there.
    static final String SETTINGS = "kafka.broker";

    private static final ConfigDef.ConfigKey COMPACTION_LIMIT =
            CleanerConfig.CONFIG_DEF.configKeys().get(StreamConfig.COMPACTION_BYTES_MAX);

    private BrokerConfigs() {}

    /// The key of a topic that is set by a name of the broker, or one of its own; empty if there is none that can be
    /// set while it runs.
    static Optional<ConfigDef.ConfigKey> key(String name) {
        if (name.equals(COMPACTION_LIMIT.name)) {
            return Optional.of(COMPACTION_LIMIT);
        }
        return ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.entrySet().stream()
                .filter(synonym -> synonym.getValue().equals(name))
                .findFirst()
                .flatMap(synonym -> TopicConfigs.key(synonym.getKey()));
    }

    /// Everything there is to tell.
    static List<ConfigValue> all(Map<String, String> settings, FixedConfigs.Sources from) {
        var all = new ArrayList<>(FixedConfigs.all(from));
        ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.forEach((topicName, name) ->
                all.add(ofTopics(name, LogConfig.configKeys().get(topicName), settings)));
        all.add(compactionLimit(settings, from.streams()));
        all.sort(Comparator.comparing(ConfigValue::name));
        return all;
    }

    private static ConfigValue compactionLimit(Map<String, String> settings, StreamConfig streams) {
        var name = COMPACTION_LIMIT.name;
        var from = new ArrayList<Origin>();
        if (settings.containsKey(name)) {
            from.add(new Origin(name, settings.get(name), ConfigSource.DYNAMIC_BROKER_CONFIG));
        }
        if (streams.compactionBytesMax() > 0) {
            from.add(new Origin(name, Long.toString(streams.compactionBytesMax()), ConfigSource.STATIC_BROKER_CONFIG));
        }
        from.add(new Origin(name, TopicConfigs.defaultValue(COMPACTION_LIMIT), ConfigSource.DEFAULT_CONFIG));
        return new ConfigValue(
                name, from.getFirst().value(), COMPACTION_LIMIT.type, false, COMPACTION_LIMIT.documentation, from);
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
            var parsed = TopicConfigs.parsed(key, name, value);
            TopicConfigs.refuseWithoutEffect(name, parsed, key);
            if (key == COMPACTION_LIMIT && !((double) parsed > 0)) {
                throw new InvalidConfigurationException(
                        "Invalid value " + value + " for configuration " + name + ": Value must be more than 0");
            }
        });
    }
}
