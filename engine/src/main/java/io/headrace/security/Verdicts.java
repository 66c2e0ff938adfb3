package io.headrace.security;

import io.headrace.catalog.Acl.Operation;
import io.headrace.catalog.Acl.ResourceType;
import java.util.HashMap;
import java.util.Map;

/// What [Authorizer] said to one user, so that who produces and fetches is not asked about anew with every request: an
/// answer that was given costs a look into a table and makes no objects. All are forgotten when any could be another.
///
/// Threads: one, that of the session.
public final class Verdicts {
    /// Names remembered of each type; past this all are forgotten.
    static final int NAMES_MAX = 4_000;
    /// A topic's name is no longer than 249 characters. Longer ones are asked about every time.
    static final int NAME_CHARS_MAX = 256;

    private static final int TYPES = ResourceType.values().length;

    private final Authorizer authorizer;
    private final User user;
    private final String vhost;
    private final Map<String, Known>[] byType;
    private long version;

    /// Bit n is the operation of ordinal n.
    private static final class Known {
        int asked;
        int allowed;
    }

    public Verdicts(Authorizer authorizer, User user, String vhost) {
        this.authorizer = authorizer;
        this.user = user;
        this.vhost = vhost;
        this.byType = tables();
        this.version = authorizer.version();
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static Map<String, Known>[] tables() {
        Map<String, Known>[] tables = new Map[TYPES];
        for (int i = 0; i < TYPES; i++) {
            tables[i] = new HashMap<>();
        }
        return tables;
    }

    /// As [Authorizer#may].
    public boolean may(Operation operation, ResourceType type, String name) {
        if (name.length() > NAME_CHARS_MAX) {
            return authorizer.may(user, vhost, operation, type, name);
        }
        forgetIfChanged();
        var table = byType[type.ordinal()];
        var known = table.get(name);
        if (known == null) {
            if (table.size() >= NAMES_MAX) {
                table.clear();
            }
            known = new Known();
            table.put(name, known);
        }
        int bit = 1 << operation.ordinal();
        if ((known.asked & bit) == 0) {
            if (authorizer.may(user, vhost, operation, type, name)) {
                known.allowed |= bit;
            }
            known.asked |= bit;
        }
        return (known.allowed & bit) != 0;
    }

    private void forgetIfChanged() {
        long now = authorizer.version(); // before anything is asked: then a stale answer is never kept
        if (now != version) {
            for (var table : byType) {
                table.clear();
            }
            version = now;
        }
    }
}
