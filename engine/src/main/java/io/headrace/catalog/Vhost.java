package io.headrace.catalog;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// What exists in one vhost. Changes nothing by itself and tells nobody: see [CatalogState].
///
/// Threads: the catalog's owner changes; any thread reads exchanges and queues; bindings are the owner's
/// alone.
final class Vhost {
    private volatile VhostDefinition definition; // the owner replaces it
    private final Map<String, ExchangeDefinition> exchanges = new ConcurrentHashMap<>();
    private final Map<String, QueueDefinition> queues = new ConcurrentHashMap<>();
    // Insertion order, so that what is derived from them is the same on every replica.
    private final Map<String, Set<BindingKey>> bySource = new HashMap<>();
    private final Map<String, Set<BindingKey>> byQueue = new HashMap<>();
    private final Map<String, Set<BindingKey>> byExchange = new HashMap<>();

    Vhost(String name) {
        this.definition = VhostDefinition.plain(name);
    }

    String name() {
        return definition.name();
    }

    VhostDefinition definition() {
        return definition;
    }

    void definition(VhostDefinition newDefinition) {
        definition = newDefinition;
    }

    Map<String, ExchangeDefinition> exchanges() {
        return exchanges;
    }

    Map<String, QueueDefinition> queues() {
        return queues;
    }

    /// Those that people know of.
    long visibleQueues() {
        return queues.values().stream().filter(queue -> !queue.hidden()).count();
    }

    Optional<ExchangeDefinition> exchange(String exchange) {
        return Optional.ofNullable(exchanges.get(exchange));
    }

    Optional<QueueDefinition> queue(String queue) {
        return Optional.ofNullable(queues.get(queue));
    }

    boolean add(BindingKey binding) {
        boolean added = bySource.computeIfAbsent(binding.source(), _ -> new LinkedHashSet<>())
                .add(binding);
        if (added) {
            byDestination(binding)
                    .computeIfAbsent(binding.destination(), _ -> new LinkedHashSet<>())
                    .add(binding);
        }
        return added;
    }

    boolean remove(BindingKey binding) {
        boolean removed = removeFrom(bySource, binding.source(), binding);
        if (removed) {
            removeFrom(byDestination(binding), binding.destination(), binding);
        }
        return removed;
    }

    boolean has(BindingKey binding) {
        return from(binding.source()).contains(binding);
    }

    /// The bindings whose source this exchange is. A live view.
    Set<BindingKey> from(String exchange) {
        return bySource.getOrDefault(exchange, Set.of());
    }

    Set<BindingKey> toQueue(String queue) {
        return byQueue.getOrDefault(queue, Set.of());
    }

    Set<BindingKey> toExchange(String exchange) {
        return byExchange.getOrDefault(exchange, Set.of());
    }

    Stream<BindingKey> bindings() {
        return bySource.values().stream().flatMap(Set::stream);
    }

    /// Those that touch an exchange on either side, each once.
    List<BindingKey> touching(String exchange) {
        return Stream.concat(from(exchange).stream(), toExchange(exchange).stream())
                .distinct()
                .toList();
    }

    private Map<String, Set<BindingKey>> byDestination(BindingKey binding) {
        return binding.toExchange() ? byExchange : byQueue;
    }

    private static boolean removeFrom(Map<String, Set<BindingKey>> index, String key, BindingKey binding) {
        Set<BindingKey> bindings = index.get(key);
        boolean removed = bindings != null && bindings.remove(binding);
        if (removed && bindings.isEmpty()) {
            index.remove(key);
        }
        return removed;
    }
}
