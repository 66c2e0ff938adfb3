package io.headrace.broker;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.UserDefinition;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The sessions that are open: counted for the limits of vhosts and users, and ended with them.
///
/// Threads: the loop.
final class Sessions implements CatalogListener {
    private final Catalog catalog;
    private final Loop loop;
    private final Set<Guest> open = new LinkedHashSet<>();
    private final Map<String, Integer> byVhost = new HashMap<>();
    private final Map<String, Integer> byUser = new HashMap<>();
    private final Map<String, Integer> channelsByUser = new HashMap<>();

    Sessions(Catalog catalog, Loop loop) {
        this.catalog = catalog;
        this.loop = loop;
    }

    /// Why a limit keeps a user from opening one more session, in RabbitMQ's words and order.
    Optional<Refusal> refuse(User user, String vhost) {
        long vhostLimit = catalog.vhostLimits(vhost).getOrDefault(Catalog.MAX_CONNECTIONS, -1L);
        if (reached(vhostLimit, byVhost.getOrDefault(vhost, 0))) {
            return Optional.of(new Refusal.LimitReached(
                    "access to vhost '%s' refused for user '%s': connection limit (%d) is reached"
                            .formatted(vhost, user.name(), vhostLimit)));
        }
        long userLimit = limit(user, UserDefinition.MAX_CONNECTIONS);
        return reached(userLimit, byUser.getOrDefault(user.name(), 0))
                ? Optional.of(new Refusal.LimitReached(
                        "connection refused for user '%s': user connection limit (%d) is reached"
                                .formatted(user.name(), userLimit)))
                : Optional.empty();
    }

    void opened(Guest session) {
        open.add(session);
        byVhost.merge(session.vhost(), 1, Integer::sum);
        byUser.merge(session.user().name(), 1, Integer::sum);
    }

    /// @param channels still open in it
    void closed(Guest session, int channels) {
        if (open.remove(session)) {
            less(byVhost, session.vhost(), 1);
            less(byUser, session.user().name(), 1);
            less(channelsByUser, session.user().name(), channels);
        }
    }

    /// Counts one more channel, unless the user has as many as allowed.
    Optional<Refusal> openChannel(User user) {
        long limit = limit(user, UserDefinition.MAX_CHANNELS);
        if (reached(limit, channelsByUser.getOrDefault(user.name(), 0))) {
            return Optional.of(new Refusal.LimitReached(
                    "number of channels opened for user '%s' has reached the maximum allowed user limit of (%d)"
                            .formatted(user.name(), limit)));
        }
        channelsByUser.merge(user.name(), 1, Integer::sum);
        return Optional.empty();
    }

    void closeChannel(User user) {
        less(channelsByUser, user.name(), 1);
    }

    @Override
    public void vhostDeleted(String vhost) {
        endLater(session -> session.vhost().equals(vhost), "vhost '" + vhost + "' is deleted");
    }

    @Override
    public void userDeleted(String user) {
        endLater(session -> session.user().name().equals(user), "user '" + user + "' is deleted");
    }

    // not within the change that is being applied: a session that ends makes changes of its own
    private void endLater(Predicate<Guest> which, String reason) {
        var ending = open.stream().filter(which).toList();
        if (!ending.isEmpty()) {
            loop.execute(() -> ending.forEach(session -> session.end(reason)));
        }
    }

    private long limit(User user, String limit) {
        return catalog.user(user.name()).map(known -> known.limit(limit)).orElse(-1L);
    }

    private static boolean reached(long limit, int count) {
        return limit >= 0 && count >= limit;
    }

    private static void less(Map<String, Integer> counts, String key, int by) {
        counts.computeIfPresent(key, (_, count) -> count > by ? count - by : null);
    }
}
