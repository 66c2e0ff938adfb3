package io.headrace.kafka;

import io.headrace.security.User;
import java.util.function.Consumer;

/// One authentication by one mechanism.
///
/// Threads: the loop of its connection.
interface SaslMechanism {
    /// A credential that does not end.
    long FOR_EVER = Long.MAX_VALUE;

    /// Takes the client's next token; answers on the loop, at once or later.
    void token(byte[] token, Consumer<Result> answer);

    /// What a client of this mechanism is told, whatever the reason.
    Result.Refused refused(String reason);

    /// What became of a token.
    sealed interface Result {
        /// The client must say more.
        record Challenge(byte[] token) implements Result {}

        /// @param token what the client is told at last
        /// @param untilMillis when what it showed ends to be true
        record Accepted(User user, byte[] token, long untilMillis) implements Result {}

        /// @param reason for the log only
        /// @param told for the peer, in Kafka's words
        record Refused(String reason, String told) implements Result {}
    }
}
