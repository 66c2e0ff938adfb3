package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// Quotas of users, clients and addresses, and the credentials of users: described and altered.
final class QuotaScript {
    private static final int EXACTLY = 0;
    private static final int DEFAULT = 1;
    private static final int ANY = 2;

    private QuotaScript() {}

    static void run(Script script) throws IOException {
        quotas(script);
        descriptions(script);
        frames(script);
    }

    private static void quotas(Script script) throws IOException {
        var user = entity("user", "'$u'");
        alter(script, "of a user", user, set("producer_byte_rate", "1000000"));
        alter(
                script,
                "of a user, two",
                user,
                set("consumer_byte_rate", "2000000.5") + "," + set("request_percentage", "50"));
        alter(script, "of a user, one that nobody knows", user, set("no_such_rate", "1"));
        alter(script, "of a user, none", user, set("producer_byte_rate", "0"));
        alter(script, "of a user, below none", user, set("producer_byte_rate", "-1"));
        alter(script, "of a user, a part of a byte", user, set("producer_byte_rate", "0.5"));
        alter(script, "of a user, connections", user, set("connection_creation_rate", "5"));
        alter(script, "of a user, changes", user, set("controller_mutation_rate", "5.5"));
        alter(script, "of a user, no change", user, "");
        alter(
                script,
                "of a user, one twice",
                user,
                set("producer_byte_rate", "1") + "," + set("producer_byte_rate", "2"));
        alter(script, "of a user, taken away", user, "{key: 'request_percentage', remove: true}");
        alter(script, "of a user, taken away that is not there", user, "{key: 'request_percentage', remove: true}");
        alter(script, "of a user, taken away that nobody knows", user, "{key: 'no_such_rate', remove: true}");
        alter(script, "of a client", entity("client-id", "'$c'"), set("producer_byte_rate", "3000000"));
        alter(
                script,
                "of a user's client",
                user + "," + entity("client-id", "'$c'"),
                set("producer_byte_rate", "4000000"));
        alter(script, "of a user without a name", entity("user", "''"), set("producer_byte_rate", "1000000"));
        alter(script, "of an address", entity("ip", "'10.9.8.7'"), set("connection_creation_rate", "5"));
        alter(script, "of an address, bytes", entity("ip", "'10.9.8.7'"), set("producer_byte_rate", "5"));
        alter(script, "of an address, a part", entity("ip", "'10.9.8.7'"), set("connection_creation_rate", "5.5"));
        alter(script, "of what is no address", entity("ip", "'not an address'"), set("connection_creation_rate", "5"));
        alter(
                script,
                "of a user at an address",
                user + "," + entity("ip", "'10.9.8.7'"),
                set("connection_creation_rate", "5"));
        alter(script, "of a strange thing", entity("planet", "'$mars'"), set("producer_byte_rate", "5"));
        alter(script, "of nothing", "", set("producer_byte_rate", "5"));
        alter(script, "of one thing twice", user + "," + entity("user", "'$v'"), set("producer_byte_rate", "5"));
        script.everyVersion("alter no quotas", ApiKeys.ALTER_CLIENT_QUOTAS, "{entries: []}");
        script.everyVersion(
                "alter quotas, a good one and a bad one",
                ApiKeys.ALTER_CLIENT_QUOTAS,
                "{entries: [{entity: [%s], ops: [%s]}, {entity: [%s], ops: [%s]}]}"
                        .formatted(
                                entity("user", "'$w'"),
                                set("producer_byte_rate", "7"),
                                entity("user", "'$x'"),
                                set("no_such_rate", "7")));
        script.everyVersion(
                "alter quotas only to see",
                ApiKeys.ALTER_CLIENT_QUOTAS,
                "{validateOnly: true, entries: [{entity: [%s], ops: [%s]}]}"
                        .formatted(entity("user", "'$seen'"), set("producer_byte_rate", "7")));
        script.settle();
    }

    private static String entity(String type, String name) {
        return "{entityType: '%s', entityName: %s}".formatted(type, name);
    }

    private static String set(String key, String value) {
        return "{key: '%s', value: %s}".formatted(key, value);
    }

