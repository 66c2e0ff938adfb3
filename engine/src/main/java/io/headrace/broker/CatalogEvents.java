package io.headrace.broker;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.BuiltInExchanges;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.Parameter;
import io.headrace.catalog.Permission;
import io.headrace.catalog.Policy;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.TopicPermission;
import io.headrace.catalog.UserDefinition;
import io.headrace.catalog.VhostDefinition;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one change of the catalog is told as, in RabbitMQ's events and with their attributes. Topics and what else
/// RabbitMQ does not have are not told.
///
/// Asked before the change is applied, since what goes is told with all that goes with it.
///
/// Threads: the catalog's owner.
final class CatalogEvents {
    /// Who does what nobody asked for.
    static final String NOBODY = "rmq-internal";

    private static final String LIMITS = "limits";
    private static final String VHOST_LIMITS = "vhost-limits";
    private static final String GLOBAL = "global";
    private static final String OPERATOR_POLICY = "operator_policy";

    private final Catalog catalog;
    private final String node;
    private final String user;
    private final String owner; // process id of the connection that asked, empty if none did
    private final List<Event> events = new ArrayList<>();
    private final Set<String> newVhosts = new HashSet<>();
    private final Set<Gone> goneBindings = new HashSet<>();
    private final Set<String> goneTopicPermissions = new HashSet<>();

    private CatalogEvents(Catalog catalog, String node, Actor by) {
        this.catalog = catalog;
        this.node = node;
        this.user = by.user();
        this.owner = by.connection().isEmpty() ? "" : ProcessIds.of(node, by.connection());
    }

    /// A binding may go with both of its ends, and is told once.
    private record Gone(String vhost, BindingKey binding) {}

    /// Who asked for a change.
    ///
    /// @param connection by its name; empty if it was asked for in another way
    record Actor(String user, String connection) {
        /// The broker itself.
        static final Actor NOBODY = new Actor(CatalogEvents.NOBODY, "");
    }

    static List<Event> of(Catalog catalog, List<CatalogOperation> operations, String node, Actor by) {
        var events = new CatalogEvents(catalog, node, by);
        operations.forEach(events::operation);
        events.vhostsWithoutDescription(operations);
        return events.events;
    }

    private Event add(String key) {
        return add(key, user);
    }

    private Event add(String key, String by) {
        var event = new Event(key).by(by);
        events.add(event);
        return event;
    }

    private void operation(CatalogOperation operation) {
        switch (operation) {
            case CatalogOperation.AddVhost(String vhost) -> vhostAdded(vhost);
            case CatalogOperation.RemoveVhost(String vhost) -> vhostRemoved(vhost);
            case CatalogOperation.AddExchange(ExchangeDefinition exchange) -> exchangeCreated(exchange);
            case CatalogOperation.RemoveExchange(String vhost, String name) -> exchangeDeleted(vhost, name);
            case CatalogOperation.AddQueue(QueueDefinition queue) -> queueCreated(queue);
            case CatalogOperation.RemoveQueue(String vhost, String name) -> queueDeleted(vhost, name);
            case CatalogOperation.AddBinding(String vhost, BindingKey binding) ->
                binding("binding.created", vhost, binding, user);
            case CatalogOperation.RemoveBinding(String vhost, BindingKey binding) ->
                bindingDeleted(vhost, binding, user);
            case CatalogOperation.PutUser(UserDefinition put) -> userPut(put);
            case CatalogOperation.RemoveUser(String name) -> add("user.deleted").with("name", name);
            case CatalogOperation.PutPermission(String whose, String vhost, Permission permission) ->
                add("permission.created")
                        .with("user", whose)
                        .with("vhost", vhost)
                        .with("configure", permission.configure())
                        .with("write", permission.write())
                        .with("read", permission.read());
            case CatalogOperation.RemovePermission(String whose, String vhost) -> permissionDeleted(whose, vhost);
            case CatalogOperation.AddTopic _,
                    CatalogOperation.RemoveTopic _,
                    CatalogOperation.AddPartitions _,
                    CatalogOperation.PutTopicSettings _,
                    CatalogOperation.PutSettings _ -> {}
            case CatalogOperation.ByOperator byOperator -> byOperator(byOperator);
        }
    }

