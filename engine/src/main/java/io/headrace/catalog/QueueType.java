package io.headrace.catalog;

import java.util.Optional;

/// What a queue promises its messages.
public enum QueueType {
    /// Delivers before the force; persistent messages of durable queues survive a restart.
    CLASSIC("classic", "rabbit_classic_queue"),
    /// Delivers committed messages only; all of them survive.
    QUORUM("quorum", "rabbit_quorum_queue"),
    /// A topic in the form of a queue: nothing is taken out, everyone reads from where they like.
    STREAM("stream", "rabbit_stream_queue");

    private static final QueueType[] ALL = values();
    private final String wireName;
    private final String rabbitModule;

    QueueType(String wireName, String rabbitModule) {
        this.wireName = wireName;
        this.rabbitModule = rabbitModule;
    }

    /// The value of `x-queue-type`.
    public String wireName() {
        return wireName;
    }

    /// The name that RabbitMQ's error texts have for it.
    public String rabbitModule() {
        return rabbitModule;
    }

    public static Optional<QueueType> of(String wireName) {
        for (QueueType type : ALL) {
            if (type.wireName.equals(wireName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
