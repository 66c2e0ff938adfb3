package io.headrace.catalog;

import io.headrace.message.FieldTable;
import java.util.Objects;

/// What makes a binding the same binding: all of it.
///
/// @param toExchange the destination is an exchange, not a queue
public record BindingKey(
        String source, boolean toExchange, String destination, String routingKey, FieldTable arguments) {
    public BindingKey {
        Objects.requireNonNull(source);
        Objects.requireNonNull(destination);
        Objects.requireNonNull(routingKey);
        Objects.requireNonNull(arguments);
    }
}
