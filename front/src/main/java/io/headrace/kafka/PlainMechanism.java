package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.net.Wire;
import io.headrace.security.User;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/// RFC 4616: `authzid NUL user NUL password`, against the users that AMQP has too.
///
/// Threads: the loop of its connection.
final class PlainMechanism implements SaslMechanism {
    private static final byte[] NOTHING = {};

    private final Broker broker;
    private final Wire wire;
    private final ScramCredentials credentials;

    PlainMechanism(Broker broker, Wire wire) {
        this.broker = broker;
        this.wire = wire;
        this.credentials = new ScramCredentials(broker);
    }

    @Override
    public void token(byte[] token, Consumer<Result> answer) {
        int user = after(token, 0);
        int password = user < 0 ? -1 : after(token, user);
        if (password < 0 || after(token, password) >= 0) {
            answer.accept(new Result.Refused(
                    "malformed PLAIN token", "Invalid SASL/PLAIN response: expected 3 tokens, got another number"));
            return;
        }
        var authorization = new String(token, 0, user - 1, StandardCharsets.UTF_8);
        var name = new String(token, user, password - 1 - user, StandardCharsets.UTF_8);
        if (!authorization.isEmpty() && !authorization.equals(name)) {
            answer.accept(new Result.Refused(
                    "'" + name + "' asked to act as '" + authorization + "'",
                    "Authentication failed: Client requested an authorization id that is different from username"));
            return;
        }
        var secret = Arrays.copyOfRange(token, password, token.length);
        broker.login(name, secret, wire.remote(), wire.loop(), login -> {
            switch (login) {
                case Broker.Login.Accepted(User known) -> {
                    credentials.keep(known, new String(secret, StandardCharsets.UTF_8));
                    answer.accept(new Result.Accepted(known, NOTHING, FOR_EVER));
                }
                case Broker.Login.Refused(String reason) -> answer.accept(refused(reason));
            }
        });
    }

    /// Where the part after the NUL at or behind `start` begins; -1 if there is none.
    private static int after(byte[] token, int start) {
        for (int i = start; i < token.length; i++) {
            if (token[i] == 0) {
                return i + 1;
            }
        }
        return -1;
    }

    @Override
    public Result.Refused refused(String reason) {
        return new Result.Refused(reason, "Authentication failed: Invalid username or password");
    }
}
