package io.headrace.management;

import io.headrace.http.Percent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.TreeMap;

/// All routes, found by the path as it was sent: names are decoded after the path was split, since they may have
/// slashes in them.
///
/// A segment that a route spells out wins over a variable.
///
/// Threads: immutable.
final class Routes {
    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private final Map<String, Node> variables = new LinkedHashMap<>(); // by their names
        private final Map<String, Route> methods = new TreeMap<>();
    }

    /// A path that exists.
    ///
    /// @param methods by name; one of them may be the one that was asked for
    record Found(Map<String, Route> methods, Map<String, String> variables) {}

    private final Node root = new Node();
    private final List<Route> all;

    Routes(Collection<Route> routes) {
        all = List.copyOf(routes);
        routes.forEach(this::add);
    }

    private void add(Route route) {
        var node = root;
        for (String segment : route.segments()) {
            boolean variable = segment.startsWith("{");
            var name = variable ? segment.substring(1, segment.length() - 1) : segment;
            node = (variable ? node.variables : node.literals).computeIfAbsent(name, _ -> new Node());
        }
        if (node.methods.put(route.method(), route) != null) {
            throw new IllegalStateException("two routes for " + route.method() + " " + route.path());
        }
    }

    SequencedCollection<Route> all() {
        return all;
    }

    Optional<Found> find(String rawPath) {
        List<String> segments = new ArrayList<>(List.of(rawPath.split("/", -1)));
        segments.removeFirst(); // before the first slash
        if (segments.size() > 1 && segments.getLast().isEmpty()) {
            segments.removeLast();
        }
        return find(root, segments, 0, Map.of());
    }

    private static Optional<Found> find(Node node, List<String> segments, int at, Map<String, String> variables) {
        if (at == segments.size()) {
            return node.methods.isEmpty() ? Optional.empty() : Optional.of(new Found(node.methods, variables));
        }
        var literal = node.literals.get(segments.get(at));
        if (literal != null) {
            var found = find(literal, segments, at + 1, variables);
            if (found.isPresent()) {
                return found;
            }
        }
        for (var variable : node.variables.entrySet()) {
            Map<String, String> more = new HashMap<>(variables);
            more.put(variable.getKey(), Percent.decode(segments.get(at)));
            var found = find(variable.getValue(), segments, at + 1, more);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
