package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// ACLs of resources of this run, created, found by filters and deleted, in every version. The real Kafka has an
/// authorizer for it, to which whoever calls is a super user.
final class AclScript {
    private static final int ANY = 1;
    private static final int TOPIC = 2;
    private static final int GROUP = 3;
    private static final int CLUSTER = 4;
    private static final int LITERAL = 3;
    private static final int PREFIXED = 4;
    private static final int MATCH = 2;
    private static final int READ = 3;
    private static final int ALLOW = 3;
    private static final int DENY = 2;
    private static final String BOB = "'User:bob'";

    private final Script script;

    private AclScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        var part = new AclScript(script);
        part.creations();
        script.settle();
        part.descriptions();
        part.deletions();
        part.oneBad();
        script.settle();
        part.describe("of what was deleted", TOPIC, "'$acl'", LITERAL, "null", "null", ANY, ANY);
        FrameScript.check(script, ApiKeys.DESCRIBE_ACLS, filter(TOPIC, "'$none'", LITERAL, "null", "null", ANY, ANY));
        FrameScript.check(
                script,
                ApiKeys.CREATE_ACLS,
                "{creations: [%s]}".formatted(acl(0, "'$none'", 3, BOB, "'*'", READ, ALLOW)));
        FrameScript.check(
                script,
                ApiKeys.DELETE_ACLS,
                "{filters: [%s]}".formatted(filter(TOPIC, "'$none'", LITERAL, "null", "null", ANY, ANY)));
    }

    private static String acl(
            int type, String name, int pattern, String principal, String host, int operation, int permission) {
        return "{resourceType: %d, resourceName: %s, resourcePatternType: %d, principal: %s, host: %s, operation: %d, permissionType: %d}"
                .formatted(type, name, pattern, principal, host, operation, permission);
    }

    private void creations() throws IOException {
        create("", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", READ, ALLOW));
        create("again", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", READ, ALLOW));
        create("that denies", acl(TOPIC, "'$acl'", LITERAL, BOB, "'10.0.0.1'", 4, DENY));
        create("by a prefix", acl(TOPIC, "'$ac'", PREFIXED, "'User:*'", "'*'", 8, ALLOW));
        create("of a group", acl(GROUP, "'$acl'", LITERAL, BOB, "'*'", READ, ALLOW));
        create("of a transaction", acl(5, "'$acl'", LITERAL, BOB, "'*'", 4, ALLOW));
        create("of a token", acl(6, "'$acl'", LITERAL, BOB, "'*'", 8, ALLOW));
        create("of a user", acl(7, "'User:bob'", LITERAL, BOB, "'*'", 13, ALLOW));
        create("of all operations", acl(TOPIC, "'$all'", LITERAL, BOB, "'*'", 2, ALLOW));
        create("of an unknown type", acl(0, "'$acl'", LITERAL, BOB, "'*'", READ, ALLOW));
        create("of any type", acl(ANY, "'$acl'", LITERAL, BOB, "'*'", READ, ALLOW));
        create("of a type nobody knows", acl(77, "'$acl'", LITERAL, BOB, "'*'", READ, ALLOW));
        create("of a pattern nobody knows", acl(TOPIC, "'$acl'", 77, BOB, "'*'", READ, ALLOW));
        create("of an operation nobody knows", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", 77, ALLOW));
        create("of a permission nobody knows", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", READ, 77));
        create("of any pattern", acl(TOPIC, "'$acl'", ANY, BOB, "'*'", READ, ALLOW));
        create("of what matches", acl(TOPIC, "'$acl'", MATCH, BOB, "'*'", READ, ALLOW));
        create("of an unknown pattern", acl(TOPIC, "'$acl'", 0, BOB, "'*'", READ, ALLOW));
        create("of any operation", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", ANY, ALLOW));
        create("of an unknown operation", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", 0, ALLOW));
        create("of an operation that is not for it", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", 9, ALLOW));
        create("of any permission", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", READ, ANY));
        create("of an unknown permission", acl(TOPIC, "'$acl'", LITERAL, BOB, "'*'", READ, 0));
        create("of a resource without a name", acl(TOPIC, "''", LITERAL, BOB, "'*'", READ, ALLOW));
        create("of a bad name", acl(TOPIC, "'$a b'", LITERAL, BOB, "'*'", READ, ALLOW));
        create("of a cluster of another name", acl(CLUSTER, "'$acl'", LITERAL, BOB, "'*'", 8, ALLOW));
        create("of a principal without a type", acl(TOPIC, "'$acl'", LITERAL, "'bob'", "'*'", READ, ALLOW));
        create("of a principal without a name", acl(TOPIC, "'$acl'", LITERAL, "'User:'", "'*'", READ, ALLOW));
        create("of no principal", acl(TOPIC, "'$acl'", LITERAL, "''", "'*'", READ, ALLOW));
        create("of another kind of principal", acl(TOPIC, "'$acl'", LITERAL, "'Robot:bob'", "'*'", READ, ALLOW));
        create("of a host without a name", acl(TOPIC, "'$acl'", LITERAL, BOB, "''", READ, ALLOW));
        create("of a range of hosts", acl(TOPIC, "'$acl'", LITERAL, BOB, "'10.0.0.0/8'", READ, ALLOW));
        create("none", "");
    }

    private void oneBad() throws IOException {
        create(
                "two, of which one is bad",
                acl(TOPIC, "'$two'", LITERAL, BOB, "'*'", READ, ALLOW)
                        + ","
                        + acl(TOPIC, "'$two'", LITERAL, BOB, "'*'", ANY, ALLOW));
        script.quietly(
                ApiKeys.DELETE_ACLS,
                3,
                "{filters: [%s]}".formatted(filter(TOPIC, "'$two'", ANY, "null", "null", ANY, ANY)));
    }

    private void create(String how, String creations) throws IOException {
        script.everyVersion("create ACL " + how, ApiKeys.CREATE_ACLS, "{creations: [%s]}".formatted(creations));
    }

    private static String filter(
            int type, String name, int pattern, String principal, String host, int operation, int permission) {
        return "{resourceTypeFilter: %d, resourceNameFilter: %s, patternTypeFilter: %d, principalFilter: %s, hostFilter: %s, operation: %d, permissionType: %d}"
                .formatted(type, name, pattern, principal, host, operation, permission);
    }

    private void descriptions() throws IOException {
        describe("of all", ANY, "null", ANY, "null", "null", ANY, ANY);
        describe("of topics", TOPIC, "null", ANY, "null", "null", ANY, ANY);
        describe("of a topic", TOPIC, "'$acl'", LITERAL, "null", "null", ANY, ANY);
        describe("of what matches a topic", TOPIC, "'$acl'", MATCH, "null", "null", ANY, ANY);
        describe("of a prefix", TOPIC, "'$ac'", PREFIXED, "null", "null", ANY, ANY);
        describe("of a prefix that is none", TOPIC, "'$acl'", PREFIXED, "null", "null", ANY, ANY);
        describe("of any pattern of a name", TOPIC, "'$ac'", ANY, "null", "null", ANY, ANY);
        describe("of a principal", ANY, "null", ANY, BOB, "null", ANY, ANY);
        describe("of a principal that is none", ANY, "null", ANY, "'User:nobody'", "null", ANY, ANY);
        describe("of a principal without a type", ANY, "null", ANY, "'bob'", "null", ANY, ANY);
        describe("of a host", ANY, "null", ANY, "null", "'10.0.0.1'", ANY, ANY);
        describe("of an operation", ANY, "null", ANY, "null", "null", READ, ANY);
        describe("of all operations", ANY, "null", ANY, "null", "null", 2, ANY);
        describe("that deny", ANY, "null", ANY, "null", "null", ANY, DENY);
        describe("of an unknown type", 0, "null", ANY, "null", "null", ANY, ANY);
        describe("of a type nobody knows", 77, "null", ANY, "null", "null", ANY, ANY);
        describe("of an unknown pattern", TOPIC, "null", 0, "null", "null", ANY, ANY);
        describe("of an unknown operation", TOPIC, "null", ANY, "null", "null", 0, ANY);
        describe("of an unknown permission", TOPIC, "null", ANY, "null", "null", ANY, 0);
    }

    private void describe(
            String how,
            int type,
            String name,
            int pattern,
            String principal,
            String host,
            int operation,
            int permission)
            throws IOException {
        for (int version = 1; version <= 3; version++) {
            script.callForOwn(
                    "describe ACLs " + how,
                    ApiKeys.DESCRIBE_ACLS,
                    version,
                    filter(type, name, pattern, principal, host, operation, permission));
        }
    }

    private void deletions() throws IOException {
        delete("of nothing there", filter(TOPIC, "'$none'", LITERAL, "null", "null", ANY, ANY));
        delete("by an unknown type", filter(0, "'$acl'", LITERAL, "null", "null", ANY, ANY));
        delete("by an unknown pattern", filter(TOPIC, "'$acl'", 0, "null", "null", ANY, ANY));
        delete("by an unknown operation", filter(TOPIC, "'$acl'", LITERAL, "null", "null", 0, ANY));
        delete("that deny", filter(TOPIC, "'$acl'", LITERAL, "null", "null", ANY, DENY));
        delete("by what matches", filter(TOPIC, "'$acl'", MATCH, "null", "null", ANY, ANY));
        delete(
                "by two filters",
                filter(ANY, "'$acl'", ANY, "null", "null", ANY, ANY)
                        + ","
                        + filter(TOPIC, "'$all'", ANY, "null", "null", ANY, ANY));
        delete("by no filter", "");
        delete("of a bad name", filter(ANY, "'$a b'", ANY, "null", "null", ANY, ANY));
        script.quietly(
                ApiKeys.DELETE_ACLS,
                3,
                "{filters: [%s]}".formatted(filter(7, "'User:bob'", LITERAL, BOB, "null", ANY, ANY)));
    }

    private void delete(String how, String filters) throws IOException {
        for (int version = 1; version <= 3; version++) {
            script.callForOwn("delete ACLs " + how, ApiKeys.DELETE_ACLS, version, "{filters: [%s]}".formatted(filters));
        }
    }
}
