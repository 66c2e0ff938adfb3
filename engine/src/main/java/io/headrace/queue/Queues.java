package io.headrace.queue;

import io.headrace.log.Location;
import io.headrace.log.PageFile;
import io.headrace.message.StoredMessage;
import io.headrace.shard.DataPart;
import io.headrace.shard.Shard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The queues of one shard: their part of the DATA group, and what the shard does for them in a turn.
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
public final class Queues implements DataPart {
    /// Messages delivered from one queue before the others have their turn.
    private static final int DELIVER_MAX = 256;
    /// Queues served in one round; a turn has a few rounds.
    private static final int ROUND_MAX = 1024;

    private final Shard shard;
    private final IndexStore store;
    private final IntMap<Queue> byId = new IntMap<>();
    private List<Queue> toDeliver = new ArrayList<>();
    private List<Queue> delivering = new ArrayList<>();
    private final List<Queue> toSettle = new ArrayList<>();
    private final List<Queue> awaitingCommit = new ArrayList<>();
    private Consumer<Queue> onUnsubscribed = queue -> {};
    final StoredMessage message = new StoredMessage();
    final Shard.Found found = new Shard.Found();

    /// @param residentPages index pages of 64 KiB that may stay in memory
    public Queues(Shard shard, PageFile pages, int residentPages) {
        this.shard = shard;
        this.store = new IndexStore(pages, residentPages);
    }

    /// Who decides what happens to a queue that lost a consumer (auto-delete).
    public void onUnsubscribed(Consumer<Queue> listener) {
        onUnsubscribed = listener;
    }

    public Queue create(int id, boolean durable, boolean quorum) {
        var queue = new Queue(id, durable, quorum, this, shard, store);
        byId.put(id, queue);
        return queue;
    }

    /// @return null if there is none
    public Queue byId(int id) {
        return byId.get(id);
    }

    /// Deletes the queue's messages and cancels its consumers.
    public void delete(Queue queue) {
        int at = shard.reserve(QueueOps.DROP_BYTES);
        QueueOps.drop(shard.durablePage(), at, queue.id());
        forget(queue);
    }

    /// Forgets a queue whose deletion is in the log already.
    public void forget(Queue queue) {
        byId.remove(queue.id());
        queue.discard();
    }

    /// A message on its way into queues: where it can be written to.
    public interface Source {
        /// Bytes of the stored message.
        int sizeBytes();

        /// Writes the stored message at `at`.
        void write(ByteBuffer page, int at);
    }

    /// The most that [#enqueue] encodes into the log.
    public static long enqueueBytes(int targets, int messageBytes) {
        return (long) QueueOps.enqueueBytes(targets, 0) + messageBytes;
    }

    /// Stores a message once for the queues that log it, and once for those that do not.
    ///
    /// @return whether it goes into the log
    public boolean enqueue(Queue[] targets, boolean persistent, Source source) {
        int logged = 0;
        for (var target : targets) {
            if (target.logs(persistent)) {
                logged++;
            }
        }
        if (logged > 0) {
            store(targets, persistent, true, logged, source);
        }
        if (logged < targets.length) {
            store(targets, persistent, false, targets.length - logged, source);
        }
        return logged > 0;
    }

    private void store(Queue[] targets, boolean persistent, boolean log, int count, Source source) {
        int bytes = QueueOps.enqueueBytes(count, source.sizeBytes());
        int at = log ? shard.reserve(bytes) : shard.reserveTransient(bytes);
        boolean written = false;
        try {
            write(targets, persistent, log, count, log ? shard.durablePage() : shard.transientPage(), at, source);
            written = true;
        } finally {
            if (!written) { // the source's bytes were not what it said; nothing of it may be applied
                shard.takeBack(at, log);
            }
        }
    }

    private static void write(
            Queue[] targets, boolean persistent, boolean log, int count, ByteBuffer page, int at, Source source) {
        QueueOps.enqueue(page, at, count);
        int index = 0;
        for (var target : targets) {
            if (target.logs(persistent) == log) {
                QueueOps.target(page, at, index++, target.id(), target.assign());
            }
        }
        source.write(page, QueueOps.messageStart(at, count));
    }

    // ---- the turn ----

    /// Encodes what was decided since the last round and is not in a batch yet (settlements).
    public void encode() {
        for (int i = 0; i < toSettle.size(); i++) {
            var queue = toSettle.get(i);
            queue.queuedToSettle = false;
            var settlements = queue.settlements();
            settlements.sort();
            for (int from = 0; from < settlements.count(); ) {
                int ranges = settlements.ranges(from);
                int at = shard.reserve(QueueOps.settleBytes(ranges));
                from = settlements.write(shard.durablePage(), at, queue.id(), from, ranges);
            }
            settlements.clear();
        }
        toSettle.clear();
    }

    @Override
    public int apply(long entry, ByteBuffer page, int entryStart, int at, boolean durable) {
        return page.get(at) == QueueOps.ENQUEUE
                ? applyEnqueue(entry, page, entryStart, at, durable)
                : applyOther(page, at);
    }

