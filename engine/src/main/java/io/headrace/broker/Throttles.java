package io.headrace.broker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which clients of Kafka's protocol were told to wait, for what, and how long. Of so many only the latest are known.
///
/// Threads: the loop.
public final class Throttles {
    static final int CLIENTS_MAX = 10_000;
    /// As long as the window in which Kafka averages.
    static final long WINDOW_MILLIS = 11_000;

    /// What a client was over.
    public enum Quota {
        PRODUCE,
        FETCH,
        REQUEST,
        CONTROLLER_MUTATION
    }

    private record Client(Quota quota, String user, String clientId) {}

    /// @param count how often it was told to wait since it is known
    /// @param sumMillis how long in all
    /// @param averageMillis of the last window in which it was told anything, if that is not long ago; else 0
    public record Report(Quota quota, String user, String clientId, long count, long sumMillis, double averageMillis) {}

    private static final class Waits {
        private long count;
        private long sumMillis;
        private long windowMillis;
        private long windowCount;
        private long windowSum;
        private double lastAverage;

        void add(long millis, long nowMillis) {
            roll(nowMillis);
            count++;
            sumMillis += millis;
            windowCount++;
            windowSum += millis;
        }

        private void roll(long nowMillis) {
            long age = nowMillis - windowMillis;
            if (age >= WINDOW_MILLIS) {
                lastAverage = age < 2 * WINDOW_MILLIS ? average() : 0;
                windowMillis = nowMillis - age % WINDOW_MILLIS;
                windowCount = 0;
                windowSum = 0;
            }
        }

        private double average() {
            return windowCount == 0 ? 0 : (double) windowSum / windowCount;
        }

        double averageAt(long nowMillis) {
            roll(nowMillis);
            return windowCount == 0 ? lastAverage : average();
        }
    }

    private final Map<Client, Waits> waits = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Client, Waits> eldest) {
            return size() > CLIENTS_MAX;
        }
    };

    /// A client is told to wait; not asked for one that need not.
    public void told(Quota quota, String user, String clientId, long millis, long nowMillis) {
        waits.computeIfAbsent(new Client(quota, user, clientId), _ -> new Waits())
                .add(millis, nowMillis);
    }

    public List<Report> reports(long nowMillis) {
        var reports = new ArrayList<Report>(waits.size());
        waits.forEach((client, told) -> reports.add(new Report(
                client.quota, client.user, client.clientId, told.count, told.sumMillis, told.averageAt(nowMillis))));
        return reports;
    }
}
