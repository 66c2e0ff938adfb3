package io.headrace.management;

import io.headrace.http.HttpResponse;
import java.util.List;
import java.util.Objects;

/// A method on a path, who may use it, and what it does. There is no route without a rule.
///
/// @param path like `/api/queues/{vhost}/{queue}`
record Route(String method, String path, Rule rule, Handler handler) {
    Route {
        Objects.requireNonNull(method);
        Objects.requireNonNull(path);
        Objects.requireNonNull(rule);
        Objects.requireNonNull(handler);
    }

    /// Does the work, on a virtual thread.
    interface Handler {
        HttpResponse handle(Call call) throws Problem, InterruptedException;
    }

    List<String> segments() {
        return List.of(path.substring(1).split("/", -1));
    }
}
