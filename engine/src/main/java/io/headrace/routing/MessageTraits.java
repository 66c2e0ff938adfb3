package io.headrace.routing;

import io.headrace.message.FieldTable;
import java.util.Optional;

/// What of a message besides its routing keys may decide where it goes. Asked only by exchanges that route by it.
@FunctionalInterface
public interface MessageTraits {
    /// @throws io.headrace.message.MalformedException they are not in order
    FieldTable headers();

    /// A property as text, by the name that consistent hash exchanges have for it; empty if the message has none.
    ///
    /// @param name `message_id`, `correlation_id` or `timestamp`
    default Optional<String> property(String name) {
        return Optional.empty();
    }
}
