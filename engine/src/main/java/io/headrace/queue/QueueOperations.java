package io.headrace.queue;

import io.headrace.log.Location;
import io.headrace.shard.Shard;
import java.nio.ByteBuffer;

/// Does what the operations of the log say, in the turn that decided them and when they are replayed. [QueueOps]
/// draws them.
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
final class QueueOperations {
    private final Queues queues;
    private final Shard shard;

    QueueOperations(Queues queues, Shard shard) {
        this.queues = queues;
        this.shard = shard;
    }

    /// An operation that just got its place.
    ///
    /// @return where it ends
    int apply(long entry, ByteBuffer page, int entryStart, int at, boolean durable) {
        byte type = page.get(at);
        return type == QueueOps.ENQUEUE || type == QueueOps.EXPIRING
                ? applyEnqueue(entry, page, entryStart, at, durable)
                : applyOther(page, at);
    }

    private int applyEnqueue(long entry, ByteBuffer page, int entryStart, int at, boolean durable) {
        boolean expiring = page.get(at) == QueueOps.EXPIRING;
        int targets = page.getShort(at + 1);
        int start = QueueOps.messageStart(at, targets, expiring);
        queues.message.wrap(page, start);
        int bodyBytes = queues.message.bodyBytes();
        int end = queues.message.end();
        long location = Location.of(entry, start - entryStart);
        for (int i = 0; i < targets; i++) {
            int target = QueueOps.target(at, i, expiring);
            var queue = queues.byId(page.getInt(target));
            if (queue != null) {
                long sequence = page.getLong(target + Integer.BYTES);
                queue.applied(sequence, location, end - start, bodyBytes, !durable, entry);
                if (!durable) {
                    shard.retainTransient(location);
                }
                if (expiring) {
                    applyExpiry(queue, sequence, QueueOps.expiry(page, target));
                }
            }
        }
        return end;
    }

    private static void applyExpiry(Queue queue, long sequence, long atMillis) {
        if (atMillis != 0) {
            queue.expires(sequence, atMillis);
        }
    }

    private int applyOther(ByteBuffer page, int at) {
        byte type = page.get(at);
        var queue = queues.byId(page.getInt(at + 1));
        return switch (type) {
            case QueueOps.SETTLE -> applySettle(queue, page, at);
            case QueueOps.PURGE -> applyPurge(queue, page, at);
            case QueueOps.ATTEMPTS -> applyAttempts(queue, page, at);
            case QueueOps.RETRIES -> applyRetries(queue, page, at);
            case QueueOps.DROP -> at + QueueOps.DROP_BYTES;
            default -> throw new IllegalStateException("operation " + type + " at " + at + " is not known");
        };
    }

    private static int applySettle(Queue queue, ByteBuffer page, int at) {
        int ranges = page.getInt(at + 5);
        for (int i = 0; i < ranges && queue != null; i++) {
            int range = at + 9 + i * QueueOps.RANGE_BYTES;
            queue.removals().applySettled(page.getLong(range), page.getInt(range + Long.BYTES));
        }
        return at + QueueOps.settleBytes(ranges);
    }

    private static int applyPurge(Queue queue, ByteBuffer page, int at) {
        int count = page.getInt(at + 13);
        if (queue != null) {
            var kept = new long[count];
            for (int i = 0; i < count; i++) {
                kept[i] = page.getLong(at + 17 + i * Long.BYTES);
            }
            queue.removals().applyPurged(page.getLong(at + 5), kept);
        }
        return at + QueueOps.purgeBytes(count);
    }

    private static int applyAttempts(Queue queue, ByteBuffer page, int at) {
        int count = page.getInt(at + 5);
        for (int i = 0; i < count && queue != null; i++) {
            int attempt = QueueOps.attempt(at, i);
            queue.retries().applied(page.getLong(attempt), RetryWord.of(page.getInt(attempt + Long.BYTES), 0));
        }
        return at + QueueOps.attemptsBytes(count);
    }

    private static int applyRetries(Queue queue, ByteBuffer page, int at) {
        int count = page.getInt(at + 5);
        for (int i = 0; i < count && queue != null; i++) {
            int retry = QueueOps.retry(at, i);
            queue.retries().applied(page.getLong(retry), page.getLong(retry + Long.BYTES));
        }
        return at + QueueOps.retriesBytes(count);
    }

    int replay(long entry, ByteBuffer page, int entryStart, int at) {
        return switch (page.get(at)) {
            case QueueOps.ENQUEUE, QueueOps.EXPIRING -> replayEnqueue(entry, page, entryStart, at);
            case QueueOps.DROP -> replayDrop(page, at);
            default -> applyOther(page, at);
        };
    }

    private int replayEnqueue(long offset, ByteBuffer page, int entryStart, int at) {
        boolean expiring = page.get(at) == QueueOps.EXPIRING;
        int targets = page.getShort(at + 1);
        int start = QueueOps.messageStart(at, targets, expiring);
        queues.message.wrap(page, start);
        int bodyBytes = queues.message.bodyBytes();
        int end = queues.message.end();
        for (int i = 0; i < targets; i++) {
            int target = QueueOps.target(at, i, expiring);
            var queue = queues.byId(page.getInt(target));
            if (queue != null) {
                long sequence = page.getLong(target + Integer.BYTES);
                queue.replayed(sequence, Location.of(offset, start - entryStart), end - start, bodyBytes);
                if (expiring) {
                    applyExpiry(queue, sequence, QueueOps.expiry(page, target));
                }
            }
        }
        return end;
    }

    private int replayDrop(ByteBuffer page, int at) {
        var queue = queues.byId(page.getInt(at + 1));
        if (queue != null) {
            queues.forget(queue);
        }
        return at + QueueOps.DROP_BYTES;
    }
}
