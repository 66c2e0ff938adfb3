package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.ExchangeType;
import io.headrace.catalog.QueueDefinition;
import io.headrace.message.DelayHeader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The exchanges of one vhost, compiled from the catalog and kept up to date with it.
///
/// From the exchange that is published to, a message goes on along exchange bindings, each exchange once,
/// so cycles are harmless. An exchange with no destination for it passes it on to its alternate exchange.
/// The default exchange leads to the queue that has the key as its name, a delayed one to where its messages wait.
///
/// Threads: [Routers] changes it on the catalog's owner; any thread routes. A route that was cached with
/// the [#version] read before routing is current as long as the version is the same.
public final class Router {
    private static final String DEFAULT_EXCHANGE = "";

    private record Exchange(Table table, Optional<String> alternate, boolean delays, boolean remembers) {}

    private final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();
    private final Map<String, Targets> queues = new ConcurrentHashMap<>();
    private final Map<String, Targets> delaying = new ConcurrentHashMap<>(); // by delayed exchange
    private volatile long version; // the catalog's owner writes

    Router() {}

    /// Grows with every change of what this routes by.
    public long version() {
        return version;
    }

    /// @param message asked only if an exchange on the way routes by more than the key
    public Route route(String exchange, String key, MessageTraits message) {
        return route(exchange, List.of(key), message);
    }

    /// Routes by several keys at once (see [CopyKeys]): to every queue that one of them leads to.
    ///
    /// @param keys at least one
    /// @param message asked only if an exchange on the way routes by more than the key
    public Route route(String exchange, List<String> keys, MessageTraits message) {
        Exchange first = exchanges.get(exchange);
        if (first == null) {
            return Route.NO_EXCHANGE;
        }
        Found found = new Found(exchange);
        boolean headersLookedAt = visit(first, exchange, keys, message, found);
        for (String next = found.nextExchange(); next != null; next = found.nextExchange()) {
            Exchange further = exchanges.get(next);
            if (further != null) {
                headersLookedAt |= visit(further, next, keys, message, found);
            }
        }
        return new Route(found.queueIds(), true, headersLookedAt, found.histories());
    }

    /// @return whether another message with these keys may lead elsewhere
    private boolean visit(Exchange exchange, String name, List<String> keys, MessageTraits message, Found found) {
        if (name.equals(DEFAULT_EXCHANGE)) {
            keys.forEach(key -> found.add(queues.getOrDefault(key, Targets.NONE)));
            return false;
        }
        if (exchange.delays && DelayHeader.millis(message.headers()) > 0) {
            found.add(delaying.getOrDefault(name, Targets.NONE));
            return true;
        }
        if (exchange.remembers) {
            found.remember(name);
        }
        int hitsBefore = found.hits();
        exchange.table.match(keys, message, found);
        if (found.hits() == hitsBefore) {
            exchange.alternate.ifPresent(found::visit);
        }
        return exchange.delays || exchange.table.perMessage();
    }

    void add(ExchangeDefinition exchange) {
        boolean delays = exchange.type() == ExchangeType.DELAYED;
        exchanges.put(
                exchange.name(),
                new Exchange(
                        Table.of(exchange),
                        exchange.alternate(),
                        delays,
                        exchange.routingType() == ExchangeType.RECENT_HISTORY));
        version++;
    }

    /// Another alternate exchange than the exchange brought, or its own again.
    void alternate(String exchange, Optional<String> alternate) {
        exchanges.computeIfPresent(
                exchange, (_, before) -> new Exchange(before.table, alternate, before.delays, before.remembers));
        version++;
    }

    void remove(ExchangeDefinition exchange) {
        exchanges.remove(exchange.name());
        version++;
    }

    void add(QueueDefinition queue) {
        if (queue.hidden()) {
            delaying.put(queue.delayedExchange(), Targets.queue(queue.id()));
        } else {
            queues.put(queue.name(), Targets.queue(queue.id()));
        }
        version++;
    }

    void remove(QueueDefinition queue) {
        if (queue.hidden()) {
            delaying.remove(queue.delayedExchange());
        } else {
            queues.remove(queue.name());
        }
        version++;
    }

    void add(BindingKey binding) {
        exchanges.get(binding.source()).table.add(binding, target(binding));
        version++;
    }

    void remove(BindingKey binding) {
        exchanges.get(binding.source()).table.remove(binding, target(binding));
        version++;
    }

    private Target target(BindingKey binding) {
        return binding.toExchange()
                ? new Target.Exchange(binding.destination())
                : new Target.Queue(queues.get(binding.destination()).queueIds()[0]);
    }
}
