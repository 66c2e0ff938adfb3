package io.headrace.kafka.quota;

import io.headrace.broker.SharedSettings;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.server.config.QuotaConfig;

/// The quotas that are set, and the meters of those they are set for.
///
/// Meters are bounded in number: who invents client ids makes us forget those that were used longest ago.
///
/// Threads: the loop; made by any.
public final class Quotas {
    /// How many windows a rate is taken over (`quota.window.num`), and how long each is.
    public static final int WINDOWS = RateWindow.SAMPLES;
    public static final int WINDOW_SECONDS = (int) (RateWindow.SAMPLE_MILLIS / 1_000);

    static final int METERS_MAX = 10_000;
    /// Of a longer client id the rest does not count, or long ones would fill the memory.
    static final int NAME_LENGTH_MAX = 255;
    /// What a connection that came too soon is kept waiting at most before it is closed.
    private static final long CONNECTION_MILLIS_MAX = RateWindow.SAMPLE_MILLIS;

    private final SharedSettings settings;
    private final Map<MeterKey, RateWindow> windows = new Meters<>();
    private final Map<MeterKey, TokenBucket> buckets = new Meters<>();
    private volatile boolean stale = true; // the settings are others than the table says
    private QuotaTable table;
    private long version;

    /// @param user empty if all its clients' users share the meter, and so with `clientId`
    private record MeterKey(String quota, String user, String clientId) {}

    private static final class Meters<V> extends LinkedHashMap<MeterKey, V> {
        private static final long serialVersionUID = 1;

        Meters() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<MeterKey, V> eldest) {
            return size() > METERS_MAX;
        }
    }

    public Quotas(SharedSettings settings) {
        this.settings = settings;
        settings.listen(QuotaTable.SETTINGS, _ -> stale = true);
    }

    /// Whether any quota is set at all.
    public boolean any() {
        return !table().isEmpty();
    }

    public QuotaTable table() {
        if (stale) {
            stale = false; // before it is read: a change in between is read again
            table = QuotaTable.read(settings);
            version++;
        }
        return table;
    }

    /// The account of a client: `last`, if that is still right.
    ///
    /// @param last null if there is none
    public Account account(Account last, String user, String givenClientId) {
        var current = table();
        var clientId =
                givenClientId.length() <= NAME_LENGTH_MAX ? givenClientId : givenClientId.substring(0, NAME_LENGTH_MAX);
        if (last != null && last.isOf(version, user, clientId)) {
            return last;
        }
        return new Account(
                version,
                user,
                clientId,
                window(current, QuotaConfig.PRODUCER_BYTE_RATE_OVERRIDE_CONFIG, user, clientId),
                window(current, QuotaConfig.CONSUMER_BYTE_RATE_OVERRIDE_CONFIG, user, clientId),
                window(current, QuotaConfig.REQUEST_PERCENTAGE_OVERRIDE_CONFIG, user, clientId),
                current.find(QuotaConfig.CONTROLLER_MUTATION_RATE_OVERRIDE_CONFIG, user, clientId)
                        .map(found -> bucket(QuotaConfig.CONTROLLER_MUTATION_RATE_OVERRIDE_CONFIG, found)));
    }

    private Optional<RateWindow> window(QuotaTable current, String quota, String user, String clientId) {
        return current.find(quota, user, clientId).map(found -> {
            var window = meter(windows, new MeterKey(quota, found.user(), found.clientId()), RateWindow::new);
            window.bound(found.limit());
            return window;
        });
    }

    private TokenBucket bucket(String quota, QuotaTable.Found found) {
        var bucket = meter(buckets, new MeterKey(quota, found.user(), found.clientId()), TokenBucket::new);
        bucket.rate(found.limit());
        return bucket;
    }

    private static <V> V meter(Map<MeterKey, V> meters, MeterKey key, Supplier<V> fresh) {
        return meters.computeIfAbsent(key, _ -> fresh.get());
    }

    /// A connection has come from an address.
    ///
    /// @return 0; or so many milliseconds too soon, and it is not counted
    public long connected(InetAddress address, long nowMillis) {
        var quota = QuotaConfig.IP_CONNECTION_RATE_OVERRIDE_CONFIG;
        return table().ofAddress(quota, address)
                .map(limit -> {
                    var window = meter(windows, new MeterKey(quota, address.getHostAddress(), ""), RateWindow::new);
                    window.bound(limit);
                    long millis = window.add(1, nowMillis);
                    if (millis > 0) {
                        window.record(-1, nowMillis);
                    }
                    return Math.min(millis, CONNECTION_MILLIS_MAX);
                })
                .orElse(0L);
    }

    int meters() {
        return windows.size() + buckets.size();
    }
}
