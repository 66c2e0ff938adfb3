package io.headrace.stream;

import java.util.ArrayDeque;
import java.util.TreeSet;

/// The transactions of a partition that hold its last stable offset back: those that are open, and those whose marker
/// has its place and is not committed.
///
/// Threads: the loop of the partition.
final class OpenTransactions {
    /// As if there were none.
    static final long NONE = Long.MAX_VALUE;

    /// A transaction that has ended.
    private record Ended(long firstOffset, long markerOffset) {}

    private final TreeSet<Long> open = new TreeSet<>(); // first offsets
    private final TreeSet<Long> uncommitted = new TreeSet<>(); // first offsets of `ended`
    private final ArrayDeque<Ended> ended = new ArrayDeque<>(); // in the order of their markers
    private long firstUnstable = NONE;

    void began(long firstOffset) {
        open.add(firstOffset);
        firstUnstable = Math.min(firstUnstable, firstOffset);
    }

    /// @return up to where the partition is stable once that marker is committed
    long ended(long firstOffset, long markerOffset) {
        open.remove(firstOffset);
        uncommitted.add(firstOffset);
        ended.addLast(new Ended(firstOffset, markerOffset));
        return open.isEmpty() ? markerOffset + 1 : open.first();
    }

    /// What is below `highWatermark` is committed.
    void committed(long highWatermark) {
        if (ended.isEmpty() || ended.getFirst().markerOffset >= highWatermark) {
            return;
        }
        while (!ended.isEmpty() && ended.getFirst().markerOffset < highWatermark) {
            uncommitted.remove(ended.removeFirst().firstOffset);
        }
        firstUnstable =
                Math.min(open.isEmpty() ? NONE : open.first(), uncommitted.isEmpty() ? NONE : uncommitted.first());
    }

    /// The first offset of the oldest of them, [#NONE] if there is none.
    long firstUnstable() {
        return firstUnstable;
    }
}
