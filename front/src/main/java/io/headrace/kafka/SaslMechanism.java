package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.net.Wire;
import io.headrace.security.User;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One authentication by one mechanism.
///
/// Threads: the loop of its connection.
interface SaslMechanism {
    List<String> NAMES = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");

    /// A mechanism ready for its first token; empty if there is none of that name.
    static Optional<SaslMechanism> named(String name, Broker broker, Wire wire) {
        return name.equals("PLAIN")
                ? Optional.of(new PlainMechanism(broker, wire))
                : ScramExchange.named(name, broker, wire);
    }

    /// Takes the client's next token; answers on the loop.
    void token(byte[] token, Consumer<Result> answer);

    /// What a client of this mechanism is told, whatever the reason.
    Result.Refused refused(String reason);

    /// What became of a token.
    sealed interface Result {
        /// The client must say more.
        record Challenge(byte[] token) implements Result {}

        /// @param token what the client is told at last
        record Accepted(User user, byte[] token) implements Result {}

        /// @param reason for the log only
        /// @param told for the peer, in Kafka's words
        record Refused(String reason, String told) implements Result {}
    }
}
