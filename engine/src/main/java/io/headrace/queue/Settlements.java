package io.headrace.queue;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Durable messages of one queue that were settled in this turn, on their way into the log as ranges. There
/// is room for them from the first one on.
///
/// Threads: the loop of the queue.
final class Settlements {
    private static final int FIRST_ROOM = 16;
    private static final int KEPT_ROOM_MAX = 1024;
    private static final long[] NONE = {};

    private long[] sequences = NONE;
    private int count;
    private boolean sorted = true;

    void add(long sequence) {
        if (count == sequences.length) {
            sequences = Arrays.copyOf(sequences, Math.max(FIRST_ROOM, count * 2));
        }
        sorted &= count == 0 || sequences[count - 1] < sequence;
        sequences[count++] = sequence;
    }

    int count() {
        return count;
    }

    /// Puts what was added in order; ranges can then be counted and written from a start index on.
    void sort() {
        if (!sorted) {
            Arrays.sort(sequences, 0, count);
            sorted = true;
        }
    }

    /// @return how many ranges follow from index `from`, at most [QueueOps#RANGES_MAX]
    int ranges(int from) {
        int ranges = 0;
        for (int i = from; i < count && ranges < QueueOps.RANGES_MAX; i = rangeEnd(i)) {
            ranges++;
        }
        return ranges;
    }

    /// Writes a SETTLE of `ranges` ranges.
    ///
    /// @return the index to go on from
    int write(ByteBuffer page, int at, int queue, int from, int ranges) {
        page.put(at, QueueOps.SETTLE);
        page.putInt(at + 1, queue);
        page.putInt(at + 5, ranges);
        int i = from;
        for (int range = 0; range < ranges; range++) {
            int end = rangeEnd(i);
            page.putLong(at + 9 + range * QueueOps.RANGE_BYTES, sequences[i]);
            page.putInt(at + 17 + range * QueueOps.RANGE_BYTES, end - i);
            i = end;
        }
        return i;
    }

    void clear() {
        count = 0;
        sorted = true;
        if (sequences.length > KEPT_ROOM_MAX) {
            sequences = NONE;
        }
    }

    private int rangeEnd(int from) {
        int end = from + 1;
        while (end < count && sequences[end] == sequences[end - 1] + 1) {
            end++;
        }
        return end;
    }
}
