package io.headrace.queue;

import java.util.Objects;

/// How long a message that comes back to a quorum queue waits before it is ready again: `min` for each failed attempt,
/// at most `max`, as RabbitMQ 4.3 has it.
///
/// A queue that has it counts as RabbitMQ 4.3 does: what was rejected, or whose consumer is gone, failed; what was
/// given back by `basic.nack` or `basic.recover` was not tried. Other queues count all of it, as RabbitMQ 4.0 to 4.2.
public record DelayedRetry(Type type, long minMillis, long maxMillis) {
    /// Which messages wait.
    public enum Type {
        DISABLED("disabled"),
        ALL("all"),
        FAILED("failed"),
        RETURNED("returned");

        private static final Type[] TYPES = values();
        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        private static Type of(String wireName) {
            for (var type : TYPES) {
                if (type.wireName.equals(wireName)) {
                    return type;
                }
            }
            return DISABLED;
        }
    }

    public static final DelayedRetry NONE = new DelayedRetry(Type.DISABLED, 0, 0);

    public DelayedRetry {
        Objects.requireNonNull(type);
        if (minMillis < 0 || maxMillis < 0) {
            throw new IllegalArgumentException("delayed retry from " + minMillis + " to " + maxMillis + " ms");
        }
    }

    /// @param type as arguments and policies name it; any other is none
    static DelayedRetry of(String type, long minMillis, long maxMillis) {
        var known = Type.of(type);
        return known == Type.DISABLED ? NONE : new DelayedRetry(known, minMillis, maxMillis);
    }

    /// Whether a message that came back has one more failed attempt.
    boolean counts(boolean failed) {
        return failed || type == Type.DISABLED;
    }

    /// How long a message waits that came back; 0 if it does not.
    ///
    /// @param failures by now
    long delayMillis(boolean failed, int failures) {
        boolean waits = switch (type) {
            case DISABLED -> false;
            case ALL -> true;
            case FAILED -> failed;
            case RETURNED -> !failed;
        };
        if (!waits) {
            return 0;
        }
        int times = Math.max(1, failures);
        return minMillis > maxMillis / times ? maxMillis : minMillis * times;
    }
}
