package io.headrace.amqp;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/// Names as RabbitMQ treats and makes them.
final class Names {
    private static final Base64.Encoder URL_SAFE = Base64.getUrlEncoder().withoutPadding();

    private Names() {}

    /// Line ends are dropped from names that are declared, deleted or bound.
    static String clean(String name) {
        return name.indexOf('\r') < 0 && name.indexOf('\n') < 0
                ? name
                : name.replace("\r", "").replace("\n", "");
    }

    /// `amq.ctag-` and 22 characters.
    static String consumerTag() {
        var random = UUID.randomUUID();
        var bytes = ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits());
        return "amq.ctag-" + URL_SAFE.encodeToString(bytes.array());
    }
}
