package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.PutPolicy;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The policies of all vhosts, and what they make of queues and exchanges.
///
/// Of each kind, policy and operator policy, at most one acts on a thing: that of the highest priority among those
/// whose pattern is found in its name and whose definition it can have; among equals the first by name. What acts is
/// worked out when it may have changed and kept for those things only on which something acts, so a broker without
/// policies pays nothing for them.
///
/// Threads: the owner changes; any thread reads.
final class Policies {
    private static final String ARGUMENT_PREFIX = "x-";

    private record Compiled(Policy policy, SearchPattern pattern) {
        boolean actsOn(QueueDefinition queue) {
            return !queue.hidden()
                    && policy.applyTo().includes(queue.type())
                    && matches(queue.name())
                    && PolicyRules.suits(policy.definition(), queue.type());
        }

        boolean actsOn(ExchangeDefinition exchange) {
            return policy.applyTo().includesExchanges() && matches(exchange.name());
        }

        private boolean matches(String name) {
            return pattern.everything() || pattern.foundIn(name);
        }

        boolean is(String name, boolean operator) {
            return policy.operator() == operator && policy.name().equals(name);
        }
    }

    /// What acts on one thing.
    ///
    /// @param definition of both policies together
    /// @param effective the same with what the thing itself brought
    private record Governed(
            Optional<Policy> policy, Optional<Policy> operatorPolicy, FieldTable definition, FieldTable effective) {
        boolean by(String name, boolean operator) {
            return (operator ? operatorPolicy : policy).map(Policy::name).equals(Optional.of(name));
        }
    }

    private final List<CatalogListener> listeners;
    private final Map<String, List<Compiled>> byVhost = new ConcurrentHashMap<>(); // lists in order, replaced whole
    private final Map<Integer, Governed> queues = new ConcurrentHashMap<>();
    private final Map<Resource, Governed> exchanges = new ConcurrentHashMap<>();

    Policies(List<CatalogListener> listeners) {
        this.listeners = listeners;
    }

    void put(Vhost vhost, Policy policy) {
        List<Compiled> changed = without(vhost.name(), policy.name(), policy.operator());
        changed.add(new Compiled(policy, SearchPattern.ofPolicy(policy.pattern())));
        changed.sort(firstActs());
        byVhost.put(vhost.name(), changed);
        govern(vhost, policy.name(), policy.operator());
    }

    void remove(Vhost vhost, String name, boolean operator) {
        byVhost.put(vhost.name(), without(vhost.name(), name, operator));
        govern(vhost, name, operator);
    }

    void vhostGone(String vhost) {
        byVhost.remove(vhost);
        exchanges.keySet().removeIf(exchange -> exchange.vhost().equals(vhost));
    }

    void created(QueueDefinition queue) {
        if (!compiled(queue.vhost()).isEmpty()) {
            set(queues, queue.id(), governed(queue));
        }
    }

    void deleted(QueueDefinition queue) {
        queues.remove(queue.id());
    }

    /// Tells what acts on it, if anything; to be called when the listeners know it.
    void created(ExchangeDefinition exchange) {
        if (!compiled(exchange.vhost()).isEmpty()) {
            govern(exchange);
        }
    }

    void deleted(ExchangeDefinition exchange) {
        exchanges.remove(exchange.resource());
    }

    private List<Compiled> compiled(String vhost) {
        return byVhost.getOrDefault(vhost, List.of());
    }

    private List<Compiled> without(String vhost, String name, boolean operator) {
        List<Compiled> others = new ArrayList<>(compiled(vhost));
        others.removeIf(compiled -> compiled.is(name, operator));
        return others;
    }

    // what changed is one policy: it concerns those it acted on and those it may act on now
    private void govern(Vhost vhost, String name, boolean operator) {
        Optional<Compiled> changed = compiled(vhost.name()).stream()
                .filter(compiled -> compiled.is(name, operator))
                .findFirst();
        vhost.queues().values().stream()
                .sorted(Comparator.comparingInt(QueueDefinition::id))
                .filter(queue -> isBy(queues.get(queue.id()), name, operator)
                        || changed.isPresent() && changed.get().actsOn(queue))
                .forEach(this::govern);
        if (!operator) {
            vhost.exchanges().values().stream()
                    .sorted(Comparator.comparing(ExchangeDefinition::name))
                    .filter(exchange -> isBy(exchanges.get(exchange.resource()), name, false)
                            || changed.isPresent() && changed.get().actsOn(exchange))
                    .forEach(this::govern);
        }
    }

    private static boolean isBy(Governed governed, String name, boolean operator) {
        return governed != null && governed.by(name, operator);
    }

