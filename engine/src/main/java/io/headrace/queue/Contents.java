package io.headrace.queue;

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

    /// @param queue that is told of what expires
    Contents(int lanes, IndexStore store, Queue queue) {
        this.lanes = new Lane[lanes];
        for (int i = 0; i < lanes; i++) {
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
        return totals.live - totals.taken;
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

    /// @param priority of the message, -1 if it has none
    long assign(int priority) {
        int highest = lanes.length - 1;
        return lanes[highest == 0 ? 0 : highest - Math.clamp(priority, 0, highest)].assign();
    }

    /// The first ready message, or -1.
    long peek() {
        if (ready() <= 0) {
            return -1;
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

    /// The first ready messages in the order in which they leave, but for `skip` of them.
    ///
    /// @param visibleEnd nothing from here on
    long[] firstReady(int skip, int most, long visibleEnd) {
        var ready = new Ready(skip, most, visibleEnd);
        var back = returned.toArray();
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
        final long visibleEnd;
        int skip;
        int count;

        Ready(int skip, int most, long visibleEnd) {
            this.found = new long[most];
            this.skip = skip;
            this.visibleEnd = visibleEnd;
        }

        void add(long sequence) {
            if (sequence >= visibleEnd || !alive(sequence)) {
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
        }
    }

    /// What of a lane stays when everything ready goes, sorted; nothing is ready in it afterwards.
    ///
    /// @param back sorted numbers of what came back, which goes too
    long[] purge(Lane lane, long[] back) {
        var kept = new ArrayList<Long>();
        var index = lane.index;
        for (long s = index.nextLive(index.first()); s >= 0 && s < lane.nextSequence(); s = index.nextLive(s + 1)) {
            if (s < lane.cursor() && Arrays.binarySearch(back, s) < 0 || index.isDying(s)) {
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
    }

    void discard() {
        for (var lane : lanes) {
            lane.index.discard();
        }
        returned.clear();
    }
}
