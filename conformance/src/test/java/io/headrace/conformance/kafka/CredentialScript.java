package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// Credentials for SCRAM, of users of this run.
final class CredentialScript {
    private static final int SHA_256 = 1;
    private static final int SHA_512 = 2;
    private static final String SALT = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
    private static final String HASH_256 = "11".repeat(32);
    private static final String HASH_512 = "22".repeat(64);

    private final Script script;

    private CredentialScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        var part = new CredentialScript(script);
        part.describe("of nobody", "[{name: '$none'}]");
        part.insert("one", "$scram", SHA_256, 8192, HASH_256);
        part.insert("another", "$scram", SHA_512, 4096, HASH_512);
        part.insert("one again", "$scram", SHA_256, 16384, HASH_256);
        part.insert("with too few iterations", "$weak", SHA_256, 4095, HASH_256);
        part.insert("with too many iterations", "$weak", SHA_256, 16385, HASH_256);
        part.insert("without a name", "", SHA_256, 8192, HASH_256);
        part.insert("by a strange mechanism", "$weak", 7, 8192, HASH_256);
        part.insert("by no mechanism", "$weak", 0, 8192, HASH_256);
        part.delete("of nobody", "$none", SHA_256);
        part.delete("by a strange mechanism", "$scram", 7);
        part.delete("without a name", "", SHA_256);
        script.settle();
        part.describe("of one", "[{name: '$scram'}]");
        part.describe("of one and nobody", "[{name: '$scram'}, {name: '$none'}]");
        part.describe("of one twice", "[{name: '$scram'}, {name: '$scram'}]");
        part.describe("without a name", "[{name: ''}]");
        script.callForOwn("describe credentials of all", ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, 0, "{users: null}");
        script.callForOwn("describe credentials of none", ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, 0, "{users: []}");
        part.alter(
                "one twice",
                "",
                part.insertion("$double", SHA_256, 8192, HASH_256) + ","
                        + part.insertion("$double", SHA_256, 8192, HASH_256));
        part.alter(
                "deleted and inserted at once",
                "{name: '$scram', mechanism: 1}",
                part.insertion("$scram", SHA_256, 8192, HASH_256));
        part.alter(
                "a good one and a bad one",
                "",
                part.insertion("$good", SHA_256, 8192, HASH_256) + "," + part.insertion("$bad", SHA_256, 1, HASH_256));
        part.alter(
                "a good one and a bad one of one user",
                "",
                part.insertion("$half", SHA_256, 8192, HASH_256) + "," + part.insertion("$half", SHA_512, 1, HASH_512));
        part.alter("nothing", "", "");
        script.settle();
        part.describe(
                "of those in one request", "[{name: '$double'}, {name: '$good'}, {name: '$bad'}, {name: '$half'}]");
        part.delete("of one", "$scram", SHA_256);
        part.delete("of one again", "$scram", SHA_256);
        part.delete("of the other", "$scram", SHA_512);
        part.delete("of the good one", "$good", SHA_256);
        script.settle();
        part.describe("of one that has none any more", "[{name: '$scram'}]");
        FrameScript.check(script, ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, "{users: [{name: '$none'}]}");
        FrameScript.check(script, ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, "{deletions: [{name: '$none', mechanism: 1}]}");
    }

    private void describe(String what, String users) throws IOException {
        script.call(
                "describe credentials " + what,
                ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                0,
                "{users: %s}".formatted(users));
    }

    private String insertion(String name, int mechanism, int iterations, String hash) {
        return "{name: '%s', mechanism: %d, iterations: %d, salt: '%s', saltedPassword: '%s'}"
                .formatted(name, mechanism, iterations, SALT, hash);
    }

    private void insert(String how, String name, int mechanism, int iterations, String hash) throws IOException {
        alter("inserted, " + how, "", insertion(name, mechanism, iterations, hash));
    }

    private void delete(String how, String name, int mechanism) throws IOException {
        alter("deleted " + how, "{name: '%s', mechanism: %d}".formatted(name, mechanism), "");
    }

    private void alter(String how, String deletions, String upsertions) throws IOException {
        script.call(
                "credentials " + how,
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                0,
                "{deletions: [%s], upsertions: [%s]}".formatted(deletions, upsertions));
    }
}
