package io.headrace.catalog;

import io.headrace.message.FieldTable;
import java.util.Objects;

/// A queue as it was declared.
///
/// @param id ascending in the order of creation, never used again
/// @param durable survives a restart; false for every exclusive queue, whatever was asked
/// @param exclusiveOwner the connection that alone may use it, or [#NOT_EXCLUSIVE]
/// @param arguments as given, `x-queue-type` added if it was absent
/// @param view a stream over a topic that was there before it: the topic stays when it goes
public record QueueDefinition(
        int id,
        String vhost,
        String name,
        QueueType type,
        boolean durable,
        long exclusiveOwner,
        boolean autoDelete,
        FieldTable arguments,
        boolean view) {
    public static final long NOT_EXCLUSIVE = 0;

    public QueueDefinition {
        Objects.requireNonNull(vhost);
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
        Objects.requireNonNull(arguments);
    }

    /// One that brought what is in it.
    public QueueDefinition(
            int id,
            String vhost,
            String name,
            QueueType type,
            boolean durable,
            long exclusiveOwner,
            boolean autoDelete,
            FieldTable arguments) {
        this(id, vhost, name, type, durable, exclusiveOwner, autoDelete, arguments, false);
    }

    // no client's name begins so: line ends are taken out of them
    private static final String HIDDEN = "\n";

    /// Where messages wait that a delayed exchange holds back. Nobody can name it and no listing shows it; it goes with
    /// its exchange.
    static QueueDefinition delaying(int id, ExchangeDefinition exchange) {
        return new QueueDefinition(
                id,
                exchange.vhost(),
                delayingName(exchange.name()),
                QueueType.CLASSIC,
                exchange.durable(),
                NOT_EXCLUSIVE,
                false,
                QueueArguments.ofType(QueueType.CLASSIC));
    }

    static String delayingName(String exchange) {
        return HIDDEN + exchange;
    }

    public boolean hidden() {
        return name.startsWith(HIDDEN);
    }

    /// Of a hidden queue, the exchange whose messages wait in it.
    public String delayedExchange() {
        return name.substring(HIDDEN.length());
    }

    public boolean exclusive() {
        return exclusiveOwner != NOT_EXCLUSIVE;
    }

    /// Whether a connection may use, purge or delete it.
    public boolean openTo(long connection) {
        return !exclusive() || exclusiveOwner == connection;
    }

    public Resource resource() {
        return Resource.queue(name, vhost);
    }
}
