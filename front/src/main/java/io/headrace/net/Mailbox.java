package io.headrace.net;

import io.headrace.shard.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// Carries tasks from one loop to another, in their order, and all that one turn has put at once: the loops meet once a
/// turn, not once a task. In a turn the receiver works off what was there when it looked, so its turns end however
/// busy the sender is.
///
/// How much is on its way is bounded by those who put tasks: each connection has only so many bytes under way
/// ([FarSocket], [FarWire]).
///
/// Threads: [#put] on the sending loop; the tasks run on the receiving one.
final class Mailbox {
    private static final System.Logger LOG = System.getLogger(Mailbox.class.getName());

    private final Loop from;
    private final Loop to;
    private final Queue<List<Runnable>> turns = new ConcurrentLinkedQueue<>(); // sent and not delivered
    private final AtomicInteger waiting = new AtomicInteger(); // turns; while it is not 0 a delivery is to come
    private final Runnable send = this::send;
    private final Runnable deliver = this::deliver;
    private List<Runnable> filling; // this turn's, the sender's own; null while there are none

    Mailbox(Loop from, Loop to) {
        this.from = from;
        this.to = to;
    }

    /// Has `task` run on the other loop, after this turn.
    void put(Runnable task) {
        if (filling == null) {
            filling = new ArrayList<>();
            from.afterTurn(send);
        }
        filling.add(task);
    }

    private void send() {
        turns.add(filling);
        filling = null;
        if (waiting.getAndIncrement() == 0) {
            try {
                to.execute(deliver);
            } catch (RejectedExecutionException ended) {
                LOG.log(System.Logger.Level.DEBUG, "the other loop has ended, and with it what was for it");
            }
        }
    }

    private void deliver() {
        int delivered = waiting.get();
        for (int i = 0; i < delivered; i++) {
            turns.remove().forEach(Mailbox::run);
        }
        to.afterTurn(() -> delivered(delivered));
    }

    /// What came during the turn is for the next one.
    private void delivered(int count) {
        if (waiting.addAndGet(-count) > 0) {
            to.execute(deliver);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable trouble) {
            // one task's trouble must not keep the others from running
            LOG.log(System.Logger.Level.ERROR, "A task from another loop failed", trouble);
        }
    }
}
