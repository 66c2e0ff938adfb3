package io.headrace.kafka;

import io.headrace.broker.Admin;
import io.headrace.broker.AdminCommand;
import io.headrace.broker.Broker;
import io.headrace.catalog.OperatorDecisions;
import io.headrace.security.Logins;
import io.headrace.security.User;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramCredentialUtils;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;

/// What SCRAM (RFC 5802) checks a password by. It cannot be made from the hash that AMQP's logins are checked by, only
/// from the password itself. So it is made
/// - when an operator sets it (AlterUserScramCredentials), which leaves AMQP's password alone;
/// - the first time that a user gives AMQP's password in clear, for each mechanism that an operator has neither set nor
///   deleted, and for the user of a fresh broker, whose password is known. It takes some milliseconds, once for a user.
///
/// All of it goes with AMQP's password: who gets a new one has no other that an old secret opens.
///
/// Kept for each user, by mechanism, in Kafka's own text form; empty for what an operator has deleted.
///
/// Threads: the loop.
final class ScramCredentials {
    private static final String DELETED = "";
    /// RFC 7677 §4; Kafka takes no fewer.
    private static final int ITERATIONS = 4096;

    private final Broker broker;

    ScramCredentials(Broker broker) {
        this.broker = broker;
    }

    /// Empty if there is no such user, or nothing to check it by.
    Optional<ScramCredential> of(String name, ScramMechanism mechanism) {
        if (name.equals(Logins.DEFAULT_USER) && !kept(name).containsKey(mechanism.mechanismName())) {
            makeOfDefaultUser();
        }
        return Optional.ofNullable(all(name).get(mechanism));
    }

    private void makeOfDefaultUser() {
        if (broker.passwordIs(Logins.DEFAULT_USER, Logins.DEFAULT_USER.getBytes(StandardCharsets.UTF_8))) {
            makeMissing(Logins.DEFAULT_USER, Logins.DEFAULT_USER);
        }
    }

    private SortedMap<String, String> kept(String name) {
        return broker.settings().get(OperatorDecisions.SCRAM_SETTINGS + name);
    }

    /// What a user has.
    SortedMap<ScramMechanism, ScramCredential> all(String name) {
        return parsed(kept(name));
    }

    /// What everybody has; nobody is there who has nothing.
    SortedMap<String, SortedMap<ScramMechanism, ScramCredential>> all() {
        var all = new TreeMap<String, SortedMap<ScramMechanism, ScramCredential>>();
        broker.settings().below(OperatorDecisions.SCRAM_SETTINGS).forEach((name, kept) -> {
            var credentials = parsed(kept);
            if (!credentials.isEmpty()) {
                all.put(name, credentials);
            }
        });
        return all;
    }

    private static SortedMap<ScramMechanism, ScramCredential> parsed(SortedMap<String, String> kept) {
        var parsed = new TreeMap<ScramMechanism, ScramCredential>();
        kept.forEach((mechanism, text) -> {
            if (!text.equals(DELETED)) {
                parsed.put(ScramMechanism.forMechanismName(mechanism), ScramCredentialUtils.credentialFromString(text));
            }
        });
        return parsed;
    }

    /// Makes what is missing for a user whose password has proved right.
    void keep(User user, String password) {
        makeMissing(user.name(), password);
    }

    private void makeMissing(String name, String password) {
        var all = new TreeMap<>(kept(name));
        for (ScramMechanism mechanism : ScramMechanism.values()) {
            all.computeIfAbsent(mechanism.mechanismName(), _ -> made(mechanism, password));
        }
        if (!all.equals(kept(name))) {
            broker.admin().perform(new AdminCommand.PutScram(name, all), _ -> {});
        }
    }

    private static String made(ScramMechanism mechanism, String password) {
        try {
            return ScramCredentialUtils.credentialToString(
                    new ScramFormatter(mechanism).generateCredential(password, ITERATIONS));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 and SHA-512", e);
        }
    }

    /// An operator sets this one, of a user who is made if there is none; or deletes it.
    ///
    /// @param credential empty: deleted
    void put(
            String name, ScramMechanism mechanism, Optional<ScramCredential> credential, Consumer<Admin.Outcome> done) {
        var all = new TreeMap<>(kept(name));
        all.put(
                mechanism.mechanismName(),
                credential.map(ScramCredentialUtils::credentialToString).orElse(DELETED));
        broker.admin().perform(new AdminCommand.PutScram(name, all), done);
    }
}
