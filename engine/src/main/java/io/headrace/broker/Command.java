package io.headrace.broker;

import io.headrace.catalog.BindingKey;
import io.headrace.message.FieldTable;

/// A change a client asks for. Names are as the client gave them; an empty queue name in [DeclareQueue] asks for a
/// generated one (in the others the front has already put the channel's last queue in its place).
public sealed interface Command {
    /// @param type as given: `direct`, `fanout`, `topic`, `headers`, or something unknown
    record DeclareExchange(
            String name,
            String type,
            boolean passive,
            boolean durable,
            boolean autoDelete,
            boolean internal,
            FieldTable arguments)
            implements Command {}

    record DeleteExchange(String name, boolean ifUnused) implements Command {}

    record Bind(BindingKey binding) implements Command {}

    record Unbind(BindingKey binding) implements Command {}

    record DeclareQueue(
            String name, boolean passive, boolean durable, boolean exclusive, boolean autoDelete, FieldTable arguments)
            implements Command {}

    record DeleteQueue(String name, boolean ifUnused, boolean ifEmpty) implements Command {}

    record PurgeQueue(String name) implements Command {}
}
