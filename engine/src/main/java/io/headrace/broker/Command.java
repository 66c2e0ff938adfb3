package io.headrace.broker;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Names;
import io.headrace.message.FieldTable;

/// A change a client asks for. Names lose their line breaks, as in RabbitMQ; an empty queue name in
/// [DeclareQueue] asks for a generated one (in the others the front has already put the channel's last
/// queue in its place).
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
            implements Command {
        public DeclareExchange {
            name = Names.clean(name);
        }
    }

    record DeleteExchange(String name, boolean ifUnused) implements Command {
        public DeleteExchange {
            name = Names.clean(name);
        }
    }

    record Bind(BindingKey binding) implements Command {}

    record Unbind(BindingKey binding) implements Command {}

    record DeclareQueue(
            String name, boolean passive, boolean durable, boolean exclusive, boolean autoDelete, FieldTable arguments)
            implements Command {
        public DeclareQueue {
            name = Names.clean(name);
        }
    }

    record DeleteQueue(String name, boolean ifUnused, boolean ifEmpty) implements Command {
        public DeleteQueue {
            name = Names.clean(name);
        }
    }

    record PurgeQueue(String name) implements Command {
        public PurgeQueue {
            name = Names.clean(name);
        }
    }
}
