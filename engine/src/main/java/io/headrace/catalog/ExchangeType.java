package io.headrace.catalog;

import java.util.Optional;

/// How an exchange picks the destinations of a message.
public enum ExchangeType {
    DIRECT("direct"),
    FANOUT("fanout"),
    TOPIC("topic"),
    HEADERS("headers");

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
