package io.headrace.kafka;

import static org.apache.kafka.common.config.TopicConfig.FILE_DELETE_DELAY_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.FLUSH_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.LOCAL_LOG_RETENTION_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.LOCAL_LOG_RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.PREALLOCATE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.REMOTE_LOG_DELETE_ON_DISABLE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_INDEX_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_JITTER_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG;
import static org.apache.kafka.server.config.QuotaConfig.FOLLOWER_REPLICATION_THROTTLED_REPLICAS_CONFIG;
import static org.apache.kafka.server.config.QuotaConfig.LEADER_REPLICATION_THROTTLED_REPLICAS_CONFIG;

import io.headrace.kafka.ConfigValue.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.storage.internals.log.LogConfig;

/// What can be set on a topic: Kafka's names, defaults, bounds and words. A key whose effect we do not have keeps its
/// default; another value is refused by the key's name.
final class TopicConfigs {
    /// There is no effect behind these here: one node, no tiers, and all is forced anyway.
    static final Set<String> WITHOUT_EFFECT = Set.of(
            REMOTE_LOG_STORAGE_ENABLE_CONFIG,
            REMOTE_LOG_COPY_DISABLE_CONFIG,
            REMOTE_LOG_DELETE_ON_DISABLE_CONFIG,
            LOCAL_LOG_RETENTION_MS_CONFIG,
            LOCAL_LOG_RETENTION_BYTES_CONFIG,
            UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
            LEADER_REPLICATION_THROTTLED_REPLICAS_CONFIG,
            FOLLOWER_REPLICATION_THROTTLED_REPLICAS_CONFIG,
            PREALLOCATE_CONFIG,
            FLUSH_MESSAGES_INTERVAL_CONFIG,
            FLUSH_MS_CONFIG,
            SEGMENT_JITTER_MS_CONFIG,
            SEGMENT_INDEX_BYTES_CONFIG,
            FILE_DELETE_DELAY_MS_CONFIG);

    private TopicConfigs() {}

    static Optional<ConfigDef.ConfigKey> key(String name) {
        return Optional.ofNullable(LogConfig.configKeys().get(name)).filter(key -> !key.internalConfig);
    }

    static String defaultValue(ConfigDef.ConfigKey key) {
        return ConfigDef.convertToString(key.defaultValue, key.type);
    }

    /// Everything that can be set, with what it is now.
    ///
    /// @param own of the topic
    /// @param broker by the broker's names
    static List<ConfigValue> all(Map<String, String> own, Map<String, String> broker) {
        var all = new ArrayList<ConfigValue>();
        for (String name : LogConfig.nonInternalConfigNames().stream().sorted().toList()) {
            var key = LogConfig.configKeys().get(name);
            var from = new ArrayList<Origin>();
            if (own.containsKey(name)) {
                from.add(new Origin(name, own.get(name), ConfigSource.TOPIC_CONFIG));
            }
            for (var synonym : ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.getOrDefault(name, List.of())) {
                var set = broker.get(synonym.name());
                if (set != null) {
                    from.add(new Origin(
                            synonym.name(),
                            synonym.converter().apply(set),
                            ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG));
                }
            }
            var synonym = ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.get(name);
            if (synonym != null) {
                from.add(new Origin(synonym, defaultValue(key), ConfigSource.DEFAULT_CONFIG));
            }
            var value = from.isEmpty() ? defaultValue(key) : from.getFirst().value();
            all.add(new ConfigValue(name, value, key.type, false, key.documentation, from));
        }
        return all;
    }

    /// @throws InvalidConfigurationException the first mistake, with the key's name
    static void check(Map<String, String> settings) {
        settings.forEach((name, value) -> {
            var key = key(name)
                    .orElseThrow(() -> new InvalidConfigurationException("Unknown topic config name: " + name));
            if (value == null) {
                throw new InvalidConfigurationException("Null value not supported for topic configs: " + name);
            }
            refuseWithoutEffect(name, parsed(key, name, value), key);
        });
        try {
            LogConfig.validateValues(LogConfig.configDefCopy().parse(settings));
        } catch (ConfigException invalid) {
            throw new InvalidConfigurationException(invalid.getMessage());
        }
    }

    static Object parsed(ConfigDef.ConfigKey key, String name, String value) {
        try {
            var parsed = ConfigDef.parseType(name, value, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(name, parsed);
            }
            return parsed;
        } catch (ConfigException invalid) {
            throw new InvalidConfigurationException(invalid.getMessage());
        }
    }

    static void refuseWithoutEffect(String name, Object value, ConfigDef.ConfigKey key) {
        if (WITHOUT_EFFECT.contains(key.name) && !value.equals(key.defaultValue)) {
            throw new InvalidConfigurationException(
                    name + " can only be " + defaultValue(key) + ": this broker has nothing that it would change");
        }
    }
}
