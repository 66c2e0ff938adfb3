package io.headrace.kafka;

import io.headrace.kafka.ConfigValue.Origin;
import io.headrace.kafka.quota.Quotas;
import io.headrace.stream.StreamConfig;
import io.headrace.stream.group.GroupSettings;
import io.headrace.stream.txn.TransactionSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.coordinator.transaction.TransactionLogConfig;
import org.apache.kafka.coordinator.transaction.TransactionStateManagerConfig;
import org.apache.kafka.server.config.QuotaConfig;
import org.apache.kafka.storage.internals.log.CleanerConfig;

/// What cannot be set while the broker runs, by Kafka's names: what its own configuration says, and what is a constant
/// here. Kafka's keys that nothing here follows are not told.
final class FixedConfigs {
    /// How the coordinator of groups writes and reads its own topic is ours, and its thread pools are bounded here.
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            GroupCoordinatorConfig.OFFSETS_LOAD_BUFFER_SIZE_CONFIG,
            GroupCoordinatorConfig.OFFSETS_TOPIC_COMPRESSION_CODEC_CONFIG,
            GroupCoordinatorConfig.CACHED_BUFFER_MAX_BYTES_CONFIG,
            ShareGroupConfig.SHARE_FETCH_PURGATORY_PURGE_INTERVAL_REQUESTS_CONFIG,
            ShareGroupConfig.SHARE_GROUP_PERSISTER_CLASS_NAME_CONFIG);

    private FixedConfigs() {}

    /// What they are made of.
    record Sources(
            KafkaConfig front,
            Advertised here,
            StreamConfig streams,
            TransactionSettings transactions,
            GroupSettings groups) {}

    static List<ConfigValue> all(Sources from) {
        var all = new ArrayList<ConfigValue>();
        of(from.front(), from.here()).forEach((name, value) -> all.add(undefined(name, value)));
        groups(from.groups(), all);
        ofTransactions(from)
                .forEach((name, value) -> all.add(defined(
                        name, value, TransactionLogConfig.CONFIG_DEF, TransactionStateManagerConfig.CONFIG_DEF)));
        ofCompaction(from.streams()).forEach((name, value) -> all.add(defined(name, value, CleanerConfig.CONFIG_DEF)));
        ofQuotas().forEach((name, value) -> all.add(defined(name, value, QuotaConfig.CONFIG_DEF)));
        return all;
    }

    private static Map<String, String> of(KafkaConfig config, Advertised here) {
        var fixed = new TreeMap<String, String>();
        fixed.put("node.id", Integer.toString(KafkaConfig.NODE_ID));
        fixed.put("broker.id", Integer.toString(KafkaConfig.NODE_ID));
        fixed.put("advertised.listeners", "PLAINTEXT://" + here.host() + ":" + here.port());
        fixed.put("auto.create.topics.enable", Boolean.toString(config.autoCreateTopics()));
        fixed.put("delete.topic.enable", "true");
        fixed.put("num.partitions", Integer.toString(config.partitions()));
        fixed.put("default.replication.factor", "1");
        fixed.put("socket.request.max.bytes", Integer.toString(config.requestBytesMax()));
        fixed.put("fetch.max.bytes", Integer.toString(config.fetchBytesMax()));
        fixed.put("connections.max.idle.ms", Long.toString(config.idleMillis()));
        fixed.put("connections.max.reauth.ms", Long.toString(config.sasl().maxReauthMillis()));
        fixed.put("max.incremental.fetch.session.cache.slots", Integer.toString(config.fetchSessions()));
        fixed.put("max.request.partition.size.limit", Integer.toString(KafkaConfig.DESCRIBED_PARTITIONS_MAX));
        return fixed;
    }

    private static void groups(GroupSettings groups, List<ConfigValue> all) {
        var values = groups.effective();
        for (var definitions : List.of(GroupCoordinatorConfig.CONFIG_DEF, ShareGroupConfig.CONFIG_DEF)) {
            definitions.configKeys().forEach((name, key) -> {
                if (!key.internalConfig && !WITHOUT_EFFECT.contains(name)) {
                    all.add(fixed(key, values.getOrDefault(name, TopicConfigs.defaultValue(key))));
                }
            });
        }
    }

    private static Map<String, String> ofTransactions(Sources from) {
        var settings = from.transactions();
        var fixed = new TreeMap<String, String>();
        fixed.put(
                TransactionStateManagerConfig.TRANSACTIONS_MAX_TIMEOUT_MS_CONFIG,
                Long.toString(settings.timeoutMillisMax()));
        fixed.put(
                TransactionStateManagerConfig.TRANSACTIONAL_ID_EXPIRATION_MS_CONFIG,
                Long.toString(settings.idExpiryMillis()));
        fixed.put(
                TransactionStateManagerConfig.TRANSACTIONS_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS_CONFIG,
                Long.toString(TransactionSettings.TIMEOUT_CHECK_MILLIS));
        fixed.put(
                TransactionStateManagerConfig.TRANSACTIONS_REMOVE_EXPIRED_TRANSACTIONAL_ID_CLEANUP_INTERVAL_MS_CONFIG,
                Long.toString(TransactionSettings.EXPIRY_CHECK_MILLIS));
        fixed.put(TransactionStateManagerConfig.TRANSACTIONS_2PC_ENABLED_CONFIG, "false");
        fixed.put(TransactionLogConfig.TRANSACTIONS_TOPIC_PARTITIONS_CONFIG, Integer.toString(settings.partitions()));
        fixed.put(
                TransactionLogConfig.TRANSACTIONS_TOPIC_SEGMENT_BYTES_CONFIG,
                Integer.toString(TransactionSettings.SEGMENT_BYTES));
        fixed.put(TransactionLogConfig.TRANSACTIONS_TOPIC_REPLICATION_FACTOR_CONFIG, "1");
        fixed.put(TransactionLogConfig.TRANSACTIONS_TOPIC_MIN_ISR_CONFIG, "1");
        fixed.put(TransactionLogConfig.TRANSACTION_PARTITION_VERIFICATION_ENABLE_CONFIG, "true");
        fixed.put(
                TransactionLogConfig.PRODUCER_ID_EXPIRATION_MS_CONFIG,
                Long.toString(from.streams().producerExpiryMillis()));
        fixed.put(
                TransactionLogConfig.PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS_CONFIG,
                Long.toString(from.streams().retentionCheckMillis()));
        return fixed;
    }

    private static Map<String, String> ofCompaction(StreamConfig streams) {
        return Map.of(
                "log.cleaner.enable",
                "true",
                CleanerConfig.LOG_CLEANER_THREADS_PROP,
                "1",
                CleanerConfig.LOG_CLEANER_BACKOFF_MS_PROP,
                Long.toString(streams.compactionCheckMillis()),
                CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_SIZE_PROP,
                Integer.toString(streams.compactionKeyBytes()),
                CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_LOAD_FACTOR_PROP,
                Double.toString(StreamConfig.COMPACTION_FILL_MAX),
                CleanerConfig.LOG_CLEANER_IO_BUFFER_SIZE_PROP,
                Integer.toString(StreamConfig.COMPACTION_BUFFER_BYTES));
    }

    private static Map<String, String> ofQuotas() {
        var samples = Integer.toString(Quotas.WINDOWS);
        var seconds = Integer.toString(Quotas.WINDOW_SECONDS);
        return Map.of(
                QuotaConfig.NUM_QUOTA_SAMPLES_CONFIG, samples,
                QuotaConfig.QUOTA_WINDOW_SIZE_SECONDS_CONFIG, seconds,
                QuotaConfig.NUM_CONTROLLER_QUOTA_SAMPLES_CONFIG, samples,
                QuotaConfig.CONTROLLER_QUOTA_WINDOW_SIZE_SECONDS_CONFIG, seconds);
    }

    private static ConfigValue defined(String name, String value, ConfigDef... definitions) {
        for (var definition : definitions) {
            var key = definition.configKeys().get(name);
            if (key != null) {
                return fixed(key, value);
            }
        }
        throw new IllegalStateException("Kafka has no setting " + name);
    }

    private static ConfigValue fixed(ConfigDef.ConfigKey key, String value) {
        var normal = TopicConfigs.defaultValue(key);
        var from = new ArrayList<Origin>();
        if (!value.equals(normal)) {
            from.add(new Origin(key.name, value, ConfigSource.STATIC_BROKER_CONFIG));
        }
        from.add(new Origin(key.name, normal, ConfigSource.DEFAULT_CONFIG));
        return new ConfigValue(key.name, value, key.type, true, key.documentation, from);
    }

    private static ConfigValue undefined(String name, String value) {
        return new ConfigValue(
                name,
                value,
                type(name, value),
                true,
                "Set in the configuration of the broker.",
                List.of(new Origin(name, value, ConfigSource.STATIC_BROKER_CONFIG)));
    }

    /// As Kafka has them: of numbers, times are long.
    private static ConfigDef.Type type(String name, String value) {
        if (value.equals("true") || value.equals("false")) {
            return ConfigDef.Type.BOOLEAN;
        }
        if (!value.chars().allMatch(Character::isDigit)) {
            return ConfigDef.Type.STRING;
        }
        return name.endsWith(".ms") ? ConfigDef.Type.LONG : ConfigDef.Type.INT;
    }
}
