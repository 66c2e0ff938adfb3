package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.kafka.oauth.TokenCheck;
import io.headrace.kafka.oauth.TokenCheck.Verdict;
import io.headrace.net.Wire;
import io.headrace.security.User;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerSaslServer;

/// OAUTHBEARER (RFC 7628) by Kafka's own server half, with tokens as [TokenCheck] takes them. The name in the token
/// must be a user's; what he may do, his permissions say, not the token.
///
/// ```text
///  client                          here
///  n,,%x01auth=Bearer TOKEN ─────► good: nothing more to say
///                                  bad:  {"status":"invalid_token"}
///  %x01 ─────────────────────────► the failure
/// ```
///
/// Threads: the loop of its connection; a token is looked at on a thread of its own, and nothing else happens to this
/// meanwhile.
final class OauthExchange implements SaslMechanism {
    private static final String INVALID = "invalid_token"; // RFC 6750 §3.1
    private static final byte[] NOTHING = {};

    private final Ground ground;
    private final Broker broker;
    private final Wire wire;
    private final SaslServer server = new OAuthBearerSaslServer(new Validation());
    private Verdict verdict = new Verdict.Invalid("no token was given");

    /// What all of them stand on.
    ///
    /// @param thread where tokens are checked, one at a time
    record Ground(TokenCheck check, Executor thread) {}

    OauthExchange(Ground ground, Broker broker, Wire wire) {
        this.ground = ground;
        this.broker = broker;
        this.wire = wire;
    }

    @Override
    public void token(byte[] token, Consumer<Result> answer) {
        broker.beforeLogin(
                "",
                wire.remote(),
                wire.loop(),
                () -> ground.thread().execute(() -> {
                    var step = step(token);
                    wire.loop().execute(() -> answer.accept(settled(step)));
                }));
    }

    /// What Kafka's half has to say, which knows of no users.
    private sealed interface Step {
        record Reply(byte[] token) implements Step {}

        record Failure(Result.Refused refused) implements Step {}
    }

    private Step step(byte[] token) {
        try {
            return new Step.Reply(server.evaluateResponse(token));
        } catch (SaslAuthenticationException told) {
            return new Step.Failure(new Result.Refused(reason(), told.getMessage()));
        } catch (SaslException | RuntimeException malformed) {
            return new Step.Failure(refused("malformed token: " + malformed.getMessage()));
        }
    }

    private String reason() {
        return switch (verdict) {
            case Verdict.Invalid(String reason) -> reason;
            case Verdict.Valid(String name, long _) -> "a good token of '" + name + "', wrongly used";
        };
    }

    private Result settled(Step step) {
        return switch (step) {
            case Step.Failure(Result.Refused refused) -> {
                broker.loginFailed("", wire.remote());
                yield refused;
            }
            case Step.Reply(byte[] reply) ->
                server.isComplete() && verdict instanceof Verdict.Valid(String name, long untilMillis)
                        ? entered(name, untilMillis)
                        : new Result.Challenge(reply);
        };
    }

    private Result entered(String name, long untilMillis) {
        return switch (broker.loginTrusted(name, wire.remote())) {
            case Broker.Login.Accepted(User user) -> new Result.Accepted(user, NOTHING, untilMillis);
            case Broker.Login.Refused(String reason) -> refused(reason);
        };
    }

    @Override
    public Result.Refused refused(String reason) {
        return new Result.Refused(
                reason,
                "Authentication failed during authentication due to invalid credentials with SASL mechanism "
                        + SaslConfig.OAUTHBEARER);
    }

    /// What Kafka's half asks. Extensions are not asked for, and so none is taken.
    private final class Validation implements AuthenticateCallbackHandler {
        @Override
        public void handle(Callback[] questions) throws UnsupportedCallbackException {
            for (Callback question : questions) {
                if (!(question instanceof OAuthBearerValidatorCallback asked)) {
                    throw new UnsupportedCallbackException(question);
                }
                verdict = ground.check()
                        .check(asked.tokenValue(), wire.loop().clock().millis());
                switch (verdict) {
                    case Verdict.Valid(String name, long untilMillis) ->
                        asked.token(new Token(asked.tokenValue(), name, untilMillis));
                    case Verdict.Invalid _ -> asked.error(INVALID, null, null);
                }
            }
        }

        @Override
        public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
            // we make it ourselves
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private record Token(String value, String principalName, long lifetimeMs) implements OAuthBearerToken {
        @Override
        public Set<String> scope() {
            return Set.of();
        }

        @Override
        public Long startTimeMs() {
            return null;
        }
    }
}
