package io.headrace.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The consumers of one queue: those that may take a message in rings, one for each priority, each ring
/// served in turn; the others wait aside until they are resumed.
///
/// Threads: the loop of the queue.
final class Subscribers {
    private record Ring(int priority, ArrayDeque<QueueSubscription> inTurn) {}

    private final List<QueueSubscription> all = new ArrayList<>(0);
    private final List<Ring> rings = new ArrayList<>(0); // highest priority first

    void add(QueueSubscription subscription) {
        all.add(subscription);
        resume(subscription);
    }

    void remove(QueueSubscription subscription) {
        all.remove(subscription);
        ring(subscription.subscriber.priority()).inTurn.remove(subscription);
        subscription.inTurn = false;
    }

    void resume(QueueSubscription subscription) {
        subscription.inTurn = true;
        ring(subscription.subscriber.priority()).inTurn.addLast(subscription);
    }

    /// The next in turn that can take a message, or null; it has then had its turn.
    QueueSubscription next() {
        for (int i = 0; i < rings.size(); i++) {
            var inTurn = rings.get(i).inTurn;
            for (var next = inTurn.pollFirst(); next != null; next = inTurn.pollFirst()) {
                if (next.subscriber.ready()) {
                    inTurn.addLast(next);
                    return next;
                }
                next.inTurn = false;
            }
        }
        return null;
    }

    int count() {
        return all.size();
    }

    List<QueueSubscription> removeAll() {
        var removed = List.copyOf(all);
        all.clear();
        rings.clear();
        return removed;
    }

    private Ring ring(int priority) {
        for (var ring : rings) {
            if (ring.priority == priority) {
                return ring;
            }
        }
        var ring = new Ring(priority, new ArrayDeque<>(2));
        rings.add(ring);
        rings.sort(Comparator.comparingInt(Ring::priority).reversed());
        return ring;
    }
}
