package io.headrace.kafka.quota;

import java.util.Optional;

/// The meters of one client, by one version of the table.
///
/// Threads: the loop.
public final class Account {
    /// What a client that has kept us too busy waits at most, as in Kafka: a sample.
    private static final long REQUEST_MILLIS_MAX = RateWindow.SAMPLE_MILLIS;
    private static final double PERCENT_PER_NANO = 100 / 1e9;

    private final long version;
    private final String user;
    private final String clientId;
    private final Optional<RateWindow> produced;
    private final Optional<RateWindow> fetched;
    private final Optional<RateWindow> busy;
    private final Optional<TokenBucket> mutations;

    Account(
            long version,
            String user,
            String clientId,
            Optional<RateWindow> produced,
            Optional<RateWindow> fetched,
            Optional<RateWindow> busy,
            Optional<TokenBucket> mutations) {
        this.version = version;
        this.user = user;
        this.clientId = clientId;
        this.produced = produced;
        this.fetched = fetched;
        this.busy = busy;
        this.mutations = mutations;
    }

    boolean isOf(long wantedVersion, String wantedUser, String wantedClientId) {
        return version == wantedVersion && user.equals(wantedUser) && clientId.equals(wantedClientId);
    }

    public String user() {
        return user;
    }

    public String clientId() {
        return clientId;
    }

    /// @return milliseconds to wait
    public long produced(int bytes, long nowMillis) {
        return produced.map(meter -> meter.add(bytes, nowMillis)).orElse(0L);
    }

    /// @return milliseconds to wait
    public long fetched(int bytes, long nowMillis) {
        return fetched.map(meter -> meter.add(bytes, nowMillis)).orElse(0L);
    }

    /// It was not sent after all.
    public void notFetched(int bytes, long nowMillis) {
        fetched.ifPresent(meter -> meter.record(-bytes, nowMillis));
    }

    /// Most that one fetch may bring: what a whole window may.
    public int fetchBytesMax() {
        return fetched.map(meter -> (int) Math.min(meter.windowBound(), Integer.MAX_VALUE))
                .orElse(Integer.MAX_VALUE);
    }

    /// Whether it matters how long a request keeps us busy.
    public boolean timed() {
        return busy.isPresent();
    }

    /// @return milliseconds to wait
    public long busy(long nanos, long nowMillis) {
        return busy.map(meter -> Math.min(REQUEST_MILLIS_MAX, meter.add(nanos * PERCENT_PER_NANO, nowMillis)))
                .orElse(0L);
    }

    /// Partitions made or deleted, if there is room for any.
    ///
    /// @return 0; or milliseconds to wait, and they may not be
    public long mutatedIfAllowed(int partitions, long nowMillis) {
        return mutations.map(bucket -> bucket.takeIfAny(partitions, nowMillis)).orElse(0L);
    }

    /// Partitions made or deleted in any case.
    ///
    /// @return milliseconds to wait
    public long mutated(int partitions, long nowMillis) {
        return mutations.map(bucket -> bucket.take(partitions, nowMillis)).orElse(0L);
    }
}
