package io.headrace.kafka;

import io.headrace.broker.Broker;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeRequest;
import org.apache.kafka.common.requests.SaslHandshakeResponse;

/// A connection's way through SASL.
///
/// ```text
///  NONE ─ handshake 1 ─► TOKENS (SaslAuthenticate) ─┬─► DONE
///     └── handshake 0 ─► RAW    (bare tokens) ──────┘
/// ```
/// A failure is told, after a moment in which nobody can guess on, and then the connection is closed.
///
/// Threads: the loop of its connection.
final class Sasl {
    private static final System.Logger LOG = System.getLogger(Sasl.class.getName());
    /// `connection.failed.authentication.delay.ms`.
    private static final long FAILURE_MILLIS = 100;

    private enum Step {
        NONE,
        TOKENS,
        RAW,
        DONE
    }

    private final Broker broker;
    private final Admission admission;
    private final KafkaConnection connection;
    private Step step = Step.NONE;
    private SaslMechanism mechanism; // from the handshake on
    private String mechanismName = "";

    Sasl(Broker broker, Admission admission, KafkaConnection connection) {
        this.broker = broker;
        this.admission = admission;
        this.connection = connection;
    }

    /// Empty if nothing was asked for.
    String mechanismName() {
        return mechanismName;
    }

    void handshake(Exchange exchange) {
        if (step != Step.NONE || admission.known()) {
            throw new IllegalSaslStateException("SaslHandshake request received after successful authentication");
        }
        var wanted = exchange.request(SaslHandshakeRequest.class).data().mechanism();
        var answer = new SaslHandshakeResponseData().setMechanisms(List.copyOf(SaslMechanism.NAMES));
        var found = SaslMechanism.named(wanted, broker, connection.wire());
        if (found.isEmpty()) {
            exchange.answer(new SaslHandshakeResponse(answer.setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code())));
            connection.closeAfterAnswers();
            return;
        }
        mechanism = found.get();
        mechanismName = wanted;
        step = exchange.version() == 0 ? Step.RAW : Step.TOKENS;
        admission.begin();
        exchange.answer(new SaslHandshakeResponse(answer));
    }

    void authenticate(Exchange exchange) {
        if (step != Step.TOKENS) {
            throw new IllegalSaslStateException(
                    "SaslAuthenticate request received " + (step == Step.DONE ? "after" : "before") + " a handshake");
        }
        var token = exchange.request(SaslAuthenticateRequest.class).data().authBytes();
        mechanism.token(token, result -> {
            if (exchange.abandoned()) {
                exchange.answerNothing();
                return;
            }
            switch (settled(result)) {
                case SaslMechanism.Result.Challenge(byte[] challenge) -> exchange.answer(tokens(challenge));
                case SaslMechanism.Result.Accepted accepted -> exchange.answer(tokens(accepted.token()));
                case SaslMechanism.Result.Refused refused ->
                    connection.loop().schedule(FAILURE_MILLIS, () -> refuse(exchange, refused));
            }
        });
    }

    private static SaslAuthenticateResponse tokens(byte[] token) {
        return new SaslAuthenticateResponse(new SaslAuthenticateResponseData().setAuthBytes(token));
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
            case SaslMechanism.Result.Refused refused -> {
                LOG.log(System.Logger.Level.WARNING, "{0}: login refused: {1}", connection, refused.reason());
                yield refused;
            }
            case SaslMechanism.Result.Accepted accepted -> {
                var why = admission.enter(accepted.user());
                step = Step.DONE;
                yield why.isEmpty() ? accepted : settled(mechanism.refused(why.get()));
            }
        };
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
