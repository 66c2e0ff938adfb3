package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddVhost;
import io.headrace.catalog.CatalogOperation.PutPermission;
import io.headrace.catalog.CatalogOperation.PutTopicPermission;
import io.headrace.catalog.CatalogOperation.PutUser;
import io.headrace.catalog.CatalogOperation.PutVhost;
import io.headrace.catalog.CatalogOperation.RemovePermission;
import io.headrace.catalog.CatalogOperation.RemoveTopicPermission;
import io.headrace.catalog.CatalogOperation.RemoveUser;
import io.headrace.catalog.CatalogOperation.RemoveVhost;
import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.catalog.Decision.Refused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The rules for what operators want of vhosts, users and permissions.
///
/// Threads: the catalog's owner.
public final class OperatorDecisions {
    /// In front of a user's name: what Kafka's SCRAM checks it by, for each mechanism. Made from a password, so it goes
    /// when the user gets another.
    public static final String SCRAM_SETTINGS = "kafka.scram/";

    private static final String NO_PASSWORD = "";

    private static final List<String> USER_LIMITS =
            List.of(UserDefinition.MAX_CONNECTIONS, UserDefinition.MAX_CHANNELS);

    private final CatalogState state;

    OperatorDecisions(CatalogState state) {
        this.state = state;
    }

    // ---- vhosts ----

    public Decision<String> decideAddVhost(String vhost) {
        return state.vhost(vhost).isPresent()
                ? new NoChange<>(vhost)
                : Storable.change(List.of(new AddVhost(vhost)), vhost);
    }

    /// A new vhost, or another description of one.
    public Decision<VhostDefinition> decidePutVhost(VhostDefinition wanted) {
        Optional<Vhost> current = state.vhost(wanted.name());
        if (current.isPresent() && current.get().definition().equals(wanted)) {
            return new NoChange<>(wanted);
        }
        List<CatalogOperation> operations = new ArrayList<>();
        if (current.isEmpty()) {
            operations.add(new AddVhost(wanted.name()));
        }
        operations.add(new PutVhost(wanted));
        return Storable.change(operations, wanted);
    }

