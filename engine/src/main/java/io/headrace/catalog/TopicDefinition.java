package io.headrace.catalog;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// A topic as it was created and changed since.
///
/// @param id tells a topic from one of the same name that was deleted before
/// @param partitions the number of each partition in its data group, by index; a number is never used again
/// @param settings what was set on the topic; everything else has its default
public record TopicDefinition(
        String vhost, String name, UUID id, List<Integer> partitions, SortedMap<String, String> settings) {
    public TopicDefinition {
        Objects.requireNonNull(vhost);
        Objects.requireNonNull(name);
        Objects.requireNonNull(id);
        partitions = List.copyOf(partitions);
        settings = sorted(settings);
    }

    static SortedMap<String, String> sorted(Map<String, String> settings) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    TopicDefinition with(SortedMap<String, String> newSettings) {
        return new TopicDefinition(vhost, name, id, partitions, newSettings);
    }

    TopicDefinition with(List<Integer> newPartitions) {
        return new TopicDefinition(vhost, name, id, newPartitions, settings);
    }

    public Resource resource() {
        return Resource.topic(name, vhost);
    }
}