    private void byOperator(CatalogOperation.ByOperator operation) {
        switch (operation) {
            case CatalogOperation.PutVhost(VhostDefinition vhost) ->
                vhost(newVhosts.remove(vhost.name()) ? "vhost.created" : "vhost.updated", vhost);
            case CatalogOperation.PutTopicPermission(String whose, String vhost, TopicPermission permission) ->
                add("topic.permission.created")
                        .with("user", whose)
                        .with("vhost", vhost)
                        .with("exchange", permission.exchange())
                        .with("write", permission.write())
                        .with("read", permission.read());
            case CatalogOperation.RemoveTopicPermission(String whose, String vhost, String _) ->
                topicPermissionDeleted(whose, vhost);
            case CatalogOperation.PutPolicy(Policy policy) -> policySet(policy);
            case CatalogOperation.RemovePolicy(String vhost, String name, boolean operator) ->
                policyCleared(vhost, name, operator);
            case CatalogOperation.PutParameter(Parameter parameter) -> parameterSet(parameter);
            case CatalogOperation.RemoveParameter(String component, String vhost, String name) ->
                parameterCleared(component, vhost, name);
            case CatalogOperation.PutGlobalParameter(String name, FieldValue value) ->
                add("parameter.set")
                        .with("component", GLOBAL)
                        .with("name", name)
                        .with("value", value);
            // RabbitMQ calls it so: a value that is not there any more
            case CatalogOperation.RemoveGlobalParameter(String name) ->
                add("parameter.set").with("component", GLOBAL).with("name", name);
            case CatalogOperation.AddAcl _, CatalogOperation.RemoveAcl _ -> {}
        }
    }

    // ---- vhosts ----

    private void vhostAdded(String name) {
        newVhosts.add(name);
        BuiltInExchanges.of(name).forEach(this::exchangeCreated);
    }

    /// Those that come without a description have a plain one.
    private void vhostsWithoutDescription(List<CatalogOperation> operations) {
        for (var operation : operations) {
            if (operation instanceof CatalogOperation.AddVhost(String name) && newVhosts.remove(name)) {
                vhost("vhost.created", VhostDefinition.plain(name));
            }
        }
    }

    private void vhost(String key, VhostDefinition vhost) {
        add(key).with("name", vhost.name())
                .with("description", vhost.description())
                .with("tags", vhost.tags())
                .with("tracing", vhost.tracing())
                .with(
                        "default_queue_type",
                        vhost.defaultQueueType().map(type -> type.wireName()).orElse("undefined"))
                .with(
                        "metadata",
                        "#{description => <<\"" + vhost.description() + "\">>,tags => ["
                                + String.join(",", vhost.tags()) + "]}")
                .with(
                        "cluster_state",
                        new FieldValue.Table(new FieldTable(Map.of(node, FieldValue.LongString.of("running")))));
    }

    private void vhostRemoved(String vhost) {
        catalog.permissionsIn(vhost).keySet().forEach(whose -> permissionDeleted(whose, vhost));
        catalog.queues(vhost)
                .sorted(Comparator.comparing(QueueDefinition::name))
                .forEach(queue -> queueDeleted(vhost, queue.name()));
        catalog.exchanges(vhost)
                .sorted(Comparator.comparing(ExchangeDefinition::name))
                .forEach(exchange -> exchangeDeleted(vhost, exchange.name()));
        add("vhost.deleted").with("name", vhost);
        catalog.parameters().stream()
                .filter(parameter -> parameter.vhost().equals(vhost))
                .forEach(parameter -> parameterCleared(parameter.component(), vhost, parameter.name()));
    }

    // ---- exchanges, queues, bindings ----

    private void exchangeCreated(ExchangeDefinition exchange) {
        add("exchange.created")
                .with("name", exchange.name())
                .with("vhost", exchange.vhost())
                .with("type", exchange.type().wireName())
                .with("durable", exchange.durable())
                .with("auto_delete", exchange.autoDelete())
                .with("internal", exchange.internal())
                .with("policy", "")
                .with("arguments", exchange.arguments());
    }

    private void exchangeDeleted(String vhost, String name) {
        add("exchange.deleted").with("name", name).with("vhost", vhost);
        catalog.bindingsFrom(vhost, name).forEach(binding -> bindingDeleted(vhost, binding, user));
        catalog.bindingsToExchange(vhost, name).forEach(binding -> bindingDeleted(vhost, binding, user));
    }

    private void queueCreated(QueueDefinition queue) {
        if (queue.hidden()) {
            return;
        }
        var event = add("queue.created")
                .with("name", queue.name())
                .with("vhost", queue.vhost())
                .with("durable", queue.durable())
                .with("auto_delete", queue.autoDelete())
                .with("exclusive", queue.exclusive())
                .with("arguments", queue.arguments());
        switch (queue.type()) {
            case CLASSIC -> event.with("owner_pid", queue.exclusive() ? owner : "");
            case QUORUM -> event.with("type", "rabbit_quorum_queue");
            case STREAM -> event.with("type", "rabbit_stream_queue");
        }
    }

