package io.headrace.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The consumers of one queue: those that may take a message in rings, one for each priority, each ring served in
/// turn; the others wait aside until they are resumed.
///
/// Threads: the loop of the queue.
final class Subscribers {
    private static final class Ring {
        final int priority;
        final ArrayDeque<Subscriber> active = new ArrayDeque<>();

        Ring(int priority) {
            this.priority = priority;
        }

        int priority() {
            return priority;
        }
    }

    private final List<Subscriber> all = new ArrayList<>();
    private final List<Ring> rings = new ArrayList<>(1); // highest priority first

    void add(Subscriber subscriber) {
        all.add(subscriber);
        ring(subscriber.priority()).active.addLast(subscriber);
    }

    /// @return false if it was not here
    boolean remove(Subscriber subscriber) {
        ring(subscriber.priority()).active.remove(subscriber);
        return all.remove(subscriber);
    }

    void resume(Subscriber subscriber) {
        var active = ring(subscriber.priority()).active;
        if (!active.contains(subscriber) && all.contains(subscriber)) {
            active.addLast(subscriber);
        }
    }

    /// The next in turn that can take a message; it has then had its turn.
    Subscriber next() {
        for (var ring : rings) {
            for (var subscriber = ring.active.pollFirst();
                    subscriber != null;
                    subscriber = ring.active.pollFirst()) {
                if (subscriber.ready()) {
                    ring.active.addLast(subscriber);
                    return subscriber;
                }
            }
        }
        return null;
    }

    int count() {
        return all.size();
    }

    List<Subscriber> removeAll() {
        var removed = List.copyOf(all);
        all.clear();
        rings.clear();
        return removed;
    }

    private Ring ring(int priority) {
        Optional<Ring> known =
                rings.stream().filter(ring -> ring.priority == priority).findFirst();
        return known.orElseGet(() -> {
            var ring = new Ring(priority);
            rings.add(ring);
            rings.sort(Comparator.comparingInt(Ring::priority).reversed());
            return ring;
        });
    }
}
