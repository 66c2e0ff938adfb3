package io.headrace.security;

import io.headrace.catalog.Acl.Operation;
import io.headrace.catalog.Acl.ResourceType;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Access;
import io.headrace.catalog.Resource;
import io.headrace.catalog.UserDefinition;
import io.headrace.security.AclIndex.Finding;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// Who may do what, in Kafka's words: access control lists and permissions together, so that a topic is as well
/// protected through one door as through the other. `docs/permissions.md` tells operators.
///
/// ```text
///  by Kafka:  administrator ─► yes      a rule denies ─► no      rules about the resource ─► as they say
///             no rule about the resource ─► as the permission says
///  by AMQP:   as the permission says ([Permissions]), and then: administrator ─► yes      a rule denies ─► no
/// ```
/// Rules are about the topics, groups and so on of the default vhost, where Kafka's clients are.
///
/// Threads: any.
public final class Authorizer {
    private static final String ADMINISTRATOR = "administrator";
    /// Who may see all of a node by RabbitMQ's API, may here too.
    private static final String MONITORING = "monitoring";

    private static final Set<String> NO_WRITE_PATTERNS = Set.of("", "^$");

    private final Catalog catalog;
    private final Permissions permissions;
    private volatile Indexed indexed;

    private record Indexed(long version, AclIndex acls) {}

    public Authorizer(Catalog catalog, Permissions permissions) {
        this.catalog = catalog;
        this.permissions = permissions;
        this.indexed = new Indexed(
                catalog.acls().version(), new AclIndex(catalog.acls().all()));
    }

    /// Another number when any answer may be another one.
    public long version() {
        return catalog.accessVersion();
    }

    /// Whether a user may do this to a resource.
    public boolean may(User user, String vhost, Operation operation, ResourceType type, String name) {
        if (unlimited(user)) {
            return true;
        }
        return switch (find(user, vhost, operation, type, name)) {
            case ALLOWED -> true;
            case DENIED, NOT_ALLOWED -> false;
            case NOTHING -> permitted(user, vhost, operation, type, name);
        };
    }

    /// Whether a user may do this to some resource of a type, whichever: Kafka asks that of who wants a producer id.
    public boolean mayAny(User user, String vhost, Operation operation, ResourceType type) {
        if (unlimited(user)) {
            return true;
        }
        var finding = isKafkas(vhost) ? acls().findAny(user, operation, type) : Finding.NOTHING;
        return switch (finding) {
            case ALLOWED -> true;
            case DENIED -> false;
            case NOT_ALLOWED, NOTHING -> operation == Operation.WRITE && mayWriteSomething(user, vhost);
        };
    }

    /// The refusal if a rule denies an AMQP user, who has the permission, something with the topic behind a stream
    /// queue, or with a topic itself.
    ///
    /// @param access as which AMQP's words have it
    /// @param resource of the topic's name
    public Optional<Refusal> refuseTopic(User user, Access access, Operation operation, Resource resource) {
        return hasRules()
                        && find(user, resource.vhost(), operation, ResourceType.TOPIC, resource.name())
                                == Finding.DENIED
                        && !unlimited(user)
                ? Optional.of(new Refusal.AccessRefused(access, resource, user.name()))
                : Optional.empty();
    }

    /// False while there is no rule at all: then nobody need look for one.
    public boolean hasRules() {
        return !acls().isEmpty();
    }

    private Finding find(User user, String vhost, Operation operation, ResourceType type, String name) {
        return isKafkas(vhost) ? acls().find(user, operation, type, name) : Finding.NOTHING;
    }

    private static boolean isKafkas(String vhost) {
        return vhost.equals(Catalog.DEFAULT_VHOST);
    }

    private AclIndex acls() {
        var current = indexed;
        long version = catalog.acls().version(); // before the rules are read: then a stale index is never kept
        if (current.version != version) {
            current = new Indexed(version, new AclIndex(catalog.acls().all()));
            indexed = current;
        }
        return current.acls;
    }

    /// Kafka's super users, and the broker itself. Tags count as they are now, not as they were at the login.
    private boolean unlimited(User user) {
        return user == Permissions.BROKER || user == Permissions.OPERATOR || hasTag(user, ADMINISTRATOR);
    }

    private boolean hasTag(User user, String tag) {
        return catalog.user(user.name())
                .map(UserDefinition::tags)
                .filter(tags -> tags.contains(tag))
                .isPresent();
    }

    // ---- where no rule says anything ----

    private boolean permitted(User user, String vhost, Operation operation, ResourceType type, String name) {
        return switch (type) {
            case TOPIC, GROUP, TRANSACTIONAL_ID -> permitted(user, vhost, operation, name);
            case CLUSTER -> permittedForCluster(user, vhost, operation);
            case DELEGATION_TOKEN, USER -> false;
        };
    }

    private boolean permitted(User user, String vhost, Operation operation, String name) {
        return switch (operation) {
            case READ -> permissions.allowed(user, vhost, Access.READ, name);
            case WRITE -> permissions.allowed(user, vhost, Access.WRITE, name);
            case CREATE, DELETE, ALTER, ALTER_CONFIGS -> permissions.allowed(user, vhost, Access.CONFIGURE, name);
            case DESCRIBE, DESCRIBE_CONFIGS ->
                Arrays.stream(Access.values()).anyMatch(access -> permissions.allowed(user, vhost, access, name));
            case ALL ->
                Arrays.stream(Access.values()).allMatch(access -> permissions.allowed(user, vhost, access, name));
            case CLUSTER_ACTION, IDEMPOTENT_WRITE, CREATE_TOKENS, DESCRIBE_TOKENS, TWO_PHASE_COMMIT -> false;
        };
    }

    private boolean permittedForCluster(User user, String vhost, Operation operation) {
        return switch (operation) {
            case DESCRIBE -> hasTag(user, MONITORING);
            case DESCRIBE_CONFIGS -> permissions.mayEnter(user, vhost); // Connect and Debezium read the defaults
            case IDEMPOTENT_WRITE -> mayWriteSomething(user, vhost);
            case ALL,
                    READ,
                    WRITE,
                    CREATE,
                    DELETE,
                    ALTER,
                    CLUSTER_ACTION,
                    ALTER_CONFIGS,
                    CREATE_TOKENS,
                    DESCRIBE_TOKENS,
                    TWO_PHASE_COMMIT -> false;
        };
    }

    private boolean mayWriteSomething(User user, String vhost) {
        return catalog.permission(user.name(), vhost)
                .filter(permission -> !NO_WRITE_PATTERNS.contains(permission.write()))
                .isPresent();
    }
}
