package io.headrace.kafka;

import io.headrace.security.User;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeRequest;
import org.apache.kafka.common.requests.SaslHandshakeResponse;

/// A connection's way through SASL.
///
/// ```text
///  NONE ─ handshake 1 ─► TOKENS (SaslAuthenticate) ─┬─► DONE ─ handshake 1 ─► TOKENS ─► DONE ...
///     └── handshake 0 ─► RAW    (bare tokens) ──────┘     only if the session ends (KIP-368)
/// ```
/// A failure is told, after a moment in which nobody can guess on, and then the connection is closed.
///
/// A session ends when the token that opened it does, or after `kafka.max-reauth`. The client is told how long it
/// lasts, and logs in again on the same connection: as the same user, by the same mechanism. If it does not, its next
/// request finds the connection closed.
///
/// Threads: the loop of its connection.
final class Sasl {
    private static final System.Logger LOG = System.getLogger(Sasl.class.getName());
    /// `connection.failed.authentication.delay.ms`.
    private static final long FAILURE_MILLIS = 100;
    /// A client that logs in again sooner is refused, as Kafka does: nobody keeps us busy with it.
    private static final long AGAIN_MILLIS = 1_000;

    private enum Step {
        NONE,
        TOKENS,
        RAW,
        DONE
    }

    private final Mechanisms mechanisms;
    private final Admission admission;
    private final KafkaConnection connection;
    private Step step = Step.NONE;
    private SaslMechanism mechanism; // from the handshake on
    private String mechanismName = "";
    private String other = ""; // a mechanism that was wished for the next login, and cannot be
    private long begunMillis; // the newest login
    private long endMillis = SaslMechanism.FOR_EVER; // of the session

    Sasl(Mechanisms mechanisms, Admission admission, KafkaConnection connection) {
        this.mechanisms = mechanisms;
        this.admission = admission;
        this.connection = connection;
    }

    /// Empty if nothing was asked for.
    String mechanismName() {
        return mechanismName;
    }

    /// Whether the session is over, and this is not the request that renews it.
    boolean over(ApiKeys key, long nowMillis) {
        return nowMillis > endMillis && step == Step.DONE && key != ApiKeys.SASL_HANDSHAKE;
    }

