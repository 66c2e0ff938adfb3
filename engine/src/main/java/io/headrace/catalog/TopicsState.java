package io.headrace.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The topics of all vhosts, and how each operation changes them.
///
/// Threads: the owner changes; any thread reads.
final class TopicsState {
    private static final int FIRST_PARTITION = 1;

    private final Map<String, Map<String, TopicDefinition>> byVhost = new ConcurrentHashMap<>();
    private final Map<UUID, TopicDefinition> byId = new ConcurrentHashMap<>();
    private final List<CatalogListener> listeners;
    private int nextPartition = FIRST_PARTITION; // owner only

    TopicsState(List<CatalogListener> listeners) {
        this.listeners = listeners;
    }

    Optional<TopicDefinition> topic(String vhost, String name) {
        return Optional.ofNullable(byVhost.getOrDefault(vhost, Map.of()).get(name));
    }

    Optional<TopicDefinition> topic(UUID id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// Sorted by name.
    List<TopicDefinition> topics(String vhost) {
        return byVhost.getOrDefault(vhost, Map.of()).values().stream()
                .sorted(Comparator.comparing(TopicDefinition::name))
                .toList();
    }

    void add(TopicDefinition topic) {
        if (topic(topic.vhost(), topic.name()).isPresent()) {
            throw new IllegalStateException(topic.resource() + " exists already");
        }
        put(topic);
        taken(topic.partitions());
        listeners.forEach(listener -> listener.topicCreated(topic));
    }

    void remove(String vhost, String name) {
        var topic = byVhost.getOrDefault(vhost, Map.of()).remove(name);
        if (topic != null) {
            byId.remove(topic.id());
            listeners.forEach(listener -> listener.topicDeleted(topic));
        }
    }

    void removeAll(String vhost) {
        topics(vhost).forEach(topic -> remove(vhost, topic.name()));
        byVhost.remove(vhost);
    }

    void grow(String vhost, String name, List<Integer> added) {
        var topic = required(vhost, name);
        var partitions = new ArrayList<>(topic.partitions());
        partitions.addAll(added);
        var grown = topic.with(partitions);
        put(grown);
        taken(added);
        listeners.forEach(listener -> listener.topicGrown(grown, added.size()));
    }

    void set(String vhost, String name, SortedMap<String, String> settings) {
        var changed = required(vhost, name).with(settings);
        put(changed);
        listeners.forEach(listener -> listener.topicSet(changed));
    }

    int nextPartition() {
        return nextPartition;
    }

    void nextPartition(int number) {
        nextPartition = Math.max(nextPartition, number);
    }

    void clear() {
        byVhost.keySet().stream().sorted().toList().forEach(this::removeAll);
        nextPartition = FIRST_PARTITION;
    }

    Stream<CatalogOperation> rebuilding(String vhost) {
        return topics(vhost).stream().map(CatalogOperation.AddTopic::new);
    }

    private void put(TopicDefinition topic) {
        byVhost.computeIfAbsent(topic.vhost(), _ -> new ConcurrentHashMap<>()).put(topic.name(), topic);
        byId.put(topic.id(), topic);
    }

    private void taken(List<Integer> partitions) {
        partitions.forEach(number -> nextPartition(number + 1));
    }

    private TopicDefinition required(String vhost, String name) {
        return topic(vhost, name)
                .orElseThrow(() -> new IllegalStateException("no topic '" + name + "' in vhost '" + vhost + "'"));
    }
}
