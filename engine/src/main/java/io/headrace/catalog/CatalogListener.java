package io.headrace.catalog;

import io.headrace.message.FieldTable;
import java.util.SortedMap;

/// Hears what the catalog applied, in the order it was applied, while it is applied.
///
/// A thing is told as created after the catalog has it and as deleted after the catalog has lost it.
/// Bindings of a queue or exchange go before it, one by one; a vhost goes with its queues and topics told one by one
/// and everything else at once.
///
/// Threads: the catalog's owner.
public interface CatalogListener {
    default void vhostCreated(String vhost) {}

    /// The vhost is gone; its queues and topics were told before, its exchanges and bindings are not told.
    default void vhostDeleted(String vhost) {}

    default void exchangeCreated(ExchangeDefinition exchange) {}

    default void exchangeDeleted(ExchangeDefinition exchange) {}

    default void queueCreated(QueueDefinition queue) {}

    default void queueDeleted(QueueDefinition queue) {}

    /// What [Catalog#effective] says of a queue is no longer what it said when the queue was told as created.
    default void queueGoverned(QueueDefinition queue) {}

    /// What [Catalog#effective] says of an exchange is no longer what it said; for one that was just created, no longer
    /// its arguments alone.
    default void exchangeGoverned(ExchangeDefinition exchange, FieldTable effective) {}

    /// Another description of a vhost.
    default void vhostPut(VhostDefinition vhost) {}

    default void userDeleted(String user) {}

    default void parameterPut(Parameter parameter) {}

    default void parameterRemoved(Parameter parameter) {}

    default void bindingAdded(String vhost, BindingKey binding) {}

    default void topicCreated(TopicDefinition topic) {}

    default void topicDeleted(TopicDefinition topic) {}

    /// @param added how many of its last partitions are new
    default void topicGrown(TopicDefinition topic, int added) {}

    /// Its settings are others now.
    default void topicSet(TopicDefinition topic) {}

    /// The settings that go by `name` are others now.
    default void settingsPut(String name, SortedMap<String, String> settings) {}

    default void bindingRemoved(String vhost, BindingKey binding) {}
}
