package io.headrace.catalog;

import java.util.Optional;

/// How an exchange picks the destinations of a message.
public enum ExchangeType {
    DIRECT("direct"),
    FANOUT("fanout"),
    TOPIC("topic"),
    HEADERS("headers"),
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
