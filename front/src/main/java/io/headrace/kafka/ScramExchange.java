package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.net.Wire;
import io.headrace.security.User;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.function.Consumer;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;

/// SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802) by Kafka's own server half.
///
/// Threads: the loop of its connection.
final class ScramExchange implements SaslMechanism {
    private final ScramMechanism mechanism;
    private final Broker broker;
    private final Wire wire;
    private final ScramCredentials credentials;
    private final ScramSaslServer server;
    private String name = ""; // once the client has said it

    private ScramExchange(ScramMechanism mechanism, Broker broker, Wire wire) throws NoSuchAlgorithmException {
        this.mechanism = mechanism;
        this.broker = broker;
        this.wire = wire;
        this.credentials = new ScramCredentials(broker);
        this.server = new ScramSaslServer(mechanism, Map.of(), this::answer);
    }

    /// @param name one of those that Kafka knows
    static SaslMechanism named(String name, Broker broker, Wire wire) {
        try {
            return new ScramExchange(ScramMechanism.forMechanismName(name), broker, wire);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 and SHA-512", e);
        }
    }

    /// What the server half wants to know. Tokens of delegation are not answered, which refuses them.
    private void answer(Callback[] questions) {
        for (Callback question : questions) {
            if (question instanceof NameCallback asked) {
                name = asked.getDefaultName();
            } else if (question instanceof ScramCredentialCallback asked) {
                credentials.of(name, mechanism).ifPresent(asked::scramCredential);
            }
        }
    }

    @Override
    public void token(byte[] token, Consumer<Result> answer) {
        broker.beforeLogin(name, wire.remote(), wire.loop(), () -> answer.accept(result(token)));
    }

    private Result result(byte[] token) {
        try {
            var reply = server.evaluateResponse(token);
            if (!server.isComplete()) {
                return new Result.Challenge(reply);
            }
            return switch (broker.loginTrusted(server.getAuthorizationID(), wire.remote())) {
                case Broker.Login.Accepted(User user) -> new Result.Accepted(user, reply, FOR_EVER);
                case Broker.Login.Refused(String reason) -> refused(reason);
            };
        } catch (SaslAuthenticationException told) {
            return failed(new Result.Refused(told.getMessage(), told.getMessage()));
        } catch (SaslException failed) {
            return failed(refused(failed.getMessage()));
        } catch (RuntimeException malformed) { // such as Base64 that is none
            return failed(refused("malformed token: " + malformed.getMessage()));
        }
    }

    private Result failed(Result.Refused refused) {
        broker.loginFailed(name, wire.remote());
        return refused;
    }

    @Override
    public Result.Refused refused(String reason) {
        return new Result.Refused(
                reason,
                "Authentication failed during authentication due to invalid credentials with SASL mechanism "
                        + mechanism.mechanismName());
    }
}
