package io.headrace.catalog;

import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.catalog.Decision.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/// The rules for changing access control lists: one that is there is not added again, and there are not without end.
/// What a valid one looks like is for Kafka's front to say.
///
/// Threads: the catalog's owner decides; any thread asks what is there.
public final class AclDecisions {
    /// All of them are in memory, and looked through when they are listed.
    public static final int ACLS_MAX = 100_000;

    private final AclsState acls;

    AclDecisions(CatalogState state) {
        this.acls = state.acls();
    }

    /// In no order.
    public List<Acl> all() {
        return acls.all();
    }

    /// Grows with every change.
    public long version() {
        return acls.version();
    }

    /// @return how many are new
    public Decision<Integer> decideAdd(Collection<Acl> wanted) {
        List<CatalogOperation> operations = new ArrayList<>();
        for (Acl acl : new LinkedHashSet<>(wanted)) {
            if (acls.contains(acl)) {
                continue;
            }
            var operation = new CatalogOperation.AddAcl(acl);
            if (Storable.change(List.of(operation), acl) instanceof Refused<Acl>(Refusal refusal)) {
                return new Refused<>(refusal);
            }
            operations.add(operation);
        }
        if (acls.count() + operations.size() > ACLS_MAX) {
            return new Refused<>(new Refusal.LimitReached("more than " + ACLS_MAX + " access control lists"));
        }
        return operations.isEmpty() ? new NoChange<>(0) : new Change<>(operations, operations.size());
    }

    /// @return how many went
    public Decision<Integer> decideRemove(Collection<Acl> unwanted) {
        List<CatalogOperation> operations = new ArrayList<>();
        for (Acl acl : new LinkedHashSet<>(unwanted)) {
            if (acls.contains(acl)) {
                operations.add(new CatalogOperation.RemoveAcl(acl));
            }
        }
        return operations.isEmpty() ? new NoChange<>(0) : new Change<>(operations, operations.size());
    }
}
