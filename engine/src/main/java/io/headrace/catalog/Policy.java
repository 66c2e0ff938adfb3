package io.headrace.catalog;

import io.headrace.message.FieldTable;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/// What holds for all queues or exchanges of a vhost whose names match. Of those that match one thing the highest
/// priority acts alone; an operator policy acts beside it and only narrows.
///
/// @param pattern searched for in the name, not anchored; [SearchPattern] has found it to be valid
/// @param definition keys as RabbitMQ spells them in policies: `message-ttl`, `dead-letter-exchange`
/// @param operator set by who runs the broker rather than by who uses it
public record Policy(
        String vhost,
        String name,
        String pattern,
        FieldTable definition,
        int priority,
        ApplyTo applyTo,
        boolean operator) {
    public Policy {
        Objects.requireNonNull(vhost);
        Objects.requireNonNull(name);
        Objects.requireNonNull(pattern);
        Objects.requireNonNull(definition);
        Objects.requireNonNull(applyTo);
    }

    /// The kinds of things a policy acts on, by RabbitMQ's words for them.
    public enum ApplyTo {
        ALL("all"),
        QUEUES("queues"),
        CLASSIC_QUEUES("classic_queues"),
        QUORUM_QUEUES("quorum_queues"),
        STREAMS("streams"),
        EXCHANGES("exchanges");

        private final String wireName;

        ApplyTo(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }

        public static Optional<ApplyTo> of(String wireName) {
            return Arrays.stream(values())
                    .filter(applyTo -> applyTo.wireName.equals(wireName))
                    .findFirst();
        }

        boolean includes(QueueType type) {
            return switch (this) {
                case ALL, QUEUES -> true;
                case CLASSIC_QUEUES -> type == QueueType.CLASSIC;
                case QUORUM_QUEUES -> type == QueueType.QUORUM;
                case STREAMS -> type == QueueType.STREAM;
                case EXCHANGES -> false;
            };
        }

        boolean includesExchanges() {
            return switch (this) {
                case ALL, EXCHANGES -> true;
                case QUEUES, CLASSIC_QUEUES, QUORUM_QUEUES, STREAMS -> false;
            };
        }
    }
}
