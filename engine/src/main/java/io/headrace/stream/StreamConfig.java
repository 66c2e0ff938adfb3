package io.headrace.stream;

import io.headrace.config.Settings;

/// How often partitions are looked after.
///
/// @param retentionCheckMillis old segments are looked for so often
/// @param compactionCheckMillis and segments to compact
/// @param producerExpiryMillis an idempotent producer that appends nothing for so long is forgotten
public record StreamConfig(long retentionCheckMillis, long compactionCheckMillis, long producerExpiryMillis) {
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

    /// Kafka's.
    public static StreamConfig defaults() {
        return new StreamConfig(300_000, 15_000, DAY_MILLIS);
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
                settings.millis(
                        "producer-expiry",
                        normal.producerExpiryMillis,
                        1_000,
                        365 * DAY_MILLIS,
                        "An idempotent producer that sends nothing for so long is forgotten (producer.id.expiration.ms)."));
    }
}
