package io.headrace.queue;

import io.headrace.config.Settings;

/// What holds for queues that do not say otherwise.
///
/// @param deliveryLimit failed attempts that a message of a quorum queue may have; -1 for any number
public record QueueConfig(long deliveryLimit) {
    /// RabbitMQ's.
    public static QueueConfig defaults() {
        return new QueueConfig(20);
    }

    public static QueueConfig read(Settings settings) {
        return new QueueConfig(settings.count(
                "delivery-limit",
                (int) defaults().deliveryLimit,
                -1,
                Integer.MAX_VALUE,
                "How often a message of a quorum queue may come back before it is dead-lettered or dropped, where the queue"
                        + " does not say; -1 for any number (RabbitMQ: x-delivery-limit)."));
    }
}
