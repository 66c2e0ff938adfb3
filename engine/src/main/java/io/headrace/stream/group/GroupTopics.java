package io.headrace.stream.group;

import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Partition;
import java.util.Map;
import java.util.Optional;

/// What groups need of the topics of their vhost; the engine gives it.
///
/// Threads: [#visible] any, the rest the loop.
public interface GroupTopics {
    /// Empty if there is no partition of that index.
    Optional<Partition> partition(TopicDefinition topic, int index);

    /// Whether a user may see a topic: a pattern that they subscribe to finds no others.
    ///
    /// @param host the address that they come from, as text
    boolean visible(String user, String host, String topic);

    /// Runs `done` on the loop when everything that was decided so far is committed.
    void whenCommitted(Runnable done);

    /// Creates a topic. `done` runs on the loop when it lasts or was refused: the catalog knows which.
    void create(String name, int partitions, Map<String, String> settings, Runnable done);
}
