package io.headrace.queue;

import io.headrace.shard.Shard;
import java.util.Arrays;

/// How often each message of a quorum queue came back, in memory and in the log.
///
/// Threads: the loop of the queue.
final class Retries {
    private static final int FIRST_ROOM = 16;
    /// Of one operation, so that it fits a page.
    private static final int MESSAGES_MAX = 4096;
    private static final long[] NONE = {};

    private final Queue queue;
    private final Queues queues;
    private final Attempts attempts = new Attempts();
    private long[] changed = NONE; // on their way into the log
    private int changedCount;

    Retries(Queue queue, Queues queues) {
        this.queue = queue;
        this.queues = queues;
    }

    int attempts(long sequence) {
        return attempts.get(sequence);
    }

    /// The message came back once more.
    ///
    /// @return whether that is more often than it may
    boolean exceeded(long sequence) {
        int count = attempts.get(sequence) + 1;
        long limit = queue.traits().deliveryLimit();
        if (limit != QueueTraits.NONE && count > limit) {
            queues.deliveryLimitReached(queue);
            return true;
        }
        attempts.put(sequence, count);
        if (changedCount == changed.length) {
            changed = Arrays.copyOf(changed, Math.max(FIRST_ROOM, changedCount * 2));
        }
        changed[changedCount++] = sequence;
        queues.settleLater(queue);
        return false;
    }

    void forget(long sequence) {
        attempts.remove(sequence);
    }

    void clear() {
        attempts.clear();
        changed = NONE;
        changedCount = 0;
    }

    int size() {
        return attempts.size();
    }

    void forEach(Attempts.Visitor visitor) {
        attempts.forEach(visitor);
    }

    /// Logs what changed since the last call.
    void encode(Shard shard) {
        for (int from = 0; from < changedCount; from += MESSAGES_MAX) {
            int count = Math.min(changedCount - from, MESSAGES_MAX);
            int at = shard.reserve(QueueOps.attemptsBytes(count));
            var page = shard.durablePage();
            QueueOps.attempts(page, at, queue.id(), count);
            for (int i = 0; i < count; i++) {
                long sequence = changed[from + i];
                QueueOps.attempt(page, at, i, sequence, attempts.get(sequence));
            }
        }
        changedCount = 0;
        if (changed.length > MESSAGES_MAX) {
            changed = NONE;
        }
    }

    void applied(long sequence, int count) {
        if (count > 0 && queue.index(sequence).isLive(sequence)) {
            attempts.put(sequence, count);
        }
    }
}
