package io.headrace.stream.share;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Gives records of batches that were read to a member.
///
/// ```text
///  batches   [ 10 ... 14 ] [ 15 ... 19 ]       [ 22 marker ] [ 23 ... 29 ]
///  window    │ 10-12 available, 1st │ 13-17 b's │    end ─────────────────►
///  given     │ 10-12, 2nd           │           │ 18-19, 1st │ absent │ 23-29, 1st │
/// ```
/// What comes back is given out before anything new. Of what came back too often, little is given at once, and nothing
/// with it: a record that harms who gets it is to be found without archiving its neighbours.
///
/// Threads: the loop of the partition; for one call.
final class Acquisition {
    private final Window window;
    private final ShareSettings settings;
    private final FetchWish wish;
    private final long untilMillis;
    private final AbortedBatches aborted;
    private final Marks marks = new Marks();
    private final List<Acquired.Range> ranges = new ArrayList<>();
    private int taken;
    private boolean full;
    private long portionEnd = -1; // of what is suspected, once some of it was taken
    private long rangeFirst; // of the range that grows
    private long rangeEnd = -1; // none grows
    private int rangeDeliveries;
    private boolean rangeIsNew; // the window does not have it yet

    Acquisition(Window window, ShareSettings settings, FetchWish wish, long untilMillis, AbortedBatches aborted) {
        this.window = window;
        this.settings = settings;
        this.wish = wish;
        this.untilMillis = untilMillis;
        this.aborted = aborted;
    }

    Marks marks() {
        return marks;
    }

    /// @param from the offset that was read from
    Acquired from(ByteBuffer batches, long from) {
        int start = batches.position();
        int position = 0;
        int firstByte = -1;
        int lastByte = 0;
        long next = from;
        for (RecordBatch batch : MemoryRecords.readableRecords(batches.slice()).batches()) {
            long base = Math.max(from, batch.baseOffset());
            long end = batch.lastOffset() + 1;
            int bytes = batch.sizeInBytes();
            if (end > next) {
                int before = taken;
                absent(next, base);
                if (aborted.holds(batch) || empty(batch)) {
                    absent(Math.max(next, base), end);
                } else {
                    take(Math.max(next, base), end);
                }
                if (taken > before) {
                    firstByte = firstByte < 0 ? position : firstByte;
                    lastByte = position + bytes;
                }
                next = end;
            }
            position += bytes;
            if (full || taken >= wish.records() || roomFor(1) == 0 && next >= windowEnd()) {
                break;
            }
        }
        endRange();
        return ranges.isEmpty() ? Acquired.NOTHING : new Acquired(ranges, start + firstByte, start + lastByte, taken);
    }

    /// The offset after the last of the batches.
    static long endOf(ByteBuffer batches) {
        long end = 0;
        for (RecordBatch batch : MemoryRecords.readableRecords(batches.slice()).batches()) {
            end = batch.nextOffset();
        }
        return end;
    }

    private static boolean empty(RecordBatch batch) {
        Integer count = batch.countOrNull();
        return batch.isControlBatch() || count != null && count == 0;
    }

    // there is nothing in [from, to) that anybody could be given
    private void absent(long from, long to) {
        for (long at = from; at < to; ) {
            if (at >= windowEnd()) {
                endRange();
                mark(at, to);
                return;
            }
            if (at >= window.end()) { // the range that grows
                at = windowEnd();
                continue;
            }
            int run = window.runAt(at);
            long end = Math.min(to, window.end(run));
            if (window.state(run) == RecordState.AVAILABLE) {
                endRange();
                mark(at, end);
            }
            at = end;
        }
    }

    private void mark(long from, long to) {
        window.finished(from, to, RecordState.ABSENT);
        marks.add(from, to, RecordState.ABSENT, 0);
    }

    private void take(long from, long to) {
        for (long at = from; at < to && !full; ) {
            if (at >= windowEnd()) {
                takeNew(at, to);
                return;
            }
            int run = window.runAt(at);
            long end = Math.min(to, window.end(run));
            at = window.state(run) == RecordState.AVAILABLE ? takeAgain(at, end, run) : end;
        }
    }

    private long takeAgain(long from, long end, int run) {
        int deliveries = window.deliveries(run);
        int portion = window.portion(run);
        long to = wish.exactly() ? Math.min(end, from + wish.records() - taken) : end;
        if (settings.suspicious(deliveries) && portionEnd < 0) {
            if (taken > 0) {
                full = true;
                return end;
            }
            portionEnd = Math.min(window.end(run), from + settings.portion(portion, deliveries));
        }
        if (portionEnd >= 0) {
            to = Math.min(to, portionEnd);
            full = to == portionEnd;
        }
        if (to > from) {
            grow(from, to, deliveries + 1, false);
            window.acquired(from, to, wish.member(), deliveries + 1, portion, untilMillis);
        }
        full |= to < end;
        return to;
    }

    private void takeNew(long from, long to) {
        long most = wish.exactly() ? Math.min(wish.records() - taken, roomFor(to - from)) : to - from;
        if (roomFor(1) == 0 || most == 0) {
            full = true;
            return;
        }
        grow(from, from + most, 1, true);
        full |= most < to - from;
    }

    /// How many of so many new ones the limit of the window leaves room for.
    private long roomFor(long records) {
        return Math.clamp(settings.locksMax() - (windowEnd() - window.start()), 0, records);
    }

    private long windowEnd() {
        return rangeEnd >= 0 && rangeIsNew ? rangeEnd : window.end();
    }

    private void grow(long from, long to, int deliveries, boolean isNew) {
        boolean goesOn = rangeEnd == from && rangeDeliveries == deliveries && rangeIsNew == isNew;
        if (!goesOn || !wish.exactly() && rangeEnd - rangeFirst >= wish.chunk()) {
            endRange();
            rangeFirst = from;
            rangeDeliveries = deliveries;
            rangeIsNew = isNew;
        }
        rangeEnd = to;
        taken += (int) (to - from);
    }

    private void endRange() {
        if (rangeEnd < 0) {
            return;
        }
        if (rangeIsNew) {
            int portion = (int) (rangeEnd - rangeFirst);
            window.acquired(rangeFirst, rangeEnd, wish.member(), rangeDeliveries, portion, untilMillis);
        }
        ranges.add(new Acquired.Range(rangeFirst, rangeEnd - 1, rangeDeliveries));
        marks.add(rangeFirst, rangeEnd, RecordState.AVAILABLE, rangeDeliveries);
        rangeEnd = -1;
    }
}
