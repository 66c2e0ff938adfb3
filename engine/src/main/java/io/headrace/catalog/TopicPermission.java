package io.headrace.catalog;

import java.util.Objects;
import java.util.Optional;

/// Which routing keys a user may publish with (write) and bind with (read) at one topic exchange. Without one every key
/// is allowed.
///
/// @param write pattern; `{username}`, `{vhost}` and `{client_id}` stand for the connection's own
/// @param read likewise
public record TopicPermission(String exchange, String write, String read) {
    public TopicPermission {
        Objects.requireNonNull(exchange);
        Objects.requireNonNull(write);
        Objects.requireNonNull(read);
    }

    /// @param access write or read: topics are not configured
    public String pattern(Refusal.Access access) {
        return switch (access) {
            case WRITE -> write;
            case READ -> read;
            case CONFIGURE -> throw new IllegalArgumentException("topics are not configured");
        };
    }

    /// A pattern with the connection's own names in it. They stand for themselves, whatever characters they have; a
    /// variable without a value stays as it is written.
    public static String expanded(String pattern, String username, String vhost, Optional<String> clientId) {
        if (pattern.indexOf('{') < 0) {
            return pattern;
        }
        String expanded = pattern.replace("{username}", SearchPattern.literal(username))
                .replace("{vhost}", SearchPattern.literal(vhost));
        return clientId.map(id -> expanded.replace("{client_id}", SearchPattern.literal(id)))
                .orElse(expanded);
    }
}
