package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// Creates topics, asked for or because somebody uses them.
///
/// Threads: the loop of the session.
final class TopicCreation {
    private final KafkaConfig config;

    TopicCreation(KafkaConfig config) {
        this.config = config;
    }

    /// Why a topic of that name cannot be: it is no name, or differs from another only in dots and underscores, which
    /// are the same in metrics.
    Optional<ApiError> refusal(TopicSession session, String name) {
        try {
            Topic.validate(name);
        } catch (InvalidTopicException invalid) {
            return Optional.of(new ApiError(Errors.INVALID_TOPIC_EXCEPTION, invalid.getMessage()));
        }
        if (session.topic(name).isPresent()) {
            return Optional.of(new ApiError(Errors.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists."));
        }
        if (Topic.hasCollisionChars(name)) {
            return session.topics().stream()
                    .map(TopicDefinition::name)
                    .filter(other -> Topic.hasCollision(name, other))
                    .findFirst()
                    .map(other -> new ApiError(
                            Errors.INVALID_TOPIC_EXCEPTION,
                            "Topic '" + name + "' collides with existing topic: " + other));
        }
        return Optional.empty();
    }

    /// Because somebody asked for it. `done` runs when it is there, or cannot be.
    void createBecauseUsed(TopicSession session, String name, Runnable done) {
        if (refusal(session, name).isEmpty()) {
            session.create(name, config.partitions(), Map.of(), _ -> done.run());
        } else {
            done.run();
        }
    }

    /// Creates a topic for which nothing stands in the way.
    void create(
            TopicSession session,
            String name,
            int partitions,
            Map<String, String> settings,
            Consumer<TopicSession.TopicAnswer> answer) {
        session.create(name, partitions, settings, answer);
    }
}
