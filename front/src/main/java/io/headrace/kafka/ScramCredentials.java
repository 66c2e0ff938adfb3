package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.broker.TopicSession;
import io.headrace.net.Wire;
import io.headrace.security.User;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramCredentialUtils;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;

/// What SCRAM (RFC 5802) checks a password by. It cannot be made from the hash that AMQP's logins are checked by, only
/// from the password itself. So it is made the first time that a user gives the right password in clear, and for the
/// user of a fresh broker, whose password is known. Making it takes some milliseconds, once for a user.
///
/// Kept as `SCRAM-SHA-256/user` and in Kafka's own text form.
///
/// Threads: the loop of its connection.
final class ScramCredentials {
    private static final String SETTINGS = "kafka.scram";
    /// The user of a fresh broker, with this also as password.
    private static final String DEFAULT_USER = "guest";
    /// RFC 7677 §4; Kafka takes no fewer.
    private static final int ITERATIONS = 4096;

    private final Broker broker;
    private final Wire wire;

    ScramCredentials(Broker broker, Wire wire) {
        this.broker = broker;
        this.wire = wire;
    }

    /// Empty if there is no such user, or it may not come from there, or has not given its password in clear yet.
    Optional<ScramCredential> of(String name, ScramMechanism mechanism) {
        if (name.equals(DEFAULT_USER) && kept(name, mechanism).isEmpty()) {
            var password = DEFAULT_USER.getBytes(StandardCharsets.UTF_8);
            broker.login(name, password, wire.remote(), wire.loop(), login -> {
                if (login instanceof Broker.Login.Accepted(User user)) {
                    keep(user, DEFAULT_USER);
                }
            });
        }
        return kept(name, mechanism).map(ScramCredentialUtils::credentialFromString);
    }

    private Optional<String> kept(String name, ScramMechanism mechanism) {
        return broker.loginTrusted(name, wire.remote()) instanceof Broker.Login.Accepted(User user)
                ? topics(user).map(session -> session.settings(SETTINGS).get(mechanism.mechanismName() + "/" + name))
                : Optional.empty();
    }

    private Optional<TopicSession> topics(User user) {
        return broker.openTopics(user, KafkaProtocol.VHOST, wire.loop())
                        instanceof Broker.TopicsOpening.Opened(TopicSession session)
                ? Optional.of(session)
                : Optional.empty();
    }

    /// Makes what is missing for a user whose password has proved right.
    void keep(User user, String password) {
        topics(user).ifPresent(session -> {
            var all = new TreeMap<>(session.settings(SETTINGS));
            boolean missing = false;
            for (ScramMechanism mechanism : ScramMechanism.values()) {
                missing |= all.putIfAbsent(mechanism.mechanismName() + "/" + user.name(), "") == null;
            }
            if (missing) {
                for (ScramMechanism mechanism : ScramMechanism.values()) {
                    all.put(mechanism.mechanismName() + "/" + user.name(), made(mechanism, password));
                }
                session.putSettings(SETTINGS, all, () -> {});
            }
        });
    }

    private static String made(ScramMechanism mechanism, String password) {
        try {
            return ScramCredentialUtils.credentialToString(
                    new ScramFormatter(mechanism).generateCredential(password, ITERATIONS));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 and SHA-512", e);
        }
    }
}