    private void govern(QueueDefinition queue) {
        FieldTable before = effective(queue);
        set(queues, queue.id(), governed(queue));
        if (!before.equals(effective(queue))) {
            listeners.forEach(listener -> listener.queueGoverned(queue));
        }
    }

    private void govern(ExchangeDefinition exchange) {
        FieldTable before = effective(exchange);
        set(exchanges, exchange.resource(), governed(exchange));
        FieldTable after = effective(exchange);
        if (!before.equals(after)) {
            listeners.forEach(listener -> listener.exchangeGoverned(exchange, after));
        }
    }

    private static <K> void set(Map<K, Governed> map, K key, Optional<Governed> governed) {
        governed.ifPresentOrElse(found -> map.put(key, found), () -> map.remove(key));
    }

    private Optional<Governed> governed(QueueDefinition queue) {
        Optional<Policy> policy = first(queue, false);
        Optional<Policy> operatorPolicy = first(queue, true);
        if (policy.isEmpty() && operatorPolicy.isEmpty()) {
            return Optional.empty();
        }
        FieldTable definition = PolicyRules.together(definition(policy), definition(operatorPolicy));
        FieldTable effective = PolicyRules.effective(own(queue), definition, queue.type() == QueueType.STREAM);
        return Optional.of(new Governed(policy, operatorPolicy, definition, effective));
    }

    private Optional<Policy> first(QueueDefinition queue, boolean operator) {
        return compiled(queue.vhost()).stream()
                .filter(compiled -> compiled.policy.operator() == operator && compiled.actsOn(queue))
                .findFirst()
                .map(Compiled::policy);
    }

    private Optional<Governed> governed(ExchangeDefinition exchange) {
        return compiled(exchange.vhost()).stream()
                .filter(compiled -> !compiled.policy.operator() && compiled.actsOn(exchange))
                .findFirst()
                .map(Compiled::policy)
                .map(policy -> new Governed(
                        Optional.of(policy),
                        Optional.empty(),
                        policy.definition(),
                        PolicyRules.effective(exchange.arguments(), policy.definition(), false)));
    }

    private static FieldTable definition(Optional<Policy> policy) {
        return policy.map(Policy::definition).orElse(FieldTable.EMPTY);
    }

    /// A queue's arguments by the names that policies use: without `x-`.
    private static FieldTable own(QueueDefinition queue) {
        Map<String, FieldValue> settings = new LinkedHashMap<>();
        queue.arguments().fields().forEach((name, value) -> {
            if (name.startsWith(ARGUMENT_PREFIX)) {
                settings.put(name.substring(ARGUMENT_PREFIX.length()), value);
            }
        });
        return new FieldTable(settings);
    }

    FieldTable effective(QueueDefinition queue) {
        Governed governed = queues.get(queue.id());
        return governed == null ? own(queue) : governed.effective;
    }

    FieldTable effective(ExchangeDefinition exchange) {
        Governed governed = exchanges.get(exchange.resource());
        return governed == null ? exchange.arguments() : governed.effective;
    }

    Optional<Policy> policyOf(QueueDefinition queue) {
        return Optional.ofNullable(queues.get(queue.id())).flatMap(Governed::policy);
    }

    Optional<Policy> operatorPolicyOf(QueueDefinition queue) {
        return Optional.ofNullable(queues.get(queue.id())).flatMap(Governed::operatorPolicy);
    }

    FieldTable definitionOf(QueueDefinition queue) {
        Governed governed = queues.get(queue.id());
        return governed == null ? FieldTable.EMPTY : governed.definition;
    }

    Optional<Policy> policyOf(ExchangeDefinition exchange) {
        return Optional.ofNullable(exchanges.get(exchange.resource())).flatMap(Governed::policy);
    }

    Optional<Policy> policy(String vhost, String name, boolean operator) {
        return compiled(vhost).stream()
                .filter(compiled -> compiled.is(name, operator))
                .findFirst()
                .map(Compiled::policy);
    }

    /// Sorted by name.
    List<Policy> policies(String vhost, boolean operator) {
        return compiled(vhost).stream()
                .map(Compiled::policy)
                .filter(policy -> policy.operator() == operator)
                .sorted(Comparator.comparing(Policy::name))
                .toList();
    }

    Stream<CatalogOperation> rebuilding(String vhost) {
        return Stream.concat(policies(vhost, false).stream(), policies(vhost, true).stream())
                .map(PutPolicy::new);
    }

    // not a constant: what it is made of is linked when it is, and a start has no use for it
    private static Comparator<Compiled> firstActs() {
        return Comparator.comparingInt((Compiled compiled) -> compiled.policy.priority())
                .reversed()
                .thenComparing(compiled -> compiled.policy.name());
    }
}
