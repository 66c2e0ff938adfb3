package io.headrace.stream.txn;

import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Partition;
import io.headrace.stream.TransactionEnd;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What transactions need of the broker around them; the engine gives it.
///
/// Threads: the loop; answers come on it.
public interface TransactionTopics {
    Optional<TopicDefinition> topic(String name);

    /// Empty if there is no partition of that index.
    Optional<Partition> partition(TopicDefinition topic, int index);

    /// Creates a topic. `done` runs when it lasts or was refused: [#topic] knows which.
    void create(String name, int partitions, Map<String, String> settings, Runnable done);

    /// An id that no producer had before.
    void newProducerId(Consumer<Long> answer);

    /// Ends a transaction in a partition of `__consumer_offsets`, which nobody but the coordinator of groups may do: it
    /// has to know which offsets hold from then on.
    ///
    /// @param done runs when the marker is committed
    /// @param failed takes what has an error of Kafka's, see `Errors.forException`
    void endOffsets(int partition, TransactionEnd end, Runnable done, Consumer<Throwable> failed);
}
