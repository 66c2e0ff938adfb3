package io.headrace.catalog;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A vhost as an operator describes it.
///
/// @param defaultQueueType of queues declared without one; empty: classic
/// @param tracing whether publishes and deliveries are copied to `amq.rabbitmq.trace`; off again after a restart
public record VhostDefinition(
        String name,
        String description,
        List<String> tags,
        Optional<QueueType> defaultQueueType,
        boolean tracing,
        boolean protectedFromDeletion) {
    public VhostDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(description);
        tags = List.copyOf(tags);
        Objects.requireNonNull(defaultQueueType);
    }

    public static VhostDefinition plain(String name) {
        return new VhostDefinition(name, "", List.of(), Optional.empty(), false, false);
    }

    VhostDefinition withoutTracing() {
        return new VhostDefinition(name, description, tags, defaultQueueType, false, protectedFromDeletion);
    }
}