    /// Hands ready messages to consumers, within a bound.
    ///
    /// @return true if there is more to do in this turn
    public boolean deliver() {
        var round = toDeliver;
        toDeliver = delivering;
        delivering = round;
        int last = Math.min(round.size(), ROUND_MAX);
        for (int i = 0; i < last; i++) {
            var queue = round.get(i);
            queue.queuedToDeliver = false;
            if (!queue.gone() && queue.deliver(DELIVER_MAX)) {
                deliverLater(queue);
            }
        }
        for (int i = last; i < round.size(); i++) {
            toDeliver.add(round.get(i)); // still marked as queued
        }
        round.clear();
        return !toDeliver.isEmpty() || !toSettle.isEmpty();
    }

    @Override
    public void committed(long offset) {
        for (int i = awaitingCommit.size() - 1; i >= 0; i--) {
            var queue = awaitingCommit.get(i);
            if (queue.committed(offset)) {
                deliverLater(queue);
            }
            if (!queue.awaitsCommit() || queue.gone()) {
                awaitingCommit.remove(i);
            }
        }
    }

    void deliverLater(Queue queue) {
        if (!queue.queuedToDeliver && queue.subscribers() > 0) {
            queue.queuedToDeliver = true;
            toDeliver.add(queue);
            shard.touch();
        }
    }

    void settleLater(Queue queue) {
        if (!queue.queuedToSettle) {
            queue.queuedToSettle = true;
            toSettle.add(queue);
            shard.touch();
        }
    }

    void awaitCommit(Queue queue) {
        if (awaitingCommit.isEmpty() || awaitingCommit.getLast() != queue && !awaitingCommit.contains(queue)) {
            awaitingCommit.add(queue);
        }
    }

    void unsubscribed(Queue queue) {
        onUnsubscribed.accept(queue);
    }

    private int applyEnqueue(long entry, ByteBuffer page, int entryStart, int at, boolean durable) {
        int targets = page.getShort(at + 1);
        int start = QueueOps.messageStart(at, targets);
        message.wrap(page, start);
        int end = message.bodyStart() + message.bodyBytes();
        long location = Location.of(entry, start - entryStart);
        for (int i = 0; i < targets; i++) {
            int target = at + 1 + Short.BYTES + i * QueueOps.TARGET_BYTES;
            var queue = byId.get(page.getInt(target));
            if (queue != null) {
                queue.applied(page.getLong(target + Integer.BYTES), location, end - start, !durable, entry);
                if (!durable) {
                    shard.retainTransient(location);
                }
            }
        }
        return end;
    }

    private int applyOther(ByteBuffer page, int at) {
        byte type = page.get(at);
        var queue = byId.get(page.getInt(at + 1));
        return switch (type) {
            case QueueOps.SETTLE -> applySettle(queue, page, at);
            case QueueOps.PURGE -> applyPurge(queue, page, at);
            case QueueOps.DROP -> at + QueueOps.DROP_BYTES;
            default -> throw new IllegalStateException("operation " + type + " at " + at + " is not known");
        };
    }

    private static int applySettle(Queue queue, ByteBuffer page, int at) {
        int ranges = page.getInt(at + 5);
        for (int i = 0; i < ranges && queue != null; i++) {
            int range = at + 9 + i * QueueOps.RANGE_BYTES;
            queue.applySettled(page.getLong(range), page.getInt(range + Long.BYTES));
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
            queue.applyPurged(page.getLong(at + 5), kept);
        }
        return at + QueueOps.purgeBytes(count);
    }

    // ---- recovery ----

    @Override
    public int replay(long entry, ByteBuffer page, int entryStart, int at) {
        return switch (page.get(at)) {
            case QueueOps.ENQUEUE -> replayEnqueue(entry, page, entryStart, at);
            case QueueOps.DROP -> replayDrop(page, at);
            default -> applyOther(page, at);
        };
    }

    private int replayEnqueue(long offset, ByteBuffer page, int entryStart, int at) {
        int targets = page.getShort(at + 1);
        int start = QueueOps.messageStart(at, targets);
        message.wrap(page, start);
        int end = message.bodyStart() + message.bodyBytes();
        for (int i = 0; i < targets; i++) {
            int target = at + 1 + Short.BYTES + i * QueueOps.TARGET_BYTES;
            var queue = byId.get(page.getInt(target));
            if (queue != null) {
                long sequence = page.getLong(target + Integer.BYTES);
                queue.replayed(sequence, Location.of(offset, start - entryStart), end - start);
            }
        }
        return end;
    }

    private int replayDrop(ByteBuffer page, int at) {
        var queue = byId.get(page.getInt(at + 1));
        if (queue != null) {
            forget(queue);
        }
        return at + QueueOps.DROP_BYTES;
    }

    /// The queues are those that the catalog has by now; what is in them is the snapshot's. The index
    /// blocks it names are kept until a later checkpoint is durable, so nothing older than the newest
    /// durable one can be restored.
    public void restore(ByteBuffer snapshot) {
        reset();
        QueueSnapshot.restore(snapshot, this);
    }

    /// Empties all queues, without a word to the log: whoever holds one finds it gone.
    public void reset() {
        for (var queue : all()) {
            queue.discard();
            byId.put(queue.id(), queue.fresh());
        }
    }

    /// Replay is over; `exact` when the last run ended in order.
    public void recovered(boolean exact) {
        byId.forEach(queue -> queue.recovered(exact));
    }

    /// In ascending order of ids.
    List<Queue> all() {
        var all = new ArrayList<Queue>(byId.size());
        byId.forEach(all::add);
        all.sort((a, b) -> Integer.compare(a.id(), b.id()));
        return all;
    }

    IndexStore store() {
        return store;
    }
}
