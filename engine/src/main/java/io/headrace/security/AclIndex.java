package io.headrace.security;

import io.headrace.catalog.Acl;
import io.headrace.catalog.Acl.Effect;
import io.headrace.catalog.Acl.Operation;
import io.headrace.catalog.Acl.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Access control lists by what they are about, and what they say together: Kafka's `StandardAuthorizer`.
///
/// A rule that denies wins over all that allow. To be allowed `READ`, `WRITE`, `DELETE` or `ALTER` is to be allowed
/// `DESCRIBE`, to be allowed `ALTER_CONFIGS` is to be allowed `DESCRIBE_CONFIGS`; what is denied is denied alone.
///
/// Threads: immutable.
final class AclIndex {
    /// What the rules about one resource say of one question.
    enum Finding {
        /// There is no rule about the resource, for anybody.
        NOTHING,
        ALLOWED,
        DENIED,
        /// There are rules about the resource, and none of them allows it.
        NOT_ALLOWED
    }

    private static final String USER = "User:";
    private static final String EVERYBODY = "User:*";
    private static final Set<Operation> IMPLY_DESCRIBE =
            EnumSet.of(Operation.READ, Operation.WRITE, Operation.DELETE, Operation.ALTER);

    /// The rules about resources of one type.
    private static final class OfType {
        private final List<Acl> all = new ArrayList<>();
        private final List<Acl> everyName = new ArrayList<>();
        private final Map<String, List<Acl>> literal = new HashMap<>();
        private final Map<String, List<Acl>> prefixed = new HashMap<>();
        private final Set<Integer> prefixLengths = new TreeSet<>();

        void add(Acl acl) {
            all.add(acl);
            if (acl.everyName()) {
                everyName.add(acl);
                return;
            }
            switch (acl.pattern()) {
                case LITERAL -> at(literal, acl.name()).add(acl);
                case PREFIXED -> {
                    at(prefixed, acl.name()).add(acl);
                    prefixLengths.add(acl.name().length());
                }
            }
        }

        private static List<Acl> at(Map<String, List<Acl>> byName, String name) {
            return byName.computeIfAbsent(name, _ -> new ArrayList<>());
        }

        /// In groups.
        List<List<Acl>> about(String resource) {
            List<List<Acl>> groups = new ArrayList<>();
            groups.add(everyName);
            groups.add(literal.getOrDefault(resource, List.of()));
            for (int length : prefixLengths) {
                if (length > resource.length()) {
                    break;
                }
                groups.add(prefixed.getOrDefault(resource.substring(0, length), List.of()));
            }
            return groups;
        }
    }

    private final Map<ResourceType, OfType> byType = new EnumMap<>(ResourceType.class);

    AclIndex(Collection<Acl> acls) {
        acls.forEach(
                acl -> byType.computeIfAbsent(acl.type(), _ -> new OfType()).add(acl));
    }

    boolean isEmpty() {
        return byType.isEmpty();
    }

    Finding find(User user, Operation operation, ResourceType type, String resource) {
        var ofType = byType.get(type);
        if (ofType == null) {
            return Finding.NOTHING;
        }
        var principal = USER + user.name();
        var finding = Finding.NOTHING;
        for (List<Acl> group : ofType.about(resource)) {
            for (Acl acl : group) {
                if (!concerns(acl, principal, user.host())) {
                    finding = finding == Finding.NOTHING ? Finding.NOT_ALLOWED : finding;
                } else if (denies(acl, operation)) {
                    return Finding.DENIED;
                } else {
                    finding = allows(acl, operation) || finding == Finding.ALLOWED
                            ? Finding.ALLOWED
                            : Finding.NOT_ALLOWED;
                }
            }
        }
        return finding;
    }

    /// What the rules say of doing it to at least one resource of a type. Denied is what nobody could do to any.
    Finding findAny(User user, Operation operation, ResourceType type) {
        var ofType = byType.get(type);
        if (ofType == null) {
            return Finding.NOTHING;
        }
        var principal = USER + user.name();
        var denials = ofType.all.stream()
                .filter(acl -> concerns(acl, principal, user.host()) && denies(acl, operation))
                .toList();
        if (denials.stream().anyMatch(Acl::everyName)) {
            return Finding.DENIED;
        }
        boolean allowed = ofType.all.stream()
                .filter(acl -> concerns(acl, principal, user.host()) && allows(acl, operation))
                .anyMatch(acl -> denials.stream().noneMatch(denial -> covers(denial, acl)));
        return allowed ? Finding.ALLOWED : Finding.NOT_ALLOWED;
    }

    /// Whether all that `acl` is about is what `denial` is about too.
    private static boolean covers(Acl denial, Acl acl) {
        return switch (denial.pattern()) {
            case LITERAL -> acl.pattern() == Acl.Pattern.LITERAL && acl.name().equals(denial.name());
            case PREFIXED -> !acl.everyName() && acl.name().startsWith(denial.name());
        };
    }

    private static boolean concerns(Acl acl, String principal, String host) {
        return (acl.principal().equals(principal) || acl.principal().equals(EVERYBODY))
                && (acl.host().equals(Acl.ANY) || acl.host().equals(host));
    }

    private static boolean denies(Acl acl, Operation operation) {
        return acl.effect() == Effect.DENY && (acl.operation() == operation || acl.operation() == Operation.ALL);
    }

    private static boolean allows(Acl acl, Operation operation) {
        var granted = acl.operation();
        return acl.effect() == Effect.ALLOW
                && (granted == operation
                        || granted == Operation.ALL
                        || operation == Operation.DESCRIBE && IMPLY_DESCRIBE.contains(granted)
                        || operation == Operation.DESCRIBE_CONFIGS && granted == Operation.ALTER_CONFIGS);
    }
}
