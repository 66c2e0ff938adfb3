package io.headrace.queue;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Objects;
import java.util.Optional;

/// What holds for a queue by its arguments and policies: how long messages stay, how many, and where they go when
/// they die.
///
/// @param messageTtlMillis [#NONE] for as long as they like
/// @param expiresMillis how long the queue itself may be unused, or [#NONE]
/// @param maxLength ready messages, [#UNLIMITED] for any number
/// @param maxLengthBytes of their bodies
/// @param deadLetter empty: what dies is gone
/// @param maxPriority 0 for a queue without priorities
/// @param delays each message waits here as long as it asks for, and then goes on
/// @param deliveryLimit failed attempts that a message may have, or [#NONE]; quorum queues count them
/// @param delayedRetry how long what comes back waits; only in quorum queues
public record QueueTraits(
        long messageTtlMillis,
        long expiresMillis,
        long maxLength,
        long maxLengthBytes,
        Overflow overflow,
        Optional<DeadLetter> deadLetter,
        int maxPriority,
        boolean singleActiveConsumer,
        long deliveryLimit,
        DelayedRetry delayedRetry,
        boolean delays) {
    public static final long NONE = -1;
    public static final long UNLIMITED = Long.MAX_VALUE;
    public static final int MAX_PRIORITY = 255;

    /// A queue of which nothing was said.
    public static final QueueTraits PLAIN = new QueueTraits(
            NONE,
            NONE,
            UNLIMITED,
            UNLIMITED,
            Overflow.DROP_HEAD,
            Optional.empty(),
            0,
            false,
            NONE,
            DelayedRetry.NONE,
            false);

    /// Where messages wait that a delayed exchange holds back.
    public static QueueTraits delaying(String exchange) {
        var back = new DeadLetter(exchange, Optional.empty(), false);
        return new QueueTraits(
                NONE,
                NONE,
                UNLIMITED,
                UNLIMITED,
                Overflow.DROP_HEAD,
                Optional.of(back),
                0,
                false,
                NONE,
                DelayedRetry.NONE,
                true);
    }

    /// What a full queue does.
    public enum Overflow {
        DROP_HEAD("drop-head"),
        REJECT_PUBLISH("reject-publish"),
        REJECT_PUBLISH_DLX("reject-publish-dlx");

        private static final Overflow[] ALL = values();
        private final String wireName;

        Overflow(String wireName) {
            this.wireName = wireName;
        }

        private static Overflow of(String wireName) {
            for (var overflow : ALL) {
                if (overflow.wireName.equals(wireName)) {
                    return overflow;
                }
            }
            return DROP_HEAD;
        }
    }

    /// Where the dead go.
    ///
    /// @param exchange need not exist; then they are dropped
    /// @param routingKey instead of the message's own
    /// @param atLeastOnce they stay until every queue that they are routed to has them
    public record DeadLetter(String exchange, Optional<String> routingKey, boolean atLeastOnce) {
        public DeadLetter {
            Objects.requireNonNull(exchange);
            Objects.requireNonNull(routingKey);
        }
    }

    public QueueTraits {
        Objects.requireNonNull(overflow);
        Objects.requireNonNull(deadLetter);
        Objects.requireNonNull(delayedRetry);
        if (maxPriority < 0 || maxPriority > MAX_PRIORITY) {
            throw new IllegalArgumentException("max-priority " + maxPriority);
        }
    }

    /// @param settings by the names that policies use; values that a declaration or policy could not have are passed
    ///     over
    /// @param quorum what only a quorum queue has is left out for others
    /// @param defaultDeliveryLimit of a quorum queue that does not say
    public static QueueTraits of(FieldTable settings, boolean quorum, long defaultDeliveryLimit) {
        var overflow = Overflow.of(settings.text("overflow").orElse(""));
        if (quorum && overflow == Overflow.REJECT_PUBLISH_DLX) { // so RabbitMQ takes it
            overflow = Overflow.DROP_HEAD;
        }
        return of(settings, quorum, defaultDeliveryLimit, overflow);
    }

    private static QueueTraits of(FieldTable settings, boolean quorum, long defaultDeliveryLimit, Overflow overflow) {
        boolean atLeastOnce = quorum
                && overflow == Overflow.REJECT_PUBLISH
                && settings.text("dead-letter-strategy")
                        .filter("at-least-once"::equals)
                        .isPresent();
        return new QueueTraits(
                number(settings, "message-ttl", NONE),
                number(settings, "expires", NONE),
                number(settings, "max-length", UNLIMITED),
                number(settings, "max-length-bytes", UNLIMITED),
                overflow,
                settings.text("dead-letter-exchange")
                        .map(exchange ->
                                new DeadLetter(exchange, settings.text("dead-letter-routing-key"), atLeastOnce)),
                quorum ? 0 : (int) Math.min(number(settings, "max-priority", 0), MAX_PRIORITY),
                settings.get("single-active-consumer")
                        .filter(new FieldValue.Bool(true)::equals)
                        .isPresent(),
                quorum ? Math.max(NONE, integer(settings, "delivery-limit", defaultDeliveryLimit)) : NONE,
                quorum ? delayedRetry(settings) : DelayedRetry.NONE,
                false);
    }

    private static DelayedRetry delayedRetry(FieldTable settings) {
        return DelayedRetry.of(
                settings.text("delayed-retry-type").orElse(""),
                number(settings, "delayed-retry-min", 0),
                number(settings, "delayed-retry-max", Long.MAX_VALUE));
    }

    private static long number(FieldTable settings, String name, long absent) {
        long value = integer(settings, name, absent);
        return value < 0 ? absent : value;
    }

    private static long integer(FieldTable settings, String name, long absent) {
        return settings.get(name).map(value -> value.integer().orElse(absent)).orElse(absent);
    }

    /// Whether messages expire that do not say so themselves.
    boolean expires() {
        return messageTtlMillis != NONE || delays;
    }

    private boolean limited() {
        return maxLength != UNLIMITED || maxLengthBytes != UNLIMITED;
    }

    /// Whether messages can be too many and go from the head.
    boolean drops() {
        return limited() && overflow == Overflow.DROP_HEAD;
    }

    /// Whether a publish can be refused for want of room.
    boolean refuses() {
        return limited() && overflow != Overflow.DROP_HEAD;
    }

    /// Whether a new message has to be looked at more closely than in most queues.
    boolean special() {
        return messageTtlMillis != NONE || limited() || maxPriority > 0 || delays;
    }
}