    /// A vhost and all that is in it.
    public Decision<String> decideRemoveVhost(String name) {
        Optional<Vhost> vhost = state.vhost(name);
        if (vhost.isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(name));
        }
        return vhost.get().definition().protectedFromDeletion()
                ? new Refused<>(new Refusal.Malformed(
                        "Refusing to delete virtual host '" + name + "' because it is protected from deletion"))
                : new Change<>(List.of(new RemoveVhost(name)), name);
    }

    // ---- users ----

    /// A new user, or a new definition of one, who keeps its limits if the new one has none.
    public Decision<UserDefinition> decidePutUser(UserDefinition wanted) {
        Optional<UserDefinition> current = state.access().user(wanted.name());
        UserDefinition user = current.isPresent() && wanted.limits().isEmpty()
                ? wanted.with(current.get().limits())
                : wanted;
        if (current.equals(Optional.of(user))) {
            return new NoChange<>(user);
        }
        Optional<Refusal> refusal = unknownLimit(user.limits());
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        List<CatalogOperation> operations = new ArrayList<>(List.of(new PutUser(user)));
        if (!current.map(UserDefinition::passwordHash).equals(Optional.of(user.passwordHash()))) {
            forgetScram(user.name()).ifPresent(operations::add);
        }
        return Storable.change(operations, user);
    }

    public Decision<String> decideRemoveUser(String user) {
        if (state.access().user(user).isEmpty()) {
            return new Refused<>(new Refusal.UserNotFound(user));
        }
        List<CatalogOperation> operations = new ArrayList<>(List.of(new RemoveUser(user)));
        forgetScram(user).ifPresent(operations::add);
        return new Change<>(operations, user);
    }

    private Optional<CatalogOperation> forgetScram(String user) {
        return state.settings(SCRAM_SETTINGS + user).isEmpty()
                ? Optional.empty()
                : Optional.of(new CatalogOperation.PutSettings(SCRAM_SETTINGS + user, Collections.emptySortedMap()));
    }

    /// What SCRAM checks a user by; one that there is not is made, without a password of AMQP's, tags or permissions.
    ///
    /// @param credentials all of them, by mechanism
    public Decision<String> decidePutScram(String user, Map<String, String> credentials) {
        var sorted = TopicDefinition.sorted(credentials);
        List<CatalogOperation> operations = new ArrayList<>();
        if (state.access().user(user).isEmpty()) {
            operations.add(new PutUser(new UserDefinition(user, NO_PASSWORD, Set.of())));
        }
        if (!state.settings(SCRAM_SETTINGS + user).equals(sorted)) {
            operations.add(new CatalogOperation.PutSettings(SCRAM_SETTINGS + user, sorted));
        }
        return operations.isEmpty() ? new NoChange<>(user) : Storable.change(operations, user);
    }

    /// @param value negative: none
    public Decision<UserDefinition> decidePutUserLimit(String user, String limit, long value) {
        return decideUserLimits(user, limits -> limits.put(limit, value));
    }

    public Decision<UserDefinition> decideRemoveUserLimit(String user, String limit) {
        return decideUserLimits(user, limits -> limits.remove(limit));
    }

    private Decision<UserDefinition> decideUserLimits(String name, Consumer<SortedMap<String, Long>> change) {
        Optional<UserDefinition> user = state.access().user(name);
        if (user.isEmpty()) {
            return new Refused<>(new Refusal.UserNotFound(name));
        }
        SortedMap<String, Long> limits = new TreeMap<>(user.get().limits());
        change.accept(limits);
        UserDefinition changed = user.get().with(limits);
        if (changed.equals(user.get())) {
            return new NoChange<>(changed);
        }
        return unknownLimit(limits)
                .<Decision<UserDefinition>>map(Refused::new)
                .orElseGet(() -> new Change<>(List.of(new PutUser(changed)), changed));
    }

    private static Optional<Refusal> unknownLimit(SortedMap<String, Long> limits) {
        return limits.entrySet().stream()
                .filter(limit -> !USER_LIMITS.contains(limit.getKey()))
                .findFirst()
                .map(limit -> new Refusal.Malformed("Unrecognised terms [{<<\"" + limit.getKey() + "\">>,"
                        + limit.getValue() + "}] in user-limits"));
    }

    // ---- permissions ----

    /// If the patterns are valid.
    public Decision<Permission> decidePutPermission(String user, String vhost, Permission permission) {
        Optional<Refusal> refusal =
                missing(user, vhost).or(() -> invalid(permission.configure(), permission.write(), permission.read()));
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        return state.access().permission(user, vhost).equals(Optional.of(permission))
                ? new NoChange<>(permission)
                : Storable.change(List.of(new PutPermission(user, vhost, permission)), permission);
    }

    /// @return what was taken away
    public Decision<Optional<Permission>> decideRemovePermission(String user, String vhost) {
        Optional<Permission> current = state.access().permission(user, vhost);
        return current.isPresent()
                ? new Change<>(List.of(new RemovePermission(user, vhost)), current)
                : new NoChange<>(current);
    }

    /// If the patterns are valid. The exchange need not exist.
    public Decision<TopicPermission> decidePutTopicPermission(String user, String vhost, TopicPermission permission) {
        Optional<Refusal> refusal =
                missing(user, vhost).or(() -> invalid(sample(permission.write()), sample(permission.read())));
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        return state.access()
                        .topicPermission(user, vhost, permission.exchange())
                        .equals(Optional.of(permission))
                ? new NoChange<>(permission)
                : Storable.change(List.of(new PutTopicPermission(user, vhost, permission)), permission);
    }

    /// @param exchange empty for all of them
    /// @return how many were taken away
    public Decision<Integer> decideRemoveTopicPermission(String user, String vhost, Optional<String> exchange) {
        List<CatalogOperation> operations = state.access().topicPermissions(user, vhost).stream()
                .map(TopicPermission::exchange)
                .filter(name -> exchange.isEmpty() || exchange.get().equals(name))
                .<CatalogOperation>map(name -> new RemoveTopicPermission(user, vhost, name))
                .toList();
        return operations.isEmpty() ? new NoChange<>(0) : new Change<>(operations, operations.size());
    }

    private static String sample(String pattern) {
        return TopicPermission.expanded(pattern, "u", "v", Optional.of("c"));
    }

    private Optional<Refusal> missing(String user, String vhost) {
        if (state.access().user(user).isEmpty()) {
            return Optional.of(new Refusal.UserNotFound(user));
        }
        return state.vhost(vhost).isEmpty() ? Optional.of(new Refusal.VhostNotFound(vhost)) : Optional.empty();
    }

    private static Optional<Refusal> invalid(String... patterns) {
        return Stream.of(patterns)
                .flatMap(pattern -> SearchPattern.refusal(pattern).stream())
                .findFirst();
    }
}
