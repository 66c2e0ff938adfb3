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
    static final String ALTERNATE_EXCHANGE = "alternate-exchange";
    static final String DELAYED_TYPE = "x-delayed-type";
    public static final String FROM_TOPIC = "x-from-topic";

    public ExchangeDefinition {
        Objects.requireNonNull(vhost);
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
        Objects.requireNonNull(arguments);
    }

    /// Where messages go that this exchange has no destination for.
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
