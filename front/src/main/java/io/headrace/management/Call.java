package io.headrace.management;

import io.headrace.http.HttpRequest;
import io.headrace.http.Query;
import java.util.List;
import java.util.Map;

/// One request on its way: who asks for what.
///
/// @param path the variables of the route, decoded
final class Call {
    private final HttpRequest request;
    private final Caller caller; // null on routes that are open to everybody
    private final Map<String, String> path;
    private final Query query;
    private final Observing observing;

    Call(HttpRequest request, Caller caller, Map<String, String> path, Observing observing) {
        this.request = request;
        this.caller = caller;
        this.path = path;
        this.query = request.query();
        this.observing = observing;
    }

    HttpRequest request() {
        return request;
    }

    Caller caller() {
        if (caller == null) {
            throw new IllegalStateException("nobody has logged in for " + request.rawPath());
        }
        return caller;
    }

    Query query() {
        return query;
    }

    /// A variable of the route.
    String path(String variable) {
        var value = path.get(variable);
        if (value == null) {
            throw new IllegalStateException(request.rawPath() + " has no " + variable);
        }
        return value;
    }

    boolean has(String variable) {
        return path.containsKey(variable);
    }

    String vhost() {
        return path("vhost");
    }

    /// The vhost in the path, or else those that the caller sees; the header `x-vhost` narrows them.
    List<String> vhosts() {
        if (path.containsKey("vhost")) {
            return List.of(vhost());
        }
        var only = request.header("x-vhost");
        return caller().vhosts().stream()
                .filter(vhost -> only.isEmpty() || only.get().equals(vhost))
                .toList();
    }

    /// Whose the connection, channel or user in the path is.
    ///
    /// @throws Problem there is none
    String owner() throws Problem {
        if (path.containsKey("user")) {
            return path("user");
        }
        return observing
                .connection(path.containsKey("channel") ? Observing.connectionOf(path("channel")) : path("connection"))
                .user();
    }

    Body body() throws Problem {
        return Body.parse(request.body());
    }
}
