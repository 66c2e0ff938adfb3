package io.headrace.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.server.config.ConfigSynonym;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.storage.internals.log.LogConfig;

/// How a topic's partitions behave: what was set on the topic, else on the broker, else Kafka's default. Names and
/// meaning are Kafka's.
///
/// Threads: any.
final class TopicSettings {
    private final LogConfig config;
    private final boolean logAppendTime;

    private TopicSettings(LogConfig config) {
        this.config = config;
        this.logAppendTime = config.messageTimestampType == TimestampType.LOG_APPEND_TIME;
    }

    /// @param topic what was set on it
    /// @param broker what was set on the broker, by the broker's names
    static TopicSettings of(Map<String, String> topic, Map<String, String> broker) {
        var defaults = new HashMap<String, String>();
        ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.forEach((name, synonyms) -> {
            for (ConfigSynonym synonym : synonyms) {
                var value = broker.get(synonym.name());
                if (value != null) {
                    defaults.put(name, synonym.converter().apply(value));
                    break;
                }
            }
        });
        var own = new Properties();
        own.putAll(topic);
        return new TopicSettings(LogConfig.fromProps(defaults, own));
    }

    int maxMessageBytes() {
        return config.maxMessageSize();
    }

    boolean logAppendTime() {
        return logAppendTime;
    }

    boolean compacted() {
        return config.compact;
    }

    /// Whether old segments go by time and size.
    boolean deletes() {
        return config.delete;
    }

    TimestampType timestampType() {
        return config.messageTimestampType;
    }

    long timestampBeforeMaxMillis() {
        return config.messageTimestampBeforeMaxMs;
    }

    long timestampAfterMaxMillis() {
        return config.messageTimestampAfterMaxMs;
    }

    /// What batches are compressed with if they come as `source`.
    Compression compression(CompressionType source) {
        return config.compression.orElseGet(() -> Compression.of(source).build());
    }

    /// Whether batches that come as `compression` (the bits in their attributes) stay as they are.
    boolean keeps(int compression) {
        return config.compression.isEmpty() || config.compression.get().type().id == compression;
    }

    long compactionLagMinMillis() {
        return config.compactionLagMs;
    }

    long compactionLagMaxMillis() {
        return config.maxCompactionLagMs;
    }

    /// The share of bytes that were never compacted from which on it is worth doing.
    double dirtyRatioMin() {
        return config.minCleanableRatio;
    }

    /// How long consumers may still see that a key was deleted.
    long deleteRetentionMillis() {
        return config.deleteRetentionMs;
    }

    int segmentBytes() {
        return config.segmentSize();
    }

    long segmentMillis() {
        return config.segmentMs;
    }

    int indexIntervalBytes() {
        return config.indexInterval;
    }

    /// -1 for ever.
    long retentionMillis() {
        return config.retentionMs;
    }

    /// -1 for any size.
    long retentionBytes() {
        return config.retentionSize;
    }
}
