package io.headrace.broker;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The requests of Kafka's protocol, by their kinds.
///
/// Threads: the loop.
public final class Requests {
    private final Throttles throttles = new Throttles();
    private final SortedMap<String, RequestTimes> byName = new TreeMap<>();

    /// Who had to wait because of a quota.
    public Throttles throttles() {
        return throttles;
    }

    /// To be kept by who counts: it is one and the same for a name.
    public RequestTimes of(String request) {
        return byName.computeIfAbsent(request, RequestTimes::new);
    }

    /// Of those that were ever asked.
    public List<RequestTimes.Report> reports() {
        return byName.values().stream().map(RequestTimes::report).toList();
    }
}
