package io.headrace.broker;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Streams;
import io.headrace.stream.share.Shares;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;

/// Keeps partitions, and what share groups do with them, as the catalog has their topics, with what policies say of the
/// stream queues over them.
///
/// Threads: the catalog's owner.
final class TopicPartitions implements CatalogListener {
    private final Catalog catalog;
    private final Streams streams;
    private final Shares shares;
    private final BooleanSupplier live;

    /// @param live false while the log is replayed, which has the ends of partitions in it
    TopicPartitions(Catalog catalog, Streams streams, Shares shares, BooleanSupplier live) {
        this.catalog = catalog;
        this.streams = streams;
        this.shares = shares;
        this.live = live;
    }

    @Override
    public void topicCreated(TopicDefinition topic) {
        streams.create(catalog.effective(topic), topic.partitions().size());
    }

    @Override
    public void topicGrown(TopicDefinition topic, int added) {
        streams.create(catalog.effective(topic), added);
    }

    @Override
    public void topicSet(TopicDefinition topic) {
        streams.set(catalog.effective(topic));
    }

    @Override
    public void topicDeleted(TopicDefinition topic) {
        streams.delete(topic, !live.getAsBoolean());
        shares.dropped(topic.partitions());
    }

    @Override
    public void queueCreated(QueueDefinition queue) {
        govern(queue);
    }

    @Override
    public void queueGoverned(QueueDefinition queue) {
        govern(queue);
    }

    @Override
    public void queueDeleted(QueueDefinition queue) {
        if (queue.view()) { // the topic stays, without what policies said
            govern(queue);
        }
    }

    private void govern(QueueDefinition queue) {
        if (queue.type() == QueueType.STREAM) {
            catalog.topic(queue.vhost(), queue.name()).ifPresent(this::topicSet);
        }
    }

    @Override
    public void settingsPut(String name, SortedMap<String, String> settings) {
        if (name.equals(Streams.BROKER_SETTINGS)) {
            streams.set(
                    settings,
                    catalog.vhosts().stream()
                            .flatMap(vhost -> catalog.topics(vhost).stream())
                            .map(catalog::effective)
                            .toList());
        }
    }
}
