package io.headrace.broker;

import io.headrace.queue.Queue;
import io.headrace.queue.QueueTraits;
import io.headrace.shard.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Deletes queues that nobody has used for as long as they say: no consumer, no `basic.get`, and of a classic queue no
/// declaration. After a start the time begins anew.
///
/// Threads: the loop.
final class UnusedQueues {
    /// A queue with consumers is looked at again after this, or its own time if that is shorter.
    private static final long LOOK_MILLIS_MAX = 60_000;

    private final Loop loop;
    private final Consumer<Queue> deletion;
    private final Map<Integer, Watched> watched = new HashMap<>(); // by id

    private static final class Watched {
        final Queue queue;
        long usedMillis;
        Loop.Timer timer;

        Watched(Queue queue) {
            this.queue = queue;
        }
    }

    /// @param deletion deletes a queue, if it is still there
    UnusedQueues(Loop loop, Consumer<Queue> deletion) {
        this.loop = loop;
        this.deletion = deletion;
    }

    /// The queue is new, or other traits hold for it.
    void watch(Queue queue) {
        forget(queue);
        if (queue.traits().expiresMillis() != QueueTraits.NONE) {
            var one = new Watched(queue);
            one.usedMillis = loop.clock().millis();
            watched.put(queue.id(), one);
            lookAfter(one, queue.traits().expiresMillis());
        }
    }

    void used(Queue queue) {
        if (queue.traits().expiresMillis() != QueueTraits.NONE) {
            var one = watched.get(queue.id());
            if (one != null) {
                one.usedMillis = loop.clock().millis();
            }
        }
    }

    void forget(Queue queue) {
        var one = watched.remove(queue.id());
        if (one != null) {
            one.timer.cancel();
        }
    }

    private void lookAfter(Watched one, long millis) {
        one.timer = loop.schedule(Math.clamp(millis, 1, LOOK_MILLIS_MAX), () -> look(one));
    }

    private void look(Watched one) {
        if (one.queue.gone() || watched.get(one.queue.id()) != one) {
            return;
        }
        long now = loop.clock().millis();
        if (one.queue.subscribers() > 0) {
            one.usedMillis = now;
        }
        long left = one.usedMillis + one.queue.traits().expiresMillis() - now;
        if (left <= 0) {
            watched.remove(one.queue.id());
            deletion.accept(one.queue);
        } else {
            lookAfter(one, left);
        }
    }
}
