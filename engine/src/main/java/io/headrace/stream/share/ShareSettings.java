package io.headrace.stream.share;

import java.time.Duration;
import java.util.Objects;

/// What holds for one share group.
///
/// @param lockMillis so long a member may keep a record
/// @param deliveryLimit a record that comes back after so many deliveries is archived
/// @param locksMax records from the start of the window to its end, of each partition
/// @param reset where a group begins that has no offset yet
/// @param committedOnly whether records of open and aborted transactions are kept from it
/// @param renewing whether a member may begin its time anew
public record ShareSettings(
        int lockMillis, int deliveryLimit, int locksMax, Reset reset, boolean committedOnly, boolean renewing) {
    /// From here on few records are given out together, so that one that harms its consumer is found.
    private static final int SUSPICIOUS_MIN = 2;

    public ShareSettings {
        Objects.requireNonNull(reset);
    }

    /// Kafka's defaults.
    public static ShareSettings defaults() {
        return new ShareSettings(30_000, 5, 2_000, new Reset.Latest(), false, true);
    }

    /// Where to begin.
    public sealed interface Reset {
        record Earliest() implements Reset {}

        record Latest() implements Reset {}

        /// With the first record that is not older.
        record ByDuration(Duration age) implements Reset {}
    }

    /// Whether a record that was given out so often is suspected of harming who gets it.
    boolean suspicious(int deliveries) {
        return deliveries >= suspiciousFrom();
    }

    /// Whether this would be its last chance, or more: a crash of the broker in the middle of the last one is not held
    /// against it. It gets it alone.
    boolean last(int deliveries) {
        return deliveryLimit > SUSPICIOUS_MIN && deliveries >= deliveryLimit - 1;
    }

    /// How many of `together` that came back together are given out together again: half as many each time.
    int portion(int together, int deliveries) {
        if (last(deliveries)) {
            return 1;
        }
        return Math.max(1, together >> deliveries - suspiciousFrom() + 1);
    }

    private int suspiciousFrom() {
        return Math.max(SUSPICIOUS_MIN, (deliveryLimit + 1) / 2);
    }
}
