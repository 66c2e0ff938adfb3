package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// A broker's management API, asked with the operator's key. The JDK's old HTTP client, which is loaded in a third of
/// the time of the new one.
///
/// Threads: one.
final class Api {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private final String node;
    private final String base;
    private final String key;
    private final int timeoutMillis;

    /// @param base like `http://127.0.0.1:15672/api`
    Api(String node, String base, String key, int timeoutMillis) {
        this.node = node;
        this.base = base;
        this.key = key;
        this.timeoutMillis = timeoutMillis;
    }

    String node() {
        return node;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /// @param path segments, which may have any characters
    Reply get(String... path) throws Failure {
        return send("GET", null, path);
    }

    /// @param body null for none
    Reply send(String method, JsonNode body, String... path) throws Failure {
        return request(method, path(path), body, "");
    }

    static String path(String... segments) {
        var path = new StringBuilder();
        for (String segment : segments) {
            path.append('/')
                    .append(URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        return path.toString();
    }

    /// @param path encoded, with a query if there is one
    /// @param reason for a connection that is closed; empty for none
    Reply request(String method, String path, JsonNode body, String reason) throws Failure {
        try {
            var connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
            connection.setConnectTimeout(timeoutMillis);
            connection.setReadTimeout(timeoutMillis);
            connection.setRequestMethod(method);
            connection.setRequestProperty("Authorization", "Bearer " + key);
            if (!reason.isEmpty()) {
                connection.setRequestProperty("X-Reason", reason.replaceAll("\\p{Cntrl}", " ")); // a header is one line
            }
            if (body != null) {
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setDoOutput(true);
                try (var out = connection.getOutputStream()) {
                    out.write(JSON.writeValueAsBytes(body));
                }
            }
            int status = connection.getResponseCode();
            return new Reply(status, body(status < 400 ? connection.getInputStream() : connection.getErrorStream()));
        } catch (SocketTimeoutException _) {
            throw Failure.error(
                    Exit.TIMEOUT, "operation on node " + node + " timed out. Timeout value used: " + timeoutMillis);
        } catch (IOException e) {
            throw Failure.plain(
                    Exit.UNAVAILABLE,
                    "Error: unable to perform an operation on node '" + node + "': " + base + " does not answer ("
                            + e.getMessage() + ").\nSee whether it still runs: headrace status");
        }
    }

    private static JsonNode body(InputStream in) throws IOException {
        if (in == null) {
            return MissingNode.getInstance();
        }
        try (in) {
            var bytes = in.readAllBytes();
            // what is not JSON is shown as it is
            return bytes.length == 0
                    ? MissingNode.getInstance()
                    : bytes[0] == '{' || bytes[0] == '['
                            ? JSON.readTree(bytes)
                            : JSON.getNodeFactory().textNode(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
