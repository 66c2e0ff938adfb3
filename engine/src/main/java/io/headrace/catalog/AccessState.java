package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.PutPermission;
import io.headrace.catalog.CatalogOperation.PutTopicPermission;
import io.headrace.catalog.CatalogOperation.PutUser;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Users and what they may do where, and how each operation changes it.
///
/// Threads: the owner changes; any thread reads.
final class AccessState {
    // Equality is written out: what a record has by itself is put together by the JVM at its first use, and a
    // start would wait for it (decision 2).
    private record Place(String user, String vhost) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Place place && user.equals(place.user) && vhost.equals(place.vhost);
        }

        @Override
        public int hashCode() {
            return 31 * user.hashCode() + vhost.hashCode();
        }
    }

    private final List<CatalogListener> listeners;
    private final Map<String, UserDefinition> users = new ConcurrentHashMap<>();
    private final Map<Place, Permission> permissions = new ConcurrentHashMap<>();
    private final Map<Place, Map<String, TopicPermission>> topicPermissions = new ConcurrentHashMap<>(); // by exchange
    private volatile long version; // the owner writes

    AccessState(List<CatalogListener> listeners) {
        this.listeners = listeners;
    }

    /// Grows with every change of users and permissions, and of access control lists.
    long version() {
        return version;
    }

    /// What is kept elsewhere says something else of what users may do.
    void touch() {
        version++;
    }

    void putUser(UserDefinition user) {
        users.put(user.name(), user);
        version++;
    }

    void removeUser(String name) {
        UserDefinition removed = users.remove(name);
        forget(place -> place.user.equals(name));
        if (removed != null) {
            listeners.forEach(listener -> listener.userDeleted(name));
        }
    }

    void put(String user, String vhost, Permission permission) {
        permissions.put(new Place(user, vhost), permission);
        version++;
    }

    void remove(String user, String vhost) {
        permissions.remove(new Place(user, vhost));
        version++;
    }

    void put(String user, String vhost, TopicPermission permission) {
        topicPermissions
                .computeIfAbsent(new Place(user, vhost), _ -> new ConcurrentHashMap<>())
                .put(permission.exchange(), permission);
        version++;
    }

    void remove(String user, String vhost, String exchange) {
        topicPermissions.computeIfPresent(new Place(user, vhost), (_, byExchange) -> {
            byExchange.remove(exchange);
            return byExchange.isEmpty() ? null : byExchange;
        });
        version++;
    }

    void vhostGone(String vhost) {
        forget(place -> place.vhost.equals(vhost));
    }

    private void forget(Predicate<Place> which) {
        permissions.keySet().removeIf(which);
        topicPermissions.keySet().removeIf(which);
        version++;
    }

    void clear() {
        users.clear();
        forget(_ -> true);
    }

    Optional<UserDefinition> user(String name) {
        return Optional.ofNullable(users.get(name));
    }

    /// Sorted by name.
    List<UserDefinition> users() {
        return users.values().stream()
                .sorted(Comparator.comparing(UserDefinition::name))
                .toList();
    }

    Optional<Permission> permission(String user, String vhost) {
        return Optional.ofNullable(permissions.get(new Place(user, vhost)));
    }

    /// By vhost.
    SortedMap<String, Permission> permissionsOf(String user) {
        SortedMap<String, Permission> found = new TreeMap<>();
        permissions.forEach((place, permission) -> {
            if (place.user.equals(user)) {
                found.put(place.vhost, permission);
            }
        });
        return found;
    }

    /// By user.
    SortedMap<String, Permission> permissionsIn(String vhost) {
        SortedMap<String, Permission> found = new TreeMap<>();
        permissions.forEach((place, permission) -> {
            if (place.vhost.equals(vhost)) {
                found.put(place.user, permission);
            }
        });
        return found;
    }

    Optional<TopicPermission> topicPermission(String user, String vhost, String exchange) {
        return Optional.ofNullable(
                topicPermissions.getOrDefault(new Place(user, vhost), Map.of()).get(exchange));
    }

    /// Sorted by exchange.
    List<TopicPermission> topicPermissions(String user, String vhost) {
        return sorted(
                topicPermissions.getOrDefault(new Place(user, vhost), Map.of()).values());
    }

    private static List<TopicPermission> sorted(Collection<TopicPermission> permissions) {
        return permissions.stream()
                .sorted(Comparator.comparing(TopicPermission::exchange))
                .toList();
    }

    /// Operations that, applied where all vhosts are, give this state.
    Stream<CatalogOperation> rebuilding() {
        var places = Comparator.comparing(Place::user).thenComparing(Place::vhost);
        Stream<CatalogOperation> ofUsers = users().stream().map(PutUser::new);
        Stream<CatalogOperation> ofPermissions = permissions.keySet().stream()
                .sorted(places)
                .map(place -> new PutPermission(place.user, place.vhost, permissions.get(place)));
        Stream<CatalogOperation> ofTopics = topicPermissions.keySet().stream()
                .sorted(places)
                .flatMap(place -> topicPermissions(place.user, place.vhost).stream()
                        .map(permission -> new PutTopicPermission(place.user, place.vhost, permission)));
        return Stream.of(ofUsers, ofPermissions, ofTopics).flatMap(stream -> stream);
    }
}
