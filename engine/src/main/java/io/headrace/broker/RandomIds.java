package io.headrace.broker;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Supplier;

/// Ids of topics and of the cluster. Tools take a text that begins with a hyphen for an option, so none does in Kafka's
/// spelling.
final class RandomIds {
    /// The first six bits of an id that Kafka spells with a hyphen in front.
    private static final int HYPHEN = 62;

    private RandomIds() {}

    /// @param names 22 characters of URL-safe base64; the same source as that of generated names, so that a simulated
    ///     run repeats itself
    static UUID next(Supplier<String> names) {
        while (true) {
            var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(names.get()));
            var id = new UUID(bytes.getLong(), bytes.getLong());
            if (id.getMostSignificantBits() >>> 58 != HYPHEN && id.getMostSignificantBits() != 0) {
                return id;
            }
        }
    }
}