    private void queueDeleted(String vhost, String name) {
        catalog.queue(vhost, name)
                .ifPresent(
                        _ -> { // else it is one that a delayed exchange hides
                            catalog.bindingsToQueue(vhost, name)
                                    .forEach(binding -> bindingDeleted(vhost, binding, NOBODY));
                            add("queue.deleted").with("name", name).with("vhost", vhost);
                        });
    }

    private void bindingDeleted(String vhost, BindingKey binding, String by) {
        if (goneBindings.add(new Gone(vhost, binding))) {
            binding("binding.deleted", vhost, binding, by);
        }
    }

    private void binding(String key, String vhost, BindingKey binding, String by) {
        add(key, by)
                .with("source_name", binding.source())
                .with("source_kind", "exchange")
                .with("destination_name", binding.destination())
                .with("destination_kind", binding.toExchange() ? "exchange" : "queue")
                .with("routing_key", binding.routingKey())
                .with("vhost", vhost)
                .with("arguments", binding.arguments());
    }

    // ---- users and permissions ----

    private void userPut(UserDefinition put) {
        var name = put.name();
        var before = catalog.user(name);
        if (before.isEmpty()) {
            add("user.created").with("name", name);
        } else if (!before.get().passwordHash().equals(put.passwordHash())) {
            add(put.passwordHash().isEmpty() ? "user.password.cleared" : "user.password.changed")
                    .with("name", name);
        }
        if (before.isEmpty() || !before.get().tags().equals(put.tags())) {
            add("user.tags.set").with("name", name).with("tags", List.copyOf(put.tags()));
        }
        Map<String, Long> limitsBefore =
                before.<Map<String, Long>>map(UserDefinition::limits).orElse(Map.of());
        if (!limitsBefore.equals(put.limits())) {
            var event = add(put.limits().isEmpty() ? "user.limits.cleared" : "user.limits.set")
                    .with("name", LIMITS)
                    .with("username", name);
            put.limits().forEach(event::with);
        }
    }

    private void permissionDeleted(String whose, String vhost) {
        add("permission.deleted").with("user", whose).with("vhost", vhost);
    }

    /// Once, however many exchanges they were for.
    private void topicPermissionDeleted(String whose, String vhost) {
        if (goneTopicPermissions.add(vhost + " " + whose)) {
            add("topic.permission.deleted").with("user", whose).with("vhost", vhost);
        }
    }

    // ---- policies and parameters ----

    private void policySet(Policy policy) {
        if (policy.operator()) {
            add("parameter.set")
                    .with("component", OPERATOR_POLICY)
                    .with("name", policy.name())
                    .with("vhost", policy.vhost())
                    .with(
                            "value",
                            new FieldValue.Table(new FieldTable(Map.of(
                                    "pattern",
                                    FieldValue.LongString.of(policy.pattern()),
                                    "apply-to",
                                    FieldValue.LongString.of(policy.applyTo().wireName()),
                                    "priority",
                                    new FieldValue.Int64(policy.priority()),
                                    "definition",
                                    new FieldValue.Table(policy.definition())))));
        }
        add("policy.set")
                .with("name", policy.name())
                .with("vhost", policy.vhost())
                .with("pattern", policy.pattern())
                .with("apply-to", policy.applyTo().wireName())
                .with("priority", policy.priority())
                .with("definition", new FieldValue.Table(policy.definition()));
    }

    private void policyCleared(String vhost, String name, boolean operator) {
        if (operator) {
            add("parameter.cleared")
                    .with("component", OPERATOR_POLICY)
                    .with("name", name)
                    .with("vhost", vhost);
        }
        add(operator ? "operator.policy.cleared" : "policy.cleared")
                .with("name", name)
                .with("vhost", vhost);
    }

    private void parameterSet(Parameter parameter) {
        add("parameter.set")
                .with("component", parameter.component())
                .with("name", parameter.name())
                .with("vhost", parameter.vhost())
                .with("value", parameter.value());
        if (parameter.component().equals(VHOST_LIMITS)) {
            var event = add("vhost.limits.set").with("name", LIMITS);
            parameter.table().fields().forEach(event::with);
        }
    }

    private void parameterCleared(String component, String vhost, String name) {
        add("parameter.cleared").with("component", component).with("name", name).with("vhost", vhost);
        if (component.equals(VHOST_LIMITS)) {
            add("vhost.limits.cleared").with("name", LIMITS);
        }
    }
}
