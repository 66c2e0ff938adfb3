package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import io.headrace.message.FieldTable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// A [Router] for each vhost. Made known to the catalog before it is restored or replayed, it follows from
/// there.
///
/// Threads: the catalog's owner tells; any thread asks [#of].
public final class Routers implements CatalogListener {
    private final Map<String, Router> byVhost = new ConcurrentHashMap<>();

    /// The router stays the same as long as the vhost exists.
    public Optional<Router> of(String vhost) {
        return Optional.ofNullable(byVhost.get(vhost));
    }

    @Override
    public void vhostCreated(String vhost) {
        byVhost.put(vhost, new Router());
    }

    @Override
    public void vhostDeleted(String vhost) {
        byVhost.remove(vhost);
    }

    @Override
    public void exchangeCreated(ExchangeDefinition exchange) {
        byVhost.get(exchange.vhost()).add(exchange);
    }

    @Override
    public void exchangeGoverned(ExchangeDefinition exchange, FieldTable effective) {
        byVhost.get(exchange.vhost()).alternate(exchange.name(), effective.text(ExchangeDefinition.ALTERNATE_EXCHANGE));
    }

    @Override
    public void exchangeDeleted(ExchangeDefinition exchange) {
        byVhost.get(exchange.vhost()).remove(exchange);
    }

    @Override
    public void queueCreated(QueueDefinition queue) {
        byVhost.get(queue.vhost()).add(queue);
    }

    @Override
    public void queueDeleted(QueueDefinition queue) {
        byVhost.get(queue.vhost()).remove(queue);
    }

    @Override
    public void bindingAdded(String vhost, BindingKey binding) {
        byVhost.get(vhost).add(binding);
    }

    @Override
    public void bindingRemoved(String vhost, BindingKey binding) {
        byVhost.get(vhost).remove(binding);
    }
}
