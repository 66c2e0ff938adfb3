package io.headrace.broker;

import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.TopicDefinition;
import io.headrace.shard.Loop;
import io.headrace.stream.Traffic;
import io.headrace.stream.group.GroupLag;
import java.util.List;
import java.util.function.Consumer;

/// What happens in the broker, for those who watch it.
///
/// Threads: [#connections] and [#loop] any; the rest on [#loop].
public interface Observation {
    Connections connections();

    Loop loop();

    /// A queue that is gone by now reports nothing.
    QueueReport queue(QueueDefinition queue);

    /// The same without what is counted.
    QueueReport lengths(QueueDefinition queue);

    /// Zeros for an exchange to which nothing was published.
    ExchangeCounts exchange(String vhost, String name);

    /// What exchanges gave to the queue.
    List<QueuePublishes> publishesTo(QueueDefinition queue);

    /// What queues that are there got from the exchange.
    List<QueuePublishes> publishesFrom(ExchangeDefinition exchange);

    /// What queues of this type counted in their lives that are gone by now.
    Tally goneQueues(QueueType type);

    /// Deaths of messages since the start, by type of queue, strategy and reason: all of them, also those that never
    /// happened.
    List<DeathReport> deaths();

    /// Messages that a delayed exchange holds back.
    long delayed(ExchangeDefinition exchange);

    /// A topic that is gone by now has none.
    List<PartitionReport> partitions(TopicDefinition topic);

    /// What partitions counted that are gone by now.
    Traffic gonePartitions();

    /// How far groups are behind: of the last seconds, or asked anew. Answers on [#loop], within a few seconds.
    void groupLags(Consumer<List<GroupLag>> answer);

    QueueChurn queueChurn();

    SizeReport messageSizes();

    /// Bytes of log written since the start.
    long loggedBytes();

    /// Bytes that wait to be written and forced.
    long unforcedBytes();

    /// Forces of the log since the start.
    long forces();

    /// Turns of the shard in which something was to be done, since the start.
    long turns();

    /// How often queues came and went since the start.
    ///
    /// @param declared declarations that did not fail, of new queues and of those that were there
    record QueueChurn(long declared, long created, long deleted) {}
}