    private static void alter(Script script, String what, String entity, String changes) throws IOException {
        script.everyVersion(
                "alter quotas " + what,
                ApiKeys.ALTER_CLIENT_QUOTAS,
                "{entries: [{entity: [%s], ops: [%s]}]}".formatted(entity, changes));
    }

    private static void descriptions(Script script) throws IOException {
        describe(script, "of a user", component("user", EXACTLY, "'$u'"), false);
        describe(script, "of a user alone", component("user", EXACTLY, "'$u'"), true);
        describe(script, "of a client", component("client-id", EXACTLY, "'$c'"), false);
        describe(script, "of a client alone", component("client-id", EXACTLY, "'$c'"), true);
        describe(
                script,
                "of a user's client",
                component("user", EXACTLY, "'$u'") + "," + component("client-id", EXACTLY, "'$c'"),
                true);
        describe(
                script,
                "of any client of a user",
                component("user", EXACTLY, "'$u'") + "," + component("client-id", ANY, "null"),
                false);
        describe(
                script,
                "of the default client of a user",
                component("user", EXACTLY, "'$u'") + "," + component("client-id", DEFAULT, "null"),
                false);
        describe(script, "of one that was only to be seen", component("user", EXACTLY, "'$seen'"), false);
        describe(script, "of one that was beside a bad one", component("user", EXACTLY, "'$w'"), false);
        describe(script, "of nobody", component("user", EXACTLY, "'$none'"), false);
        describe(script, "of an address", component("ip", EXACTLY, "'10.9.8.7'"), false);
        describe(script, "of what is no address", component("ip", EXACTLY, "'not an address'"), false);
        describe(
                script,
                "of a user at an address",
                component("ip", EXACTLY, "'10.9.8.7'") + "," + component("user", EXACTLY, "'$u'"),
                false);
        describe(script, "of a strange thing", component("planet", EXACTLY, "'$mars'"), false);
        describe(script, "of a thing without a name", component("", EXACTLY, "'$mars'"), false);
        describe(
                script,
                "of a thing twice",
                component("user", EXACTLY, "'$u'") + "," + component("user", ANY, "null"),
                false);
        describe(script, "in a strange way", component("user", 7, "'$u'"), false);
        describe(script, "exactly nobody", component("user", EXACTLY, "null"), false);
        describe(script, "by default somebody", component("user", DEFAULT, "'$u'"), false);
        describe(script, "any somebody", component("user", ANY, "'$u'"), false);
        for (var entity : new String[] {
            entity("user", "'$u'"),
            entity("user", "'$w'"),
            entity("client-id", "'$c'"),
            entity("user", "'$u'") + "," + entity("client-id", "'$c'"),
            entity("ip", "'10.9.8.7'")
        }) {
            script.quietly(
                    ApiKeys.ALTER_CLIENT_QUOTAS,
                    1,
                    "{entries: [{entity: [%s], ops: [{key: 'producer_byte_rate', remove: true}, {key: 'consumer_byte_rate', remove: true},"
                                    .formatted(entity)
                            + " {key: 'controller_mutation_rate', remove: true}]}]}");
            script.quietly(
                    ApiKeys.ALTER_CLIENT_QUOTAS,
                    1,
                    "{entries: [{entity: [%s], ops: [{key: 'connection_creation_rate', remove: true}]}]}"
                            .formatted(entity));
        }
        script.settle();
        describe(script, "of a user that has none any more", component("user", EXACTLY, "'$u'"), false);
    }

    private static String component(String type, int match, String name) {
        return "{entityType: '%s', matchType: %d, match: %s}".formatted(type, match, name);
    }

    private static void describe(Script script, String what, String components, boolean strict) throws IOException {
        script.everyVersion(
                "describe quotas " + what,
                ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                "{components: [%s], strict: %b}".formatted(components, strict));
    }

    private static void frames(Script script) throws IOException {
        FrameScript.check(
                script,
                ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                "{components: [%s]}".formatted(component("user", EXACTLY, "'$none'")));
        FrameScript.check(
                script,
                ApiKeys.ALTER_CLIENT_QUOTAS,
                "{entries: [{entity: [%s], ops: [%s]}]}"
                        .formatted(entity("user", "'$none'"), set("no_such_rate", "1")));
    }
}
