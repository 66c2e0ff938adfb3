package io.headrace.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The consumers of one queue: those that may take a message in rings, one for each priority, each ring
/// served in turn; the others wait aside until they are resumed.
///
/// With a single active consumer one of them has all messages, and the others wait for its place: of a classic queue
/// the one that came first, of a quorum queue the first of the highest priority, which gets the place from a lower one
/// as soon as that one has nothing unsettled.
///
/// Threads: the loop of the queue.
final class Subscribers {
    private record Ring(int priority, ArrayDeque<QueueSubscription> inTurn) {}

    private final boolean single;
    private final boolean byPriority;
    private final List<QueueSubscription> all = new ArrayList<>(0);
    private final List<Ring> rings = new ArrayList<>(0); // highest priority first
    private QueueSubscription active; // null if there is none, or not a single one
    private QueueSubscription exclusive; // null if nobody consumes exclusively

    /// @param single one consumer has all messages
    /// @param byPriority which one it is depends on priorities
    Subscribers(boolean single, boolean byPriority) {
        this.single = single;
        this.byPriority = byPriority;
    }

    void add(QueueSubscription subscription, boolean exclusively) {
        all.add(subscription);
        resume(subscription);
        if (exclusively) {
            exclusive = subscription;
        }
        chooseActive();
    }

    void remove(QueueSubscription subscription) {
        all.remove(subscription);
        ring(subscription.subscriber.priority()).inTurn.remove(subscription);
        subscription.inTurn = false;
        if (exclusive == subscription) {
            exclusive = null;
        }
        if (active == subscription) {
            active = null;
        }
        chooseActive();
    }

    boolean consumedExclusively() {
        return exclusive != null;
    }

    boolean isActive(QueueSubscription subscription) {
        return !single || active == subscription;
    }

    /// A consumer has nothing unsettled any more.
    ///
    /// @return whether another one is active now
    boolean idle(QueueSubscription subscription) {
        return subscription == active && chooseActive();
    }

    // the place of a running one is taken only by a higher one, and only while it has nothing to finish
    private boolean chooseActive() {
        if (!single || all.isEmpty() || active != null && (!byPriority || active.unsettled > 0)) {
            return false;
        }
        var first = all.getFirst();
        for (var other : all) {
            if (byPriority && other.subscriber.priority() > first.subscriber.priority()) {
                first = other;
            }
        }
        if (active != null && active.subscriber.priority() >= first.subscriber.priority()) {
            return false;
        }
        active = first;
        return true;
    }

    void resume(QueueSubscription subscription) {
        subscription.inTurn = true;
        ring(subscription.subscriber.priority()).inTurn.addLast(subscription);
    }

    /// The next in turn that can take a message, or null; it has then had its turn.
    QueueSubscription next() {
        return single ? nextOfOne() : nextOfAll();
    }

    /// Whether [#next] would find one; it keeps its turn.
    boolean ready() {
        return single ? nextOfOne() != null : rings.stream().anyMatch(Subscribers::ready);
    }

    // those before it that cannot take one wait aside
    private static boolean ready(Ring ring) {
        var inTurn = ring.inTurn;
        for (var first = inTurn.peekFirst(); first != null; first = inTurn.peekFirst()) {
            if (first.subscriber.ready()) {
                return true;
            }
            inTurn.removeFirst().inTurn = false;
        }
        return false;
    }

    private QueueSubscription nextOfOne() {
        if (active == null || !active.inTurn) {
            return null;
        }
        if (active.subscriber.ready()) {
            return active;
        }
        ring(active.subscriber.priority()).inTurn.remove(active);
        active.inTurn = false;
        return null;
    }

    private QueueSubscription nextOfAll() {
        for (int i = 0; i < rings.size(); i++) {
            var ring = rings.get(i);
            if (ready(ring)) {
                var next = ring.inTurn.removeFirst();
                ring.inTurn.addLast(next);
                return next;
            }
        }
        return null;
    }

    int count() {
        return all.size();
    }

    /// In the order in which they came.
    List<QueueSubscription> all() {
        return List.copyOf(all);
    }

    List<QueueSubscription> removeAll() {
        var removed = List.copyOf(all);
        all.clear();
        rings.clear();
        active = null;
        exclusive = null;
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
