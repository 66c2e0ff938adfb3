package io.headrace.bridge;

import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.Resource;
import io.headrace.stream.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Utils;

/// A queue of type `stream`: a topic's partitions under the queue's name. Everyone reads from where they like, nothing
/// is taken out.
///
/// Threads: the loop.
public final class StreamQueue {
    private final QueueDefinition definition;
    private final Bridge bridge;
    private final List<Delivering> consumers = new ArrayList<>();
    private Partition[] partitions; // null until asked for, and when the topic has changed
    private StreamConsumer exclusive; // null if there is none

    StreamQueue(QueueDefinition definition, Bridge bridge) {
        this.definition = definition;
        this.bridge = bridge;
    }

    public int id() {
        return definition.id();
    }

    String name() {
        return definition.name();
    }

    String vhost() {
        return definition.vhost();
    }

    public Resource topic() {
        return Resource.topic(name(), vhost());
    }

    /// Records there are.
    public long records() {
        long count = 0;
        for (var partition : partitions()) {
            count += partition.endOffset() - partition.startOffset();
        }
        return count;
    }

    public int consumers() {
        return consumers.size();
    }

    public boolean consumedExclusively() {
        return exclusive != null;
    }

    public int partitionCount() {
        return partitions().length;
    }

    /// Adds a consumer, whose first delivery comes after the call; there must be one partition.
    public StreamConsumer subscribe(StreamPort port, OffsetSpec from, StreamFilter filter, boolean exclusively) {
        var consumer = new StreamConsumer(this, bridge, partitions()[0], port, from, filter);
        consumers.add(consumer);
        if (exclusively) {
            exclusive = consumer;
        }
        consumer.resume();
        return consumer;
    }

    /// Adds a consumer that is a member of a share group; it gets nothing before it is given partitions, by
    /// [ShareConsumer#assign].
    ///
    /// @param prefetch deliveries that are not settled, at most; 0 for any number
    public ShareConsumer share(String member, SharePort port, int prefetch, boolean manualAck) {
        var consumer = new ShareConsumer(this, bridge, member, port, prefetch, manualAck);
        consumers.add(consumer);
        return consumer;
    }

    void forget(Delivering consumer) {
        consumers.remove(consumer);
        if (exclusive == consumer) {
            exclusive = null;
        }
    }

    void gone() {
        var all = List.copyOf(consumers);
        consumers.clear();
        all.forEach(Delivering::queueGone);
    }

    void topicChanged() {
        partitions = null;
    }

    /// Where a record of this key goes, as Kafka's producers choose; empty if there is no partition any more.
    Optional<Partition> partition(byte[] key) {
        var all = partitions();
        return switch (all.length) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(all[0]);
            default -> Optional.of(all[Utils.toPositive(Utils.murmur2(key)) % all.length]);
        };
    }

    private Partition[] partitions() {
        if (partitions == null) {
            partitions = bridge.partitions(this);
        }
        return partitions;
    }
}
