package io.headrace.queue;

import io.headrace.shard.CommittedEnd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.LongConsumer;

/// What a queue holds, lane by lane, and what of it is ready: at or above the cursor of its lane, or returned.
///
/// Threads: the loop of the queue.
final class Contents {
    private final IndexTotals totals = new IndexTotals();
    private final Lane[] lanes;
    private final Returned returned = new Returned();
    private final CommittedEnd[] visible; // of each lane; none if everything is
    private final Levels levels = new Levels();

    /// @param quorum there are two levels, and what is not committed is not ready
    /// @param maxPriority of another queue
    /// @param queue that is told of what expires
    Contents(boolean quorum, int maxPriority, IndexStore store, Queue queue) {
        this.lanes = new Lane[quorum ? 2 : maxPriority + 1];
        this.visible = new CommittedEnd[quorum ? 2 : 0];
        for (int i = 0; i < visible.length; i++) {
            visible[i] = new CommittedEnd();
        }
        for (int i = 0; i < lanes.length; i++) {
            this.lanes[i] = new Lane(i, store, queue, totals);
        }
    }

    IndexTotals totals() {
        return totals;
    }

    long memoryBytes() {
        long[] bytes = {0};
        for (var lane : lanes) {
            lane.index.forEachPage((_, slot) -> bytes[0] += slot.resident() ? slot.page.memoryBytes() : 0);
        }
        return bytes[0];
    }

    long ready() {
        return totals.live - totals.taken - totals.delayed;
    }

    Lane[] lanes() {
        return lanes;
    }

    Lane lane(long sequence) {
        return lanes[Lane.of(sequence)];
    }

    QueueIndex index(long sequence) {
        return lanes[Lane.of(sequence)].index;
    }

    Returned returned() {
        return returned;
    }

    private boolean quorum() {
        return visible.length > 0;
    }

    /// Where consumers may not see the messages of a lane yet.
    long visibleEnd(int lane) {
        return quorum() ? visible[lane].visible() : Long.MAX_VALUE;
    }

    /// A message is committed with the entry at that offset.
    void appended(long sequence, long entry) {
        visible[Lane.of(sequence)].appended(entry, sequence + 1);
    }

    /// @return whether more became visible
    boolean committed(long offset) {
        boolean more = false;
        for (var end : visible) {
            more |= end.committed(offset);
        }
        return more;
    }

    /// Whether something waits for its commit.
    boolean awaitsCommit() {
        for (var end : visible) {
            if (end.waiting()) {
                return true;
            }
        }
        return false;
    }

    /// The last entry that something waits for; there is one.
    long newestEntry() {
        long newest = 0;
        for (var end : visible) {
            newest = end.waiting() ? Math.max(newest, end.newest()) : newest;
        }
        return newest;
    }

    /// @param priority of the message, -1 if it has none
    long assign(int priority) {
        if (quorum()) {
            return lanes[Levels.of(priority)].assign();
        }
        int highest = lanes.length - 1;
        return lanes[highest == 0 ? 0 : highest - Math.clamp(priority, 0, highest)].assign();
    }

    /// The first ready message, or -1.
    long peek() {
        if (ready() <= 0) {
            return -1;
        }
        if (quorum()) {
            return returned.isEmpty() ? levels.next(visible(Levels.NORMAL), visible(Levels.HIGH)) : returned.lowest();
        }
        long back = returned.isEmpty() ? Long.MAX_VALUE : returned.lowest();
        for (var lane : lanes) {
            if (back < lane.cursor()) {
                return back;
            }
            long sequence = lane.next();
            if (sequence >= 0) {
                return sequence;
            }
        }
        return -1;
    }

    private long visible(int lane) {
        long sequence = lanes[lane].next();
        return sequence < visibleEnd(lane) ? sequence : -1;
    }

    /// The first ready messages in the order in which they leave, but for `skip` of them; of a quorum queue, high ones
    /// first.
    long[] firstReady(int skip, int most) {
        var ready = new Ready(skip, most);
        var back = returned.toArray();
        if (quorum()) {
            for (int i = 0; i < back.length && !ready.enough(); i++) {
                ready.add(back[i]);
            }
            for (int level = Levels.HIGH; level >= Levels.NORMAL; level--) {
                for (long s = lanes[level].next(); s >= 0 && !ready.enough(); s = lanes[level].after(s)) {
                    ready.add(s);
                }
            }
            return Arrays.copyOf(ready.found, ready.count);
        }
        int next = 0;
        for (var lane : lanes) {
            for (; next < back.length && back[next] < lane.cursor() && !ready.enough(); next++) {
                ready.add(back[next]);
            }
            for (long s = lane.next(); s >= 0 && !ready.enough(); s = lane.after(s)) {
                ready.add(s);
            }
        }
        return Arrays.copyOf(ready.found, ready.count);
    }

    private final class Ready {
        final long[] found;
        int skip;
        int count;

        Ready(int skip, int most) {
            this.found = new long[most];
            this.skip = skip;
        }

        void add(long sequence) {
            if (sequence >= visibleEnd(Lane.of(sequence)) || !alive(sequence)) {
                return;
            }
            if (skip > 0) {
                skip--;
            } else {
                found[count++] = sequence;
            }
        }

        boolean enough() {
            return count == found.length;
        }
    }

    /// Whether the message is there, and not about to go to where the dead go.
    boolean alive(long sequence) {
        var index = index(sequence);
        return index.isLive(sequence) && !index.isDying(sequence);
    }

    /// What [#peek] gave is not ready any more.
    void leave(long sequence) {
        if (!returned.isEmpty() && returned.lowest() == sequence) {
            returned.removeLowest();
        } else {
            lane(sequence).pass(sequence);
            levels.took();
        }
    }

    /// What of a lane stays when everything goes that is ready or delayed, sorted; neither is in it afterwards.
    ///
    /// @param back sorted numbers of what came back, which goes too
    long[] purge(Lane lane, long[] back) {
        var kept = new ArrayList<Long>();
        var index = lane.index;
        for (long s = index.nextLive(index.first()); s >= 0 && s < lane.nextSequence(); s = index.nextLive(s + 1)) {
            boolean outstanding = s < lane.cursor() && Arrays.binarySearch(back, s) < 0 && !index.isDelayed(s);
            if (outstanding || index.isDying(s)) {
                kept.add(s);
            }
        }
        lane.passAll();
        return kept.stream().mapToLong(Long::longValue).toArray();
    }

    /// Visits everything of a lane below `end` but `kept`, which is sorted; the visitor removes it.
    void forEachBelow(long end, long[] kept, LongConsumer visitor) {
        int next = 0;
        var index = index(end);
        for (long s = index.nextLive(index.first()); s >= 0 && s < end; s = index.nextLive(s + 1)) {
            while (next < kept.length && kept[next] < s) {
                next++;
            }
            if (next == kept.length || kept[next] != s) {
                visitor.accept(s);
            }
        }
    }

    void replayed(long sequence, long location, int length, int bodyBytes) {
        index(sequence).put(sequence, location, length, bodyBytes, false);
        lane(sequence).replayed(sequence);
    }

    /// Replay is over.
    void recovered(boolean exact) {
        for (var lane : lanes) {
            lane.recovered(exact);
        }
        for (int i = 0; i < visible.length; i++) {
            visible[i].all(lanes[i].nextSequence());
        }
    }

    void discard() {
        for (var lane : lanes) {
            lane.index.discard();
        }
        returned.clear();
    }
}
