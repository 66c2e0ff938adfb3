package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddAcl;
import io.headrace.catalog.CatalogOperation.AddBinding;
import io.headrace.catalog.CatalogOperation.AddExchange;
import io.headrace.catalog.CatalogOperation.AddPartitions;
import io.headrace.catalog.CatalogOperation.AddQueue;
import io.headrace.catalog.CatalogOperation.AddTopic;
import io.headrace.catalog.CatalogOperation.AddVhost;
import io.headrace.catalog.CatalogOperation.PutGlobalParameter;
import io.headrace.catalog.CatalogOperation.PutParameter;
import io.headrace.catalog.CatalogOperation.PutPermission;
import io.headrace.catalog.CatalogOperation.PutPolicy;
import io.headrace.catalog.CatalogOperation.PutSettings;
import io.headrace.catalog.CatalogOperation.PutTopicPermission;
import io.headrace.catalog.CatalogOperation.PutTopicSettings;
import io.headrace.catalog.CatalogOperation.PutUser;
import io.headrace.catalog.CatalogOperation.PutVhost;
import io.headrace.catalog.CatalogOperation.RemoveAcl;
import io.headrace.catalog.CatalogOperation.RemoveBinding;
import io.headrace.catalog.CatalogOperation.RemoveExchange;
import io.headrace.catalog.CatalogOperation.RemoveGlobalParameter;
import io.headrace.catalog.CatalogOperation.RemoveParameter;
import io.headrace.catalog.CatalogOperation.RemovePermission;
import io.headrace.catalog.CatalogOperation.RemovePolicy;
import io.headrace.catalog.CatalogOperation.RemoveQueue;
import io.headrace.catalog.CatalogOperation.RemoveTopic;
import io.headrace.catalog.CatalogOperation.RemoveTopicPermission;
import io.headrace.catalog.CatalogOperation.RemoveUser;
import io.headrace.catalog.CatalogOperation.RemoveVhost;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Everything the catalog knows, and how each operation changes it.
///
/// An operation that does not fit the state (an exchange in a vhost that does not exist, a queue that
/// exists already) was decided against another state: [IllegalStateException], and nothing of the operation
/// has been done. Removing what is not there changes nothing.
///
/// Threads: the owner changes; any thread reads, bindings excepted.
final class CatalogState {
    private static final int FIRST_QUEUE_ID = 1;

    private final Map<String, Vhost> vhosts = new ConcurrentHashMap<>();
    private final Map<Integer, QueueDefinition> queuesById = new ConcurrentHashMap<>();
    private final Map<Long, TreeMap<Integer, QueueDefinition>> exclusiveQueues = new TreeMap<>(); // owner only
    private final List<CatalogListener> listeners = new CopyOnWriteArrayList<>();
    private final TopicsState topics = new TopicsState(listeners);
    private final AccessState access = new AccessState(listeners);
    private final AclsState acls = new AclsState();
    private final ParametersState parameters = new ParametersState(listeners);
    private final Policies policies = new Policies(listeners);
    private final Map<String, SortedMap<String, String>> settings = new ConcurrentHashMap<>();
    private int nextQueueId = FIRST_QUEUE_ID; // owner only

    void addListener(CatalogListener listener) {
        listeners.add(listener);
    }

    void apply(CatalogOperation operation) {
        switch (operation) {
            case AddVhost(String vhost) -> addVhost(vhost);
            case RemoveVhost(String vhost) -> removeVhost(vhost);
            case AddExchange(ExchangeDefinition exchange) -> addExchange(exchange);
            case RemoveExchange(String vhost, String name) -> removeExchange(required(vhost), name);
            case AddQueue(QueueDefinition queue) -> addQueue(queue);
            case RemoveQueue(String vhost, String name) -> removeQueue(required(vhost), name);
            case AddBinding(String vhost, BindingKey binding) -> addBinding(required(vhost), binding);
            case RemoveBinding(String vhost, BindingKey binding) -> removeBinding(required(vhost), binding);
            case PutUser(UserDefinition user) -> access.putUser(user);
            case RemoveUser(String name) -> access.removeUser(name);
            case PutPermission(String user, String vhost, Permission permission) -> access.put(user, vhost, permission);
            case RemovePermission(String user, String vhost) -> access.remove(user, vhost);
            case AddTopic(TopicDefinition topic) -> {
                required(topic.vhost());
                topics.add(topic);
            }
            case RemoveTopic(String vhost, String name) -> topics.remove(vhost, name);
            case AddPartitions(String vhost, String name, List<Integer> added) -> topics.grow(vhost, name, added);
            case PutTopicSettings(String vhost, String name, SortedMap<String, String> changed) ->
                topics.set(vhost, name, changed);
            case PutSettings(String name, SortedMap<String, String> changed) -> putSettings(name, changed);
            case CatalogOperation.ByOperator byOperator -> apply(byOperator);
        }
    }

