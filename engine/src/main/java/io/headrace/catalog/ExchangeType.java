package io.headrace.catalog;

import java.util.Optional;

/// How an exchange picks the destinations of a message.
public enum ExchangeType {
    DIRECT("direct"),
    FANOUT("fanout"),
    TOPIC("topic"),
    HEADERS("headers"),
    /// One destination, chosen by a hash so that the same key goes the same way; binding keys are weights.
    CONSISTENT_HASH("x-consistent-hash"),
    /// One destination, chosen by a hash modulo their number.
    MODULUS_HASH("x-modulus-hash"),
    /// One destination, any.
    RANDOM("x-random"),
    /// One destination on this node, any.
    LOCAL_RANDOM("x-local-random"),
    /// All, and whoever is bound later gets the last messages first.
    RECENT_HISTORY("x-recent-history"),
    /// All whose selector the message's headers match (see `io.headrace.selector`); the key plays no part.
    JMS_TOPIC("x-jms-topic"),
    /// Waits as long as a message asks for, then routes as another type does.
    DELAYED("x-delayed-message");

    private static final ExchangeType[] ALL = values();
    private final String wireName;

    ExchangeType(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    public static Optional<ExchangeType> of(String wireName) {
        for (ExchangeType type : ALL) {
            if (type.wireName.equals(wireName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
