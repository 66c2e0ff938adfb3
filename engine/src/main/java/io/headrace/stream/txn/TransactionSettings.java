package io.headrace.stream.txn;

import io.headrace.config.Settings;

/// Limits of transactions.
///
/// @param partitions of `__transaction_state` when it is made
/// @param timeoutMillisMax a producer may ask for no longer timeout
/// @param idExpiryMillis a transactional id that nobody used for so long is forgotten
/// @param idsMax so many transactional ids are known at most
public record TransactionSettings(int partitions, long timeoutMillisMax, long idExpiryMillis, int idsMax) {
    /// How often transactions are looked through for those that took too long.
    public static final long TIMEOUT_CHECK_MILLIS = 10_000;
    /// And ids for those that nobody uses.
    public static final long EXPIRY_CHECK_MILLIS = 3_600_000;
    /// Of the partitions of `__transaction_state`.
    public static final int SEGMENT_BYTES = 100 << 20;

    private static final long DAY_MILLIS = 24 * 3_600_000L;
    private static final int PARTITIONS_MAX = 10_000;

    public TransactionSettings {
        if (partitions < 1 || timeoutMillisMax < 1 || idExpiryMillis < 1 || idsMax < 1) {
            throw new IllegalArgumentException("%d partitions, timeout %d ms, expiry %d ms, %d ids"
                    .formatted(partitions, timeoutMillisMax, idExpiryMillis, idsMax));
        }
    }

    /// Kafka's, which has no limit of ids.
    public static TransactionSettings defaults() {
        return new TransactionSettings(50, 900_000, 7 * DAY_MILLIS, 100_000);
    }

    public static TransactionSettings read(Settings settings) {
        var normal = defaults();
        return new TransactionSettings(
                settings.count(
                        "partitions",
                        normal.partitions,
                        1,
                        PARTITIONS_MAX,
                        "Partitions of __transaction_state when it is made; later changes do nothing."),
                settings.millis(
                        "timeout-max",
                        normal.timeoutMillisMax,
                        1,
                        Integer.MAX_VALUE - 1L,
                        "Longest transaction timeout that a producer may ask for (transaction.max.timeout.ms)."),
                settings.millis(
                        "id-expiry",
                        normal.idExpiryMillis,
                        1_000,
                        365 * DAY_MILLIS,
                        "A transactional id that is not used for so long is forgotten (transactional.id.expiration.ms)."),
                settings.count(
                        "ids-max",
                        normal.idsMax,
                        1,
                        Integer.MAX_VALUE,
                        "Most transactional ids; who comes with a further one is refused, with POLICY_VIOLATION."));
    }
}
