package io.headrace.catalog;

import java.util.Base64;

/// The rules that names of exchanges and queues share.
public final class Names {
    private static final int RANDOM_BYTES = 16;

    private Names() {}

    /// Without the line breaks that RabbitMQ takes out of the names in declare, delete and bind.
    public static String clean(String name) {
        if (name.indexOf('\r') < 0 && name.indexOf('\n') < 0) {
            return name;
        }
        return name.replace("\r", "").replace("\n", "");
    }

    /// `prefix`, a hyphen and 22 URL-safe characters, such as `amq.gen-...` for a queue or `amq.ctag-...`
    /// for a consumer.
    ///
    /// @param random 16 bytes that nobody can guess
    public static String generated(String prefix, byte[] random) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException(RANDOM_BYTES + " random bytes needed, not " + random.length);
        }
        return prefix + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    static boolean reserved(String name) {
        return name.startsWith(BuiltInExchanges.RESERVED_PREFIX);
    }
}
