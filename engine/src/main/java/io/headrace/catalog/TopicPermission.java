package io.headrace.catalog;

import java.util.Objects;

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
}
