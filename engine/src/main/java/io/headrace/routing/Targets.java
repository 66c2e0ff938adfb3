package io.headrace.routing;

import java.util.Arrays;

/// What one place of a routing table leads to: queues by id and exchanges by name. Immutable. A target
/// counts as often as there are bindings that lead to it, so that it stays until the last of them goes.
final class Targets {
    static final Targets NONE = new Targets(new int[0], new String[0]);

    private final int[] queues; // ascending, with repeats
    private final int[] distinctQueues; // ascending; the same array if nothing repeats
    private final String[] exchanges; // with repeats

    private Targets(int[] queues, String[] exchanges) {
        this.queues = queues;
        this.distinctQueues = SortedIds.distinct(queues);
        this.exchanges = exchanges;
    }

    static Targets queue(int id) {
        return new Targets(new int[] {id}, NONE.exchanges);
    }

    Targets with(Target target) {
        return switch (target) {
            case Target.Queue(int id) -> new Targets(SortedIds.with(queues, id), exchanges);
            case Target.Exchange(String name) -> {
                String[] more = Arrays.copyOf(exchanges, exchanges.length + 1);
                more[exchanges.length] = name;
                yield new Targets(queues, more);
            }
        };
    }

    /// Without one occurrence of `target`; the same if it has none.
    Targets without(Target target) {
        return switch (target) {
            case Target.Queue(int id) -> {
                int at = Arrays.binarySearch(queues, id);
                yield at < 0 ? this : new Targets(SortedIds.withoutIndex(queues, at), exchanges);
            }
            case Target.Exchange(String name) -> {
                int at = Arrays.asList(exchanges).indexOf(name);
                yield at < 0 ? this : new Targets(queues, withoutIndex(exchanges, at));
            }
        };
    }

    boolean isEmpty() {
        return queues.length == 0 && exchanges.length == 0;
    }

    /// Ascending, each once. Not to be changed.
    int[] queueIds() {
        return distinctQueues;
    }

    /// Perhaps with repeats. Not to be changed.
    String[] exchanges() {
        return exchanges;
    }

    private static String[] withoutIndex(String[] names, int at) {
        String[] fewer = new String[names.length - 1];
        System.arraycopy(names, 0, fewer, 0, at);
        System.arraycopy(names, at + 1, fewer, at, fewer.length - at);
        return fewer;
    }
}
