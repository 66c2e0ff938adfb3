package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeType;
import io.headrace.message.FieldTable;
import java.util.function.Supplier;

/// The bindings of one exchange, compiled for its type.
///
/// Threads: the catalog's owner adds and removes; any thread matches at the same time and finds each
/// binding that was there all along.
sealed interface Table permits DirectTable, FanoutTable, TopicTable, HeadersTable {
    void add(BindingKey binding, Target target);

    void remove(BindingKey binding, Target target);

    /// Adds what a message with this key leads to.
    void match(String key, Supplier<FieldTable> headers, Found found);

    static Table of(ExchangeType type) {
        return switch (type) {
            case DIRECT -> new DirectTable();
            case FANOUT -> new FanoutTable();
            case TOPIC -> new TopicTable();
            case HEADERS -> new HeadersTable();
            case DELAYED -> throw new IllegalArgumentException("a delayed exchange routes as another type does");
        };
    }
}
