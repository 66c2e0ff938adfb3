package io.headrace.catalog;

import io.headrace.message.FieldTable;
import java.util.Objects;
import java.util.Optional;

/// An exchange as it was declared.
///
/// @param internal takes messages from other exchanges only, not from publishers
public record ExchangeDefinition(
        String vhost,
        String name,
        ExchangeType type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        FieldTable arguments) {
    public static final String ALTERNATE_EXCHANGE = "alternate-exchange";
    static final String DELAYED_TYPE = "x-delayed-type";
    /// How many messages an exchange of that type remembers.
    public static final String HISTORY_LENGTH = "x-recent-history-length";

    public static final String FROM_TOPIC = "x-from-topic";
    /// Of a consistent hash exchange: the header that is hashed in place of the routing key.
    public static final String HASH_HEADER = "hash-header";
    /// Likewise a property: `message_id`, `correlation_id` or `timestamp`.
    public static final String HASH_PROPERTY = "hash-property";

    public ExchangeDefinition {
        Objects.requireNonNull(vhost);
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
        Objects.requireNonNull(arguments);
    }

    /// Where messages go that this exchange has no destination for, by its own arguments; see [Catalog#effective].
    public Optional<String> alternate() {
        return arguments.text(ALTERNATE_EXCHANGE);
    }

    /// The topic whose records go to this exchange as well.
    public Optional<String> fromTopic() {
        return arguments.text(FROM_TOPIC);
    }

    /// The type by which this exchange picks destinations: of a delayed one the type it was declared with beside its
    /// own.
    public ExchangeType routingType() {
        return type == ExchangeType.DELAYED
                ? arguments.text(DELAYED_TYPE).flatMap(ExchangeType::of).orElse(ExchangeType.DIRECT)
                : type;
    }

    public Resource resource() {
        return Resource.exchange(name, vhost);
    }
}
