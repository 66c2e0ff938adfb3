package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.ExchangeType;
import io.headrace.catalog.QueueDefinition;
import io.headrace.message.DelayHeader;
import io.headrace.message.FieldTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

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

    private record Exchange(Table table, Optional<String> alternate, boolean headers, boolean delays) {}

    private final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();
    private final Map<String, Targets> queues = new ConcurrentHashMap<>();
    private final Map<String, Targets> delaying = new ConcurrentHashMap<>(); // by delayed exchange
    private volatile long version; // the catalog's owner writes

    Router() {}

    /// Grows with every change of what this routes by.
    public long version() {
        return version;
    }

    /// @param headers asked only if a headers exchange is on the way
    public Route route(String exchange, String key, Supplier<FieldTable> headers) {
        return route(exchange, List.of(key), headers);
    }

    /// Routes by several keys at once (see [CopyKeys]): to every queue that one of them leads to.
    ///
    /// @param keys at least one
    /// @param headers asked only if a headers exchange is on the way
    public Route route(String exchange, List<String> keys, Supplier<FieldTable> headers) {
        Exchange first = exchanges.get(exchange);
        if (first == null) {
            return Route.NO_EXCHANGE;
        }
        Found found = new Found(exchange);
        boolean headersLookedAt = visit(first, exchange, keys, headers, found);
        for (String next = found.nextExchange(); next != null; next = found.nextExchange()) {
            Exchange further = exchanges.get(next);
            if (further != null) {
                headersLookedAt |= visit(further, next, keys, headers, found);
            }
        }
        return new Route(found.queueIds(), true, headersLookedAt);
    }

    /// @return whether the headers were looked at
    private boolean visit(
            Exchange exchange, String name, List<String> keys, Supplier<FieldTable> headers, Found found) {
        if (name.equals(DEFAULT_EXCHANGE)) {
            keys.forEach(key -> found.add(queues.getOrDefault(key, Targets.NONE)));
            return false;
        }
        if (exchange.delays && DelayHeader.millis(headers.get()) > 0) {
            found.add(delaying.getOrDefault(name, Targets.NONE));
            return true;
        }
        int hitsBefore = found.hits();
        for (String key : keys) {
            exchange.table.match(key, headers, found);
        }
        if (found.hits() == hitsBefore) {
            exchange.alternate.ifPresent(found::visit);
        }
        return exchange.headers;
    }

    void add(ExchangeDefinition exchange) {
        Table table = Table.of(exchange.routingType());
        boolean delays = exchange.type() == ExchangeType.DELAYED;
        boolean headers = delays || exchange.routingType() == ExchangeType.HEADERS;
        exchanges.put(exchange.name(), new Exchange(table, exchange.alternate(), headers, delays));
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
