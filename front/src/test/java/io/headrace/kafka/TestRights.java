package io.headrace.kafka;

import io.headrace.catalog.Acl;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.Decision;
import io.headrace.catalog.Permission;
import io.headrace.catalog.UserDefinition;
import io.headrace.log.EntryFrame;
import io.headrace.security.Authorizer;
import io.headrace.security.Permissions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/// The real catalog, permissions and authorizer, without a log.
final class TestRights {
    final Catalog catalog = new Catalog();
    final Authorizer authorizer = new Authorizer(catalog, new Permissions(catalog));
    private long nextOffset;

    TestRights() {
        carryOut(catalog.operators().decideAddVhost(Catalog.DEFAULT_VHOST));
    }

    void user(String name, Set<String> tags) {
        carryOut(catalog.operators().decidePutUser(new UserDefinition(name, "", tags)));
    }

    void permission(String user, String configure, String write, String read) {
        carryOut(catalog.operators()
                .decidePutPermission(user, Catalog.DEFAULT_VHOST, new Permission(configure, write, read)));
    }

    void noPermission(String user) {
        carryOut(catalog.operators().decideRemovePermission(user, Catalog.DEFAULT_VHOST));
    }

    void add(List<Acl> acls) {
        carryOut(catalog.acls().decideAdd(acls));
    }

    void remove(List<Acl> acls) {
        carryOut(catalog.acls().decideRemove(acls));
    }

    void carryOut(Decision<?> decision) {
        switch (decision) {
            case Decision.Change<?>(List<CatalogOperation> operations, var _) -> apply(operations);
            case Decision.NoChange<?> _ -> {}
            case Decision.Refused<?>(var refusal) -> throw new AssertionError("refused: " + refusal);
        }
    }

    private void apply(List<CatalogOperation> operations) {
        int bytes = CatalogOperation.sizeBytes(operations);
        var page = ByteBuffer.allocate(EntryFrame.VALUE_START + bytes + EntryFrame.TRAILER_BYTES);
        CatalogOperation.encode(operations, page, EntryFrame.VALUE_START);
        catalog.apply(nextOffset++, 0, page, 0, bytes);
    }
}
