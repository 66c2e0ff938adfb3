package io.headrace.catalog;

import io.headrace.message.FieldTable;
import java.util.List;

/// The exchanges that each vhost has from its first moment and that cannot be deleted.
final class BuiltInExchanges {
    static final String DEFAULT = "";
    static final String RESERVED_PREFIX = "amq.";

    private BuiltInExchanges() {}

    static List<ExchangeDefinition> of(String vhost) {
        return List.of(
                builtIn(vhost, DEFAULT, ExchangeType.DIRECT, false),
                builtIn(vhost, "amq.direct", ExchangeType.DIRECT, false),
                builtIn(vhost, "amq.fanout", ExchangeType.FANOUT, false),
                builtIn(vhost, "amq.headers", ExchangeType.HEADERS, false),
                builtIn(vhost, "amq.match", ExchangeType.HEADERS, false),
                builtIn(vhost, "amq.rabbitmq.trace", ExchangeType.TOPIC, true),
                builtIn(vhost, "amq.topic", ExchangeType.TOPIC, false));
    }

    /// Nobody can declare a name with the reserved prefix, so whatever has it is built in.
    static boolean isBuiltIn(String exchange) {
        return exchange.equals(DEFAULT) || exchange.startsWith(RESERVED_PREFIX);
    }

    private static ExchangeDefinition builtIn(String vhost, String name, ExchangeType type, boolean internal) {
        return new ExchangeDefinition(vhost, name, type, true, false, internal, FieldTable.EMPTY);
    }
}
