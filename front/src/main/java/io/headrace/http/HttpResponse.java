package io.headrace.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One answer, whole or written bit by bit.
///
/// @param contentType empty if there is no body
/// @param body all of it, or nothing if there is a `content`
/// @param content what is too large to be put together first
/// @param headers beside those of the content
public record HttpResponse(
        int status, String contentType, byte[] body, Optional<Content> content, Map<String, String> headers) {
    public static final String JSON = "application/json";
    public static final String TEXT = "text/plain; charset=utf-8";
    private static final byte[] NOTHING = {};

    /// Writes the body.
    @FunctionalInterface
    public interface Content {
        /// On the request's virtual thread. It waits where the peer does not take what is written. What is thrown cuts
        /// the
        /// connection, so that the peer sees that the answer is not whole.
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    public HttpResponse {
        headers = Map.copyOf(headers);
    }

    public static HttpResponse of(int status, String contentType, byte[] body) {
        return new HttpResponse(status, contentType, body, Optional.empty(), Map.of());
    }

    public static HttpResponse of(int status, String contentType, Content content) {
        return new HttpResponse(status, contentType, NOTHING, Optional.of(content), Map.of());
    }

    public static HttpResponse text(int status, String text) {
        return of(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public static HttpResponse empty(int status) {
        return of(status, "", NOTHING);
    }

    /// The same with another body.
    HttpResponse withBody(byte[] other) {
        return new HttpResponse(status, contentType, other, content, headers);
    }

    public HttpResponse with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new HttpResponse(status, contentType, body, content, more);
    }
}
