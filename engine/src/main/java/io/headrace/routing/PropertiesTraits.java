package io.headrace.routing;

import io.headrace.message.FieldTable;
import io.headrace.message.MessageProperties;
import io.headrace.message.MessageProperties.Property;
import java.util.Optional;

/// The traits of a message with these properties. The headers are decoded once, when somebody asks.
///
/// Threads: one routing.
public final class PropertiesTraits implements MessageTraits {
    private final MessageProperties properties;
    private FieldTable headers; // null until asked for

    public PropertiesTraits(MessageProperties properties) {
        this.properties = properties;
    }

    @Override
    public FieldTable headers() {
        if (headers == null) {
            headers = properties.headers();
        }
        return headers;
    }

    @Override
    public Optional<String> property(String name) {
        return switch (name) {
            case "message_id" -> properties.text(Property.MESSAGE_ID);
            case "correlation_id" -> properties.text(Property.CORRELATION_ID);
            case "timestamp" ->
                properties.timestampSeconds().isPresent()
                        ? Optional.of(
                                String.valueOf(properties.timestampSeconds().getAsLong()))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }
}
