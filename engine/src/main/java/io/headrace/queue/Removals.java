package io.headrace.queue;

import io.headrace.shard.Shard;

/// How messages of one queue leave its index, in the turn that decides it and when the log says so.
///
/// Threads: the loop of the queue.
final class Removals {
    private final Queue queue;
    private final Queues queues;
    private final Shard shard;
    private final Settlements settlements = new Settlements();

    Removals(Queue queue, Queues queues, Shard shard) {
        this.queue = queue;
        this.queues = queues;
        this.shard = shard;
    }

    // ---- decided ----

    /// What is outstanding or dying is done with.
    void settle(long sequence) {
        if (queue.index(sequence).isTransient(sequence)) {
            clear(sequence);
        } else {
            settlements.add(sequence);
            queues.settleLater(queue);
        }
    }

    /// What is dying is somewhere else now: says so in the open entry.
    void moved(long sequence) {
        if (!queue.index(sequence).isTransient(sequence)) {
            int at = shard.reserve(Queue.MOVED_BYTES);
            QueueOps.settle(shard.durablePage(), at, queue.id(), sequence);
        }
        clear(sequence);
    }

    // ahead of the operation that says so, which will find nothing
    private void clear(long sequence) {
        var index = queue.index(sequence);
        if (index.isTransient(sequence)) {
            shard.releaseTransient(index.location(sequence));
        }
        index.clear(sequence);
    }

    /// A ready message is gone at once: nothing may find it before the log has it.
    void erase(long sequence) {
        var index = queue.index(sequence);
        if (index.isTransient(sequence)) {
            shard.releaseTransient(index.location(sequence));
        } else {
            settlements.add(sequence);
            queues.settleLater(queue);
        }
        index.erase(sequence);
    }

    void clear() {
        settlements.clear();
    }

    /// Logs what was settled since the last call.
    void encode() {
        settlements.sort();
        for (int from = 0; from < settlements.count(); ) {
            int ranges = settlements.ranges(from);
            int at = shard.reserve(QueueOps.settleBytes(ranges));
            from = settlements.write(shard.durablePage(), at, queue.id(), from, ranges);
        }
        settlements.clear();
    }

    // ---- logged ----

    void applySettled(long first, int count) {
        var index = queue.index(first);
        for (long sequence = first; sequence < first + count; sequence++) {
            index.clear(sequence);
        }
    }

    /// Removes everything of a lane below `end` but `kept`, which is sorted.
    void applyPurged(long end, long[] kept) {
        var index = queue.index(end);
        queue.contents().forEachBelow(end, kept, sequence -> {
            if (index.isTransient(sequence)) {
                shard.releaseTransient(index.location(sequence));
            }
            index.erase(sequence);
        });
    }

    /// Removes all messages that are ready or delayed, and closes the turn.
    ///
    /// @return how many
    long purge() {
        long count = queue.ready() + queue.delayed();
        if (count == 0) {
            return 0;
        }
        var contents = queue.contents();
        var back = contents.returned().toArray();
        for (var lane : contents.lanes()) {
            if (!lane.unused()) {
                purge(lane, back);
            }
        }
        contents.returned().clear();
        shard.urgent();
        shard.close();
        return count;
    }

    private void purge(Lane lane, long[] back) {
        var kept = queue.contents().purge(lane, back);
        int at = shard.reserve(QueueOps.purgeBytes(kept.length));
        QueueOps.purge(shard.durablePage(), at, queue.id(), lane.nextSequence(), kept);
    }
}