    private void apply(CatalogOperation.ByOperator operation) {
        switch (operation) {
            case PutVhost(VhostDefinition vhost) -> {
                required(vhost.name()).definition(vhost);
                listeners.forEach(listener -> listener.vhostPut(vhost));
            }
            case PutTopicPermission(String user, String vhost, TopicPermission permission) ->
                access.put(user, vhost, permission);
            case RemoveTopicPermission(String user, String vhost, String exchange) ->
                access.remove(user, vhost, exchange);
            case PutPolicy(Policy policy) -> policies.put(required(policy.vhost()), policy);
            case RemovePolicy(String vhost, String name, boolean operator) ->
                policies.remove(required(vhost), name, operator);
            case PutParameter(Parameter parameter) -> {
                required(parameter.vhost());
                parameters.put(parameter);
            }
            case RemoveParameter(String component, String vhost, String name) ->
                parameters.remove(component, vhost, name);
            case PutGlobalParameter(String name, FieldValue value) -> parameters.putGlobal(name, value);
            case RemoveGlobalParameter(String name) -> parameters.removeGlobal(name);
            case AddAcl(Acl acl) -> {
                acls.add(acl);
                access.touch();
            }
            case RemoveAcl(Acl acl) -> {
                acls.remove(acl);
                access.touch();
            }
        }
    }

    private void addVhost(String name) {
        Vhost vhost = new Vhost(name);
        if (vhosts.putIfAbsent(name, vhost) != null) {
            throw new IllegalStateException("vhost '" + name + "' exists already");
        }
        listeners.forEach(listener -> listener.vhostCreated(name));
        BuiltInExchanges.of(name).forEach(this::addExchange);
    }

    private void removeVhost(String name) {
        Vhost vhost = vhosts.remove(name);
        if (vhost == null) {
            return;
        }
        vhost.queues().values().stream()
                .sorted(Comparator.comparingInt(QueueDefinition::id))
                .forEach(this::forgetQueue);
        topics.removeAll(name);
        access.vhostGone(name);
        parameters.vhostGone(name);
        policies.vhostGone(name);
        listeners.forEach(listener -> listener.vhostDeleted(name));
    }

    private void addExchange(ExchangeDefinition exchange) {
        Vhost vhost = required(exchange.vhost());
        if (vhost.exchanges().putIfAbsent(exchange.name(), exchange) != null) {
            throw new IllegalStateException(exchange.resource() + " exists already");
        }
        listeners.forEach(listener -> listener.exchangeCreated(exchange));
        policies.created(exchange);
    }

    private void removeExchange(Vhost vhost, String name) {
        vhost.touching(name).forEach(binding -> removeBinding(vhost, binding));
        ExchangeDefinition removed = vhost.exchanges().remove(name);
        if (removed != null) {
            policies.deleted(removed);
            listeners.forEach(listener -> listener.exchangeDeleted(removed));
            removeQueue(vhost, QueueDefinition.delayingName(name));
        }
    }

    private void addQueue(QueueDefinition queue) {
        Vhost vhost = required(queue.vhost());
        if (queuesById.containsKey(queue.id())) {
            throw new IllegalStateException("queue id " + queue.id() + " is taken");
        }
        if (vhost.queues().putIfAbsent(queue.name(), queue) != null) {
            throw new IllegalStateException(queue.resource() + " exists already");
        }
        nextQueueId = Math.max(nextQueueId, queue.id() + 1);
        queuesById.put(queue.id(), queue);
        if (queue.exclusive()) {
            exclusiveQueues
                    .computeIfAbsent(queue.exclusiveOwner(), _ -> new TreeMap<>())
                    .put(queue.id(), queue);
        }
        policies.created(queue);
        listeners.forEach(listener -> listener.queueCreated(queue));
    }

    private void removeQueue(Vhost vhost, String name) {
        List.copyOf(vhost.toQueue(name)).forEach(binding -> removeBinding(vhost, binding));
        QueueDefinition removed = vhost.queues().remove(name);
        if (removed != null) {
            forgetQueue(removed);
        }
    }

    private void forgetQueue(QueueDefinition queue) {
        queuesById.remove(queue.id());
        exclusiveQueues.computeIfPresent(queue.exclusiveOwner(), (_, owned) -> {
            owned.remove(queue.id());
            return owned.isEmpty() ? null : owned;
        });
        policies.deleted(queue);
        listeners.forEach(listener -> listener.queueDeleted(queue));
    }