    void handshake(Exchange exchange) {
        if (!mayBegin(exchange.version())) {
            throw new IllegalSaslStateException("SaslHandshake request received after successful authentication");
        }
        var wanted = exchange.request(SaslHandshakeRequest.class).data().mechanism();
        var answer = new SaslHandshakeResponseData().setMechanisms(mechanisms.names());
        var found = mechanisms.named(wanted, connection.wire());
        if (found.isEmpty()) {
            exchange.answer(new SaslHandshakeResponse(answer.setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code())));
            connection.closeAfterAnswers();
            return;
        }
        if (admission.known() && !wanted.equals(mechanismName)) {
            other = wanted; // told when it comes with a token: the handshake has no error for it
        } else {
            mechanism = found.get();
            mechanismName = wanted;
        }
        step = exchange.version() == 0 ? Step.RAW : Step.TOKENS;
        begunMillis = nowMillis();
        admission.begin();
        exchange.answer(new SaslHandshakeResponse(answer));
    }

    /// At first, and again in a session that ends, unless it has only begun.
    private boolean mayBegin(short version) {
        if (!admission.known()) {
            return step == Step.NONE;
        }
        return step == Step.DONE
                && endMillis != SaslMechanism.FOR_EVER
                && version > 0
                && nowMillis() - begunMillis >= AGAIN_MILLIS;
    }

    void authenticate(Exchange exchange) {
        if (step != Step.TOKENS) {
            throw new IllegalSaslStateException(
                    "SaslAuthenticate request received " + (step == Step.DONE ? "after" : "before") + " a handshake");
        }
        if (!other.isEmpty()) {
            var told = "SASL mechanism '" + other
                    + "' requested by client is not supported for re-authentication of mechanism '" + mechanismName
                    + "'";
            refuseSoon(exchange, logged(new SaslMechanism.Result.Refused(told, told)));
            return;
        }
        var token = exchange.request(SaslAuthenticateRequest.class).data().authBytes();
        mechanism.token(token, result -> {
            if (exchange.abandoned()) {
                exchange.answerNothing();
                return;
            }
            switch (settled(result)) {
                case SaslMechanism.Result.Challenge(byte[] challenge) -> exchange.answer(tokens(challenge, 0));
                case SaslMechanism.Result.Accepted accepted ->
                    exchange.answer(tokens(accepted.token(), lifetimeMillis()));
                case SaslMechanism.Result.Refused refused -> refuseSoon(exchange, refused);
            }
        });
    }

    private void refuseSoon(Exchange exchange, SaslMechanism.Result.Refused refused) {
        connection.loop().schedule(FAILURE_MILLIS, () -> refuse(exchange, refused));
    }

    private static SaslAuthenticateResponse tokens(byte[] token, long lifetimeMillis) {
        return new SaslAuthenticateResponse(
                new SaslAuthenticateResponseData().setAuthBytes(token).setSessionLifetimeMs(lifetimeMillis));
    }

    private void refuse(Exchange exchange, SaslMechanism.Result.Refused refused) {
        exchange.answer(new SaslAuthenticateResponse(new SaslAuthenticateResponseData()
                .setErrorCode(Errors.SASL_AUTHENTICATION_FAILED.code())
                .setErrorMessage(refused.told())));
        connection.closeAfterAnswers();
    }

    /// Lets an accepted user in, which may fail after all.
    private SaslMechanism.Result settled(SaslMechanism.Result result) {
        return switch (result) {
            case SaslMechanism.Result.Challenge challenge -> challenge;
            case SaslMechanism.Result.Refused refused -> logged(refused);
            case SaslMechanism.Result.Accepted accepted -> {
                var refused = admission.known() ? again(accepted.user()) : first(accepted.user());
                step = Step.DONE;
                endMillis = end(accepted.untilMillis());
                yield refused.isEmpty() ? accepted : logged(refused.get());
            }
        };
    }

    private SaslMechanism.Result.Refused logged(SaslMechanism.Result.Refused refused) {
        LOG.log(System.Logger.Level.WARNING, "{0}: login refused: {1}", connection, refused.reason());
        return refused;
    }

    private Optional<SaslMechanism.Result.Refused> first(User user) {
        return admission.enter(user).map(mechanism::refused);
    }

    private Optional<SaslMechanism.Result.Refused> again(User user) {
        var before = admission.session().user().name();
        if (!user.name().equals(before)) {
            var told =
                    "Cannot change principals during re-authentication from User." + before + ": User." + user.name();
            return Optional.of(new SaslMechanism.Result.Refused(told, told));
        }
        return admission.renew(user).map(mechanism::refused);
    }

    private long end(long untilMillis) {
        return mechanisms.maxReauthMillis() == 0
                ? untilMillis
                : Math.min(untilMillis, nowMillis() + mechanisms.maxReauthMillis());
    }

    /// 0 if the session does not end.
    private long lifetimeMillis() {
        return endMillis == SaslMechanism.FOR_EVER ? 0 : Math.max(0, endMillis - nowMillis());
    }

    private long nowMillis() {
        return connection.loop().clock().millis();
    }

    /// Whether the next frame is a token and no request.
    boolean rawFrames() {
        return step == Step.RAW;
    }

    /// Handshake 0: tokens come and go bare. A failure has no words; the connection is closed.
    boolean raw(ByteBuffer frame) {
        var token = new byte[frame.remaining()];
        frame.get(token);
        connection.holdRaw();
        mechanism.token(token, result -> {
            if (connection.isClosed()) {
                return;
            }
            switch (settled(result)) {
                case SaslMechanism.Result.Challenge(byte[] challenge) -> connection.answerRaw(challenge);
                case SaslMechanism.Result.Accepted accepted -> connection.answerRaw(accepted.token());
                case SaslMechanism.Result.Refused refused ->
                    connection.loop().schedule(FAILURE_MILLIS, () -> connection.breach(refused.told()));
            }
        });
        return false;
    }
}
