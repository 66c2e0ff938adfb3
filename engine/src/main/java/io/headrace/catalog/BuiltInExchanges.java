package io.headrace.catalog;

import io.headrace.message.FieldTable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The exchanges that each vhost has from its first moment and that cannot be deleted.
public final class BuiltInExchanges {
    static final String DEFAULT = "";
    static final String RESERVED_PREFIX = "amq.";

    private static final Set<String> NAMES =
            of("").stream().map(ExchangeDefinition::name).collect(Collectors.toUnmodifiableSet());

    private BuiltInExchanges() {}

    public static List<ExchangeDefinition> of(String vhost) {
        return List.of(
                builtIn(vhost, DEFAULT, ExchangeType.DIRECT, false),
                builtIn(vhost, "amq.direct", ExchangeType.DIRECT, false),
                builtIn(vhost, "amq.fanout", ExchangeType.FANOUT, false),
                builtIn(vhost, "amq.headers", ExchangeType.HEADERS, false),
                builtIn(vhost, "amq.match", ExchangeType.HEADERS, false),
                builtIn(vhost, "amq.rabbitmq.trace", ExchangeType.TOPIC, true),
                builtIn(vhost, "amq.topic", ExchangeType.TOPIC, false));
    }

    /// Whether it comes with its vhost. The event exchange, which has a reserved name too, does not.
    static boolean isBuiltIn(String exchange) {
        return NAMES.contains(exchange);
    }

    private static ExchangeDefinition builtIn(String vhost, String name, ExchangeType type, boolean internal) {
        return new ExchangeDefinition(vhost, name, type, true, false, internal, FieldTable.EMPTY);
    }
}