    private void addBinding(Vhost vhost, BindingKey binding) {
        boolean source = vhost.exchanges().containsKey(binding.source());
        boolean destination = binding.toExchange()
                ? vhost.exchanges().containsKey(binding.destination())
                : vhost.queues().containsKey(binding.destination());
        if (!source || !destination) {
            throw new IllegalStateException(
                    binding + " in vhost '" + vhost.name() + "' has no " + (source ? "destination" : "source"));
        }
        if (vhost.add(binding)) {
            listeners.forEach(listener -> listener.bindingAdded(vhost.name(), binding));
        }
    }

    private void removeBinding(Vhost vhost, BindingKey binding) {
        if (vhost.remove(binding)) {
            listeners.forEach(listener -> listener.bindingRemoved(vhost.name(), binding));
        }
    }

    private void putSettings(String name, SortedMap<String, String> changed) {
        if (changed.isEmpty()) {
            settings.remove(name);
        } else {
            settings.put(name, TopicDefinition.sorted(changed));
        }
        listeners.forEach(listener -> listener.settingsPut(name, changed));
    }

    /// Forgets everything, telling the listeners.
    void clear() {
        vhosts.keySet().stream().sorted().toList().forEach(this::removeVhost);
        topics.clear();
        settings.clear();
        acls.clear();
        access.clear();
        parameters.clear();
        nextQueueId = FIRST_QUEUE_ID;
    }

    /// Operations that, applied to an empty state, give this one.
    List<CatalogOperation> rebuilding() {
        List<CatalogOperation> operations = new ArrayList<>();
        vhosts.values().stream().sorted(Comparator.comparing(Vhost::name)).forEach(vhost -> rebuild(vhost, operations));
        access.rebuilding().forEach(operations::add);
        acls.rebuilding().forEach(operations::add);
        parameters.rebuilding().forEach(operations::add);
        new TreeMap<>(settings).forEach((name, values) -> operations.add(new PutSettings(name, values)));
        return operations;
    }

    private void rebuild(Vhost vhost, List<CatalogOperation> operations) {
        operations.add(new AddVhost(vhost.name()));
        if (!vhost.definition().equals(VhostDefinition.plain(vhost.name()))) {
            operations.add(new PutVhost(vhost.definition()));
        }
        policies.rebuilding(vhost.name()).forEach(operations::add); // first, so that queues are told once
        vhost.exchanges().values().stream()
                .filter(exchange -> !BuiltInExchanges.isBuiltIn(exchange.name()))
                .sorted(Comparator.comparing(ExchangeDefinition::name))
                .forEach(exchange -> operations.add(new AddExchange(exchange)));
        vhost.queues().values().stream()
                .sorted(Comparator.comparingInt(QueueDefinition::id))
                .forEach(queue -> operations.add(new AddQueue(queue)));
        vhost.bindings().forEach(binding -> operations.add(new AddBinding(vhost.name(), binding)));
        topics.rebuilding(vhost.name()).forEach(operations::add);
    }

    Vhost required(String name) {
        Vhost vhost = vhosts.get(name);
        if (vhost == null) {
            throw new IllegalStateException("no vhost '" + name + "'");
        }
        return vhost;
    }

    Optional<Vhost> vhost(String name) {
        return Optional.ofNullable(vhosts.get(name));
    }

    /// Sorted by name.
    List<Vhost> vhosts() {
        return vhosts.values().stream()
                .sorted(Comparator.comparing(Vhost::name))
                .toList();
    }

    Optional<QueueDefinition> queue(int id) {
        return Optional.ofNullable(queuesById.get(id));
    }

    Collection<QueueDefinition> exclusiveQueues(long owner) {
        return exclusiveQueues.getOrDefault(owner, new TreeMap<>()).values();
    }

    AccessState access() {
        return access;
    }

    AclsState acls() {
        return acls;
    }

    ParametersState parameters() {
        return parameters;
    }

    Policies policies() {
        return policies;
    }

    TopicsState topics() {
        return topics;
    }

    SortedMap<String, String> settings(String name) {
        return settings.getOrDefault(name, Collections.emptySortedMap());
    }

    SortedMap<String, SortedMap<String, String>> settingsBelow(String prefix) {
        SortedMap<String, SortedMap<String, String>> found = new TreeMap<>();
        settings.forEach((name, values) -> {
            if (name.startsWith(prefix) && !values.isEmpty()) {
                found.put(name.substring(prefix.length()), values);
            }
        });
        return found;
    }

    int nextQueueId() {
        return nextQueueId;
    }

    void nextQueueId(int id) {
        nextQueueId = Math.max(nextQueueId, id);
    }
}
