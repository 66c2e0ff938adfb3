package io.headrace.security;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.ExchangeType;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Access;
import io.headrace.catalog.Resource;
import io.headrace.catalog.SearchPattern;
import io.headrace.catalog.TopicPermission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who may do what. Answers are remembered until users, permissions or vhosts change, so a change acts on
/// running connections with their next operation.
///
/// Threads: any.
public final class Permissions {
    /// Under which name the default exchange, whose name is empty, stands in permissions.
    public static final String DEFAULT_EXCHANGE = "amq.default";

    /// The broker itself, when it makes what an operator's file says: it may do everything, and nobody can log in as
    /// it, because it is told by its identity, not by its name.
    public static final User BROKER = new User("rmq-internal", Set.of());

    /// Whoever can read the data directory, by the key that lies there. May do everything, and is told by its identity
    /// too.
    public static final User OPERATOR = new User("rmq-cli", Set.of("administrator"));

    /// Answers remembered; past this all are forgotten and asked anew.
    static final int MAX_REMEMBERED = 20_000;

    private final Catalog catalog;
    private volatile Remembered remembered;

    private record Question(String user, String vhost, Access access, String name) {}

    /// What was found out under one version of the catalog's users and permissions.
    private record Remembered(long version, Map<Question, Boolean> answers, Map<String, SearchPattern> patterns) {
        Remembered(long version) {
            this(version, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        }

        SearchPattern pattern(String expression) {
            return patterns.computeIfAbsent(expression, SearchPattern::of);
        }
    }

    public Permissions(Catalog catalog) {
        this.catalog = catalog;
        remembered = new Remembered(catalog.accessVersion());
    }

    /// Whether a user may open a vhost at all: any permission there will do.
    public boolean mayEnter(User user, String vhost) {
        return unlimited(user) || catalog.permission(user.name(), vhost).isPresent();
    }

    private static boolean unlimited(User user) {
        return user == BROKER || user == OPERATOR;
    }

    /// @param name of the resource; [#DEFAULT_EXCHANGE] for the default exchange
    public boolean allowed(User user, String vhost, Access access, String name) {
        if (unlimited(user)) {
            return true;
        }
        Remembered current = current();
        Optional<SearchPattern> pattern =
                catalog.permission(user.name(), vhost).map(permission -> current.pattern(permission.pattern(access)));
        if (pattern.isEmpty() || pattern.get().everything()) {
            return pattern.isPresent(); // nothing to remember for each name
        }
        Question question = new Question(user.name(), vhost, access, name);
        return current.answers.computeIfAbsent(question, _ -> pattern.get().foundIn(name));
    }

    /// The refusal if the user may not; it has the default exchange by its name in permissions, as RabbitMQ's has.
    public Optional<Refusal> check(User user, Access access, Resource resource) {
        boolean isDefault = switch (resource.kind()) {
            case EXCHANGE -> resource.name().isEmpty();
            case QUEUE, TOPIC -> false;
        };
        Resource asked = isDefault ? Resource.exchange(DEFAULT_EXCHANGE, resource.vhost()) : resource;
        return allowed(user, asked.vhost(), access, asked.name())
                ? Optional.empty()
                : Optional.of(new Refusal.AccessRefused(access, asked, user.name()));
    }

    /// Whether topic permissions limit a user at an exchange. They do at topic exchanges only.
    public boolean topicsLimited(User user, ExchangeDefinition exchange) {
        return exchange.type() == ExchangeType.TOPIC
                && !unlimited(user)
                && catalog.topicPermission(user.name(), exchange.vhost(), exchange.name())
                        .isPresent();
    }

    /// The refusal if a user may not publish (write) or bind (read) with a routing key.
    public Optional<Refusal> checkTopic(User user, Access access, ExchangeDefinition exchange, String routingKey) {
        if (!topicsLimited(user, exchange)) {
            return Optional.empty();
        }
        Remembered current = current();
        return catalog.topicPermission(user.name(), exchange.vhost(), exchange.name())
                .map(permission -> TopicPermission.expanded(
                        permission.pattern(access), user.name(), exchange.vhost(), Optional.empty()))
                .map(current::pattern)
                .filter(pattern -> !pattern.foundIn(routingKey))
                .map(_ -> new Refusal.TopicAccessRefused(access, routingKey, exchange.resource(), user.name()));
    }

    private Remembered current() {
        Remembered current = remembered;
        long version = catalog.accessVersion(); // before the permissions are read: then a stale answer is never kept
        if (current.version != version || current.answers.size() >= MAX_REMEMBERED) {
            current = new Remembered(version);
            remembered = current;
        }
        return current;
    }
}
