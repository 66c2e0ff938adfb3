package io.headrace.catalog;

import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.catalog.Decision.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/// The rules for creating, growing, changing and deleting topics. Whether a name or a setting is valid is
/// known to `io.headrace.stream`, and asked before.
///
/// Threads: the catalog's owner.
final class TopicDecisions {
    private final CatalogState state;
    private final TopicsState topics;

    TopicDecisions(CatalogState state) {
        this.state = state;
        this.topics = state.topics();
    }

    Decision<TopicDefinition> create(String vhost, String name, UUID id, int partitions, Map<String, String> settings) {
        if (state.vhost(vhost).isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(vhost));
        }
        if (topics.topic(vhost, name).isPresent()) {
            return new Refused<>(new Refusal.Exists(Resource.topic(name, vhost)));
        }
        var topic = new TopicDefinition(vhost, name, id, next(partitions), TopicDefinition.sorted(settings));
        return new Change<>(List.of(new CatalogOperation.AddTopic(topic)), topic);
    }

    /// The topic that a new stream queue brings along.
    CatalogOperation forStream(QueueDefinition queue, UUID id) {
        return new CatalogOperation.AddTopic(new TopicDefinition(
                queue.vhost(),
                queue.name(),
                id,
                next(1),
                TopicDefinition.sorted(StreamArguments.topicSettings(queue.arguments()))));
    }

    /// The stream queue over the topic goes with it.
    Decision<TopicDefinition> delete(String vhost, String name) {
        return topics.topic(vhost, name)
                .<Decision<TopicDefinition>>map(topic -> new Change<>(removal(topic), topic))
                .orElseGet(() -> notFound(vhost, name));
    }

    private List<CatalogOperation> removal(TopicDefinition topic) {
        List<CatalogOperation> operations = new ArrayList<>();
        AutoDeletion autoDeletion = new AutoDeletion(state);
        state.required(topic.vhost())
                .queue(topic.name())
                .filter(queue -> queue.type() == QueueType.STREAM)
                .ifPresent(queue -> {
                    operations.add(new CatalogOperation.RemoveQueue(queue.vhost(), queue.name()));
                    autoDeletion.queueGoes(queue);
                });
        operations.add(new CatalogOperation.RemoveTopic(topic.vhost(), topic.name()));
        operations.addAll(autoDeletion.operations());
        return operations;
    }

    /// @param added how many partitions more
    Decision<TopicDefinition> grow(String vhost, String name, int added) {
        return topics.topic(vhost, name)
                .<Decision<TopicDefinition>>map(topic ->
                        new Change<>(List.of(new CatalogOperation.AddPartitions(vhost, name, next(added))), topic))
                .orElseGet(() -> notFound(vhost, name));
    }

    /// @param settings all of them: what is not named has its default again
    Decision<TopicDefinition> set(String vhost, String name, Map<String, String> settings) {
        var sorted = TopicDefinition.sorted(settings);
        return topics.topic(vhost, name)
                .<Decision<TopicDefinition>>map(topic -> topic.settings().equals(sorted)
                        ? new NoChange<>(topic)
                        : new Change<>(
                                List.of(new CatalogOperation.PutTopicSettings(vhost, name, sorted)),
                                topic.with(sorted)))
                .orElseGet(() -> notFound(vhost, name));
    }

    private List<Integer> next(int count) {
        int first = topics.nextPartition();
        return IntStream.range(first, first + count).boxed().toList();
    }

    private static Decision<TopicDefinition> notFound(String vhost, String name) {
        return new Refused<>(new Refusal.NotFound(Resource.topic(name, vhost)));
    }
}
