package io.headrace.broker;

import io.headrace.bridge.Destinations;
import io.headrace.queue.Queue;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/// What went through one exchange since it was made or the broker started.
///
/// Threads: the loop.
public final class ExchangeCounts {
    /// Past this, queues that were not met before are not counted.
    private static final int QUEUES_MAX = 10_000;

    private final String exchange;
    private final Map<Integer, long[]> byQueue = new HashMap<>(0);
    long in;
    long out;

    ExchangeCounts(String exchange) {
        this.exchange = exchange;
    }

    String exchange() {
        return exchange;
    }

    /// Published to it.
    public long in() {
        return in;
    }

    /// Taken by a queue; a message counts once for each.
    public long out() {
        return out;
    }

    /// Those that went from here to the queue of that id.
    public long to(int queue) {
        var count = byQueue.get(queue);
        return count == null ? 0 : count[0];
    }

    /// By the ids of queues, some of which may be gone.
    Map<Integer, long[]> byQueue() {
        return byQueue;
    }

    /// So many messages went to all of these.
    void routed(Destinations to, long messages) {
        for (Queue queue : to.queues()) {
            count(queue.id(), messages);
        }
        for (var stream : to.streams()) {
            count(stream.id(), messages);
        }
    }

    private void count(int queue, long messages) {
        var count = byQueue.get(queue);
        if (count == null) {
            if (byQueue.size() == QUEUES_MAX) {
                return;
            }
            count = new long[1];
            byQueue.put(queue, count);
        }
        count[0] += messages;
    }

    /// Ids are not used again, so what is gone may be forgotten at leisure.
    void forget(IntPredicate gone) {
        byQueue.keySet().removeIf(gone::test);
    }
}
