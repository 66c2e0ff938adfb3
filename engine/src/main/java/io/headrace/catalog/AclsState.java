package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddAcl;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Kafka's access control lists. Each rule is there once.
///
/// Threads: the owner changes; any thread reads.
final class AclsState {

    private final Set<Acl> acls = ConcurrentHashMap.newKeySet();
    private volatile long version; // the owner writes

    /// Grows with every change.
    long version() {
        return version;
    }

    void add(Acl acl) {
        acls.add(acl);
        version++;
    }

    void remove(Acl acl) {
        acls.remove(acl);
        version++;
    }

    void clear() {
        acls.clear();
        version++;
    }

    boolean contains(Acl acl) {
        return acls.contains(acl);
    }

    int count() {
        return acls.size();
    }

    /// In no order.
    List<Acl> all() {
        return List.copyOf(acls);
    }

    /// Operations that, applied to an empty state, give this one.
    Stream<CatalogOperation> rebuilding() {
        return acls.stream().sorted(order()).map(AddAcl::new);
    }

    // not a constant: what it is made of is linked when it is, and a start has no use for it
    private static Comparator<Acl> order() {
        return Comparator.comparing(Acl::type)
                .thenComparing(Acl::name)
                .thenComparing(Acl::pattern)
                .thenComparing(Acl::principal)
                .thenComparing(Acl::host)
                .thenComparing(Acl::operation)
                .thenComparing(Acl::effect);
    }
}
