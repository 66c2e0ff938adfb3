package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.broker.TopicSession;
import io.headrace.catalog.Refusal;
import io.headrace.net.Wire;
import io.headrace.security.User;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;

/// Who the peer is: a name that TLS has proved, one that SASL has, or the user that plain connections act as.
///
/// Threads: the loop of its connection.
final class Admission {
    private final Broker broker;
    private final KafkaConfig config;
    private final CertificateNames certificates;
    private final Wire wire;
    private final Runnable entered;
    private final Consumer<String> ended;
    private TopicSession session; // null until the peer is known
    private boolean authenticating; // by SASL: nothing else is heard

    /// @param entered runs when the peer is known and in
    /// @param ended hears why the peer has to go, who was in
    Admission(
            Broker broker,
            KafkaConfig config,
            CertificateNames certificates,
            Wire wire,
            Runnable entered,
            Consumer<String> ended) {
        this.certificates = certificates;
        this.entered = entered;
        this.ended = ended;
        this.broker = broker;
        this.config = config;
        this.wire = wire;
    }

    TopicSession session() {
        if (session == null) {
            throw new IllegalStateException("nobody has logged in yet");
        }
        return session;
    }

    boolean known() {
        return session != null;
    }

    boolean authenticating() {
        return authenticating;
    }

    /// SASL has begun; it says who the peer is from now on.
    void begin() {
        authenticating = true;
    }

    /// Whether nobody is in who must say first who it is.
    boolean owesLogin() {
        return session == null && (authenticating || config.anonymousUser().isEmpty());
    }

    /// @return why not; empty if `user` is in
    Optional<String> enter(User user) {
        var refusal = renew(user);
        if (refusal.isEmpty()) {
            entered.run();
        }
        return refusal;
    }

    /// The user who is in has shown it again.
    ///
    /// @return why that does not do
    Optional<String> renew(User user) {
        authenticating = false;
        leave(); // who renews is not one more
        return switch (broker.openTopics(user, KafkaProtocol.VHOST, wire.loop())) {
            case Broker.TopicsOpening.Opened(TopicSession opened) -> {
                session = opened;
                opened.onEnd(ended);
                yield Optional.empty();
            }
            case Broker.TopicsOpening.Refused(Refusal.LimitReached(String limit)) -> Optional.of(limit);
            case Broker.TopicsOpening.Refused(var refusal) -> Optional.of(refusal.toString());
        };
    }

    /// The peer is gone.
    void leave() {
        if (session != null) {
            session.close();
        }
    }

    /// Whether a request may be served now; who needs no password is let in by that.
    ///
    /// @return why not; empty if it may
    Optional<String> mayAsk(ApiKeys key) {
        if (key == ApiKeys.API_VERSIONS || key == ApiKeys.SASL_HANDSHAKE || key == ApiKeys.SASL_AUTHENTICATE) {
            return Optional.empty();
        }
        if (authenticating) {
            return Optional.of(key + " before the SASL authentication is done");
        }
        return session == null ? enterWithoutPassword() : Optional.empty();
    }

    private Optional<String> enterWithoutPassword() {
        return switch (certificates.in(wire)) {
            case CertificateNames.Found.Named(String name) -> enterTrusted(name);
            case CertificateNames.Found.Unnamed(String name) ->
                Optional.of("no rule of kafka.principal-mapping is for its certificate, '" + name + "'");
            case CertificateNames.Found.Nobody _ ->
                config.anonymousUser().isEmpty()
                        ? Optional.of("it did not authenticate, and kafka.anonymous-user is empty")
                        : enterTrusted(config.anonymousUser());
        };
    }

    private Optional<String> enterTrusted(String name) {
        return switch (broker.loginTrusted(name, wire.remote())) {
            case Broker.Login.Accepted(User user) -> enter(user);
            case Broker.Login.Refused(String reason) -> Optional.of("it did not authenticate, and " + reason);
        };
    }
}
