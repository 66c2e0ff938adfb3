package io.headrace.server;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Supplier;

/// Names that nobody can guess: 22 characters of URL-safe base64, as RabbitMQ gives to queues and
/// consumers.
///
/// Threads: any.
final class RandomNames implements Supplier<String> {
    private static final int BYTES = 16;

    private final SecureRandom random = new SecureRandom();

    @Override
    public String get() {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
