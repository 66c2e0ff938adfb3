package io.headrace.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a message has reached so far: queues, and exchanges still to visit. Nearly always it is what one
/// place of one table leads to, and then nothing is copied.
///
/// Threads: one routing.
final class Found {
    private int[] ids = {}; // as long as `own` is false it belongs to a table
    private int count;
    private boolean own;
    private boolean ascending = true; // and each once
    private final String firstExchange;
    private Deque<String> toVisit; // both null until a second exchange is met
    private Set<String> visited;
    private int hits;
    private List<String> histories = List.of();

    Found(String firstExchange) {
        this.firstExchange = firstExchange;
    }

    void add(Targets targets) {
        if (targets.isEmpty()) {
            return;
        }
        hits++;
        addQueues(targets.queueIds());
        for (String exchange : targets.exchanges()) {
            visit(exchange);
        }
    }

    void visit(String exchange) {
        if (visited == null) {
            visited = new HashSet<>(Set.of(firstExchange));
            toVisit = new ArrayDeque<>();
        }
        if (visited.add(exchange)) {
            toVisit.add(exchange);
        }
    }

    /// The next exchange that has not been visited, null if there is none.
    String nextExchange() {
        return toVisit == null ? null : toVisit.poll();
    }

    /// An exchange that remembers messages was visited.
    void remember(String exchange) {
        List<String> more = new ArrayList<>(histories);
        more.add(exchange);
        histories = List.copyOf(more);
    }

    List<String> histories() {
        return histories;
    }

    /// How many places have led somewhere.
    int hits() {
        return hits;
    }

    private void addQueues(int[] more) {
        if (more.length == 0) {
            return;
        }
        if (count == 0) {
            ids = more;
            count = more.length;
            return;
        }
        if (!own || count + more.length > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(2 * count, count + more.length));
            own = true;
        }
        System.arraycopy(more, 0, ids, count, more.length);
        count += more.length;
        ascending = false;
    }

    /// Ascending, each once.
    int[] queueIds() {
        if (ascending) {
            return ids;
        }
        int[] sorted = Arrays.copyOf(ids, count);
        Arrays.sort(sorted);
        return SortedIds.distinct(sorted);
    }
}
