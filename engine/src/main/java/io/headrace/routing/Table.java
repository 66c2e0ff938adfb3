package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.selector.Selector;
import java.util.List;

/// The bindings of one exchange, compiled for its type.
///
/// Threads: the catalog's owner adds and removes; any thread matches at the same time and finds each
/// binding that was there all along.
sealed interface Table permits DirectTable, FanoutTable, TopicTable, ArgumentsTable, ConsistentHashTable, OneOfTable {
    void add(BindingKey binding, Target target);

    void remove(BindingKey binding, Target target);

    /// Adds what a message with these keys leads to.
    ///
    /// @param keys at least one
    void match(List<String> keys, MessageTraits message, Found found);

    /// Whether two messages with the same keys may lead to different places.
    default boolean perMessage() {
        return false;
    }

    static Table of(ExchangeDefinition exchange) {
        return switch (exchange.routingType()) {
            case DIRECT -> new DirectTable();
            case FANOUT, RECENT_HISTORY -> new FanoutTable();
            case TOPIC -> new TopicTable();
            case HEADERS -> new ArgumentsTable(arguments -> HeaderPattern.of(arguments)::matches);
            case JMS_TOPIC ->
                new ArgumentsTable(arguments -> Selector.of(arguments).orElseThrow()::matches);
            case CONSISTENT_HASH -> new ConsistentHashTable(exchange.arguments());
            case MODULUS_HASH -> OneOfTable.modulus();
            case RANDOM, LOCAL_RANDOM -> OneOfTable.random();
            case DELAYED -> throw new IllegalArgumentException("a delayed exchange routes as another type does");
        };
    }
}
