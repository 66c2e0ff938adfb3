package io.headrace.amqp;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableDecoder;
import io.headrace.message.FieldValue;
import io.headrace.message.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The SASL mechanisms spoken here. Each needs one response only.
enum Mechanism {
    /// RFC 4616: `authzid NUL user NUL password`; an authzid other than the user is not supported, and
    /// ignored as RabbitMQ does.
    PLAIN {
        @Override
        Credentials credentials(byte[] response) throws AmqpException {
            int user = after(response, 0);
            int password = after(response, user);
            return new Credentials(
                    new String(response, user, password - 1 - user, StandardCharsets.UTF_8),
                    Arrays.copyOfRange(response, password, response.length));
        }

        private static int after(byte[] response, int start) throws AmqpException {
            for (int i = start; i < response.length; i++) {
                if (response[i] == 0) {
                    return i + 1;
                }
            }
            throw ReplyCode.SYNTAX_ERROR.because("response to PLAIN is malformed");
        }
    },
    /// A field table without its length, with LOGIN and PASSWORD.
    AMQPLAIN {
        @Override
        Credentials credentials(byte[] response) throws AmqpException {
            FieldTable fields;
            try {
                fields = FieldTableDecoder.decodeFields(ByteBuffer.wrap(response), 0, response.length);
            } catch (MalformedException malformed) {
                throw ReplyCode.SYNTAX_ERROR.because("response to AMQPLAIN is malformed: " + malformed.getMessage());
            }
            if (fields.get("LOGIN").orElse(null) instanceof FieldValue.LongString login
                    && fields.get("PASSWORD").orElse(null) instanceof FieldValue.LongString password) {
                return new Credentials(login.text(), password.bytes());
            }
            throw ReplyCode.SYNTAX_ERROR.because("response to AMQPLAIN lacks LOGIN or PASSWORD");
        }
    },
    /// Whoever does not say who it is acts as the user of a fresh broker, while that has the password it came with:
    /// from this machine only.
    ANONYMOUS {
        @Override
        Credentials credentials(byte[] response) {
            return new Credentials("guest", "guest".getBytes(StandardCharsets.US_ASCII));
        }
    },
    /// TLS has proved the name; offered only then.
    EXTERNAL {
        @Override
        Credentials credentials(byte[] response) {
            throw new IllegalStateException("EXTERNAL has no credentials");
        }
    };

    record Credentials(String user, byte[] password) {}

    /// Takes a response apart.
    ///
    /// @throws AmqpException it is malformed
    abstract Credentials credentials(byte[] response) throws AmqpException;

    static Mechanism named(String name, boolean nameIsProven) throws AmqpException {
        for (Mechanism mechanism : values()) {
            if (mechanism.name().equals(name) && (mechanism != EXTERNAL || nameIsProven)) {
                return mechanism;
            }
        }
        throw ReplyCode.COMMAND_INVALID.because("unknown authentication mechanism '" + name + "'");
    }

    static byte[] offered(boolean nameIsProven) {
        return Arrays.stream(values())
                .filter(mechanism -> mechanism != EXTERNAL || nameIsProven)
                .map(Mechanism::name)
                .collect(Collectors.joining(" "))
                .getBytes(StandardCharsets.US_ASCII);
    }
}
