package io.headrace.broker;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import java.util.List;

/// Whether a change has to survive a restart, so that its answer waits for the disk. What a restart drops
/// anyway is logged too, so that replay meets every change in order, but nobody waits for it.
final class Lasting {
    private Lasting() {}

    /// Asked before `operations` are applied.
    static boolean any(List<CatalogOperation> operations, Catalog catalog) {
        for (var operation : operations) {
            if (is(operation, catalog)) {
                return true;
            }
        }
        return false;
    }

    private static boolean is(CatalogOperation operation, Catalog catalog) {
        return switch (operation) {
            case CatalogOperation.AddExchange(ExchangeDefinition exchange) -> exchange.durable();
            case CatalogOperation.RemoveExchange(String vhost, String name) -> exchange(catalog, vhost, name);
            case CatalogOperation.AddQueue(QueueDefinition queue) -> queue.durable();
            case CatalogOperation.RemoveQueue(String vhost, String name) -> queue(catalog, vhost, name);
            case CatalogOperation.AddBinding(String vhost, BindingKey binding) -> binding(catalog, vhost, binding);
            case CatalogOperation.RemoveBinding(String vhost, BindingKey binding) -> binding(catalog, vhost, binding);
            case CatalogOperation.AddVhost _,
                    CatalogOperation.RemoveVhost _,
                    CatalogOperation.PutUser _,
                    CatalogOperation.RemoveUser _,
                    CatalogOperation.PutPermission _,
                    CatalogOperation.RemovePermission _,
                    CatalogOperation.AddTopic _,
                    CatalogOperation.RemoveTopic _,
                    CatalogOperation.AddPartitions _,
                    CatalogOperation.PutTopicSettings _,
                    CatalogOperation.PutSettings _,
                    CatalogOperation.ByOperator _ -> true;
        };
    }

    private static boolean binding(Catalog catalog, String vhost, BindingKey binding) {
        return exchange(catalog, vhost, binding.source())
                && (binding.toExchange()
                        ? exchange(catalog, vhost, binding.destination())
                        : queue(catalog, vhost, binding.destination()));
    }

    private static boolean exchange(Catalog catalog, String vhost, String name) {
        return catalog.exchange(vhost, name).map(ExchangeDefinition::durable).orElse(false);
    }

    private static boolean queue(Catalog catalog, String vhost, String name) {
        return catalog.queue(vhost, name).map(QueueDefinition::durable).orElse(false);
    }
}
