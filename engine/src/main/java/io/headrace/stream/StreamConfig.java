package io.headrace.stream;

import io.headrace.config.Settings;
import java.util.Map;

/// How often partitions are looked after, and what that may take.
///
/// @param retentionCheckMillis old segments are looked for so often
/// @param compactionCheckMillis and segments to compact
/// @param compactionBytesMax so much is read and written for that in a second, on average; 0 for any amount
/// @param compactionKeyBytes memory for the keys of a pass: 24 bytes each
/// @param producerExpiryMillis an idempotent producer that appends nothing for so long is forgotten
public record StreamConfig(
        long retentionCheckMillis,
        long compactionCheckMillis,
        long compactionBytesMax,
        int compactionKeyBytes,
        long producerExpiryMillis) {
    /// Kafka's name of `compactionBytesMax`, which can be set while the broker runs.
    public static final String COMPACTION_BYTES_MAX = "log.cleaner.io.max.bytes.per.second";
    /// The share of the memory for keys that is filled at most; as in Kafka, unless that is told otherwise.
    public static final double COMPACTION_FILL_MAX = 0.9;

    /// Memory that a pass reads and writes with.
    public static final int COMPACTION_BUFFER_BYTES = 2 << 20;

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

    /// Kafka's, but for the memory.
    public static StreamConfig defaults() {
        return new StreamConfig(300_000, 15_000, 0, 16 * MIB, DAY_MILLIS);
    }

    public static StreamConfig read(Settings settings) {
        var normal = defaults();
        return new StreamConfig(
                settings.millis(
                        "retention-check",
                        normal.retentionCheckMillis,
                        100,
                        DAY_MILLIS,
                        "How often old segments of topics are looked for (Kafka: log.retention.check.interval.ms)."),
                settings.millis(
                        "compaction-check",
                        normal.compactionCheckMillis,
                        100,
                        DAY_MILLIS,
                        "How often topics are looked through for what to compact (Kafka: log.cleaner.backoff.ms)."),
                settings.bytes(
                        "compaction-io-max",
                        normal.compactionBytesMax,
                        0,
                        1L << 40,
                        "How much compaction reads and writes in a second, on average; 0 is no limit, and it rests two thirds of the time in any case (Kafka: log.cleaner.io.max.bytes.per.second)."),
                Math.toIntExact(
                        settings.bytes(
                                "compaction-memory",
                                normal.compactionKeyBytes,
                                64 * KIB,
                                1024 * MIB,
                                "Memory for the keys of a pass of compaction, 24 bytes each; a topic with more keys takes several (Kafka: log.cleaner.dedupe.buffer.size).")),
                settings.millis(
                        "producer-expiry",
                        normal.producerExpiryMillis,
                        1_000,
                        365 * DAY_MILLIS,
                        "An idempotent producer that sends nothing for so long is forgotten (producer.id.expiration.ms)."));
    }

    /// The budget of compaction, for which what was set on the broker at run time goes first.
    ///
    /// @param brokerSettings by Kafka's names
    public double compactionBytesPerSecond(Map<String, String> brokerSettings) {
        var set = brokerSettings.get(COMPACTION_BYTES_MAX);
        if (set != null) {
            return Double.parseDouble(set);
        }
        return compactionBytesMax == 0 ? Double.MAX_VALUE : compactionBytesMax;
    }
}
