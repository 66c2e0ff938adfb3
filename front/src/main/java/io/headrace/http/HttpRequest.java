package io.headrace.http;

import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;

/// One request, whole.
///
/// @param target as it stands in the request line: percent-encoded, with the query
/// @param headers by lower-case name; of one that came several times the first
/// @param remote who asks
public record HttpRequest(
        String method, String target, Map<String, String> headers, byte[] body, SocketAddress remote) {

    /// @param name in lower case
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /// Before the question mark, still percent-encoded.
    public String rawPath() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    public Query query() {
        int query = target.indexOf('?');
        return Query.parse(query < 0 ? "" : target.substring(query + 1));
    }
}
