package io.headrace.amqp;

import io.headrace.broker.Broker;
import io.headrace.broker.LoginReport;
import io.headrace.security.User;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// From `connection.start` to `connection.open-ok` (AMQP 0-9-1 §1.4). Every step is checked for its turn.
///
/// Threads: the loop of its connection.
final class Handshake {
    private static final System.Logger LOG = System.getLogger(Handshake.class.getName());
    private static final int VERSION_MAJOR = 0;
    private static final int VERSION_MINOR = 9;

    private enum Step {
        START_OK,
        LOGIN,
        TUNE_OK,
        OPEN
    }

    private final AmqpConnection connection;
    private final Broker broker;
    private final AmqpConfig config;
    private Step step = Step.START_OK;
    private Peer peer = Peer.UNKNOWN;
    private User user; // from the login on
    private Mechanism mechanism; // likewise

    Handshake(AmqpConnection connection, Broker broker, AmqpConfig config) {
        this.connection = connection;
        this.broker = broker;
        this.config = config;
    }

    void begin() {
        connection.send(
                0,
                new ConnectionMethod.Start(
                        VERSION_MAJOR,
                        VERSION_MINOR,
                        ServerProperties.of(broker.identity()),
                        Mechanism.offered(connection.wire().provenName().isPresent()),
                        "en_US".getBytes(StandardCharsets.US_ASCII)));
    }

    Peer peer() {
        return peer;
    }

    void handle(ConnectionMethod.Request method) throws AmqpException {
        switch (method) {
            case ConnectionMethod.StartOk startOk when step == Step.START_OK -> login(startOk);
            case ConnectionMethod.TuneOk tuneOk when step == Step.TUNE_OK -> tuned(tuneOk);
            case ConnectionMethod.Open open when step == Step.OPEN -> open(open);
            case ConnectionMethod.StartOk _,
                    ConnectionMethod.TuneOk _,
                    ConnectionMethod.Open _,
                    ConnectionMethod.SecureOk _,
                    ConnectionMethod.UpdateSecret _ ->
                throw ReplyCode.CHANNEL_ERROR.because("unexpected method in connection state "
                        + (step == Step.START_OK ? "starting" : step == Step.OPEN ? "opening" : "tuning"));
            case ConnectionMethod.Close _, ConnectionMethod.CloseOk _ ->
                throw new IllegalStateException("the connection handles " + method);
        }
    }

    private void login(ConnectionMethod.StartOk method) throws AmqpException {
        peer = Peer.of(method.clientProperties());
        Optional<String> proven = connection.wire().provenName();
        mechanism = Mechanism.named(method.mechanism(), proven.isPresent());
        step = Step.LOGIN;
        if (mechanism == Mechanism.EXTERNAL) {
            finishLogin(
                    proven.get(),
                    broker.loginTrusted(proven.get(), connection.wire().remote()));
            return;
        }
        var credentials = mechanism.credentials(method.response());
        connection.hold();
        broker.login(
                credentials.user(),
                credentials.password(),
                connection.wire().remote(),
                connection.wire().loop(),
                answer -> connection.answered(() -> finishLogin(credentials.user(), answer)));
    }

    private void finishLogin(String name, Broker.Login answer) {
        switch (answer) {
            case Broker.Login.Accepted(User accepted) -> {
                told(name, Optional.empty());
                user = accepted;
                step = Step.TUNE_OK;
                connection.send(0, Tuning.proposal(config));
            }
            case Broker.Login.Refused(String reason) -> {
                told(name, Optional.of(reason));
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: login of ''{1}'' by {2} refused: {3}",
                        connection.name(),
                        name,
                        mechanism,
                        reason);
                connection.loginRefused(
                        ReplyCode.ACCESS_REFUSED.because("Login was refused using authentication mechanism " + mechanism
                                + ". For details see the broker logfile."));
            }
        }
    }

    private void told(String name, Optional<String> refusal) {
        var wire = connection.wire();
        connection
                .observed()
                .told(new LoginReport(
                        name,
                        mechanism.toString(),
                        connection.name(),
                        wire.remote(),
                        wire.local(),
                        wire.tlsSession().isPresent(),
                        refusal));
    }

    private void tuned(ConnectionMethod.TuneOk method) throws AmqpException {
        connection.tuned(Tuning.agreed(method, config));
        step = Step.OPEN;
    }

    private void open(ConnectionMethod.Open method) throws AmqpException {
        config.node().admitConnection(connection.openInBroker());
        var name = peer.connectionName().isEmpty() ? connection.name() : peer.connectionName();
        switch (broker.open(user, method.virtualHost(), connection.wire().loop(), name)) {
            case Broker.Opening.Opened(var session) -> {
                connection.opened(session, mechanism.name());
                connection.send(0, new ConnectionMethod.OpenOk());
            }
            case Broker.Opening.Refused(var refusal) -> throw RefusalTexts.ofOpening(refusal);
        }
    }
}
