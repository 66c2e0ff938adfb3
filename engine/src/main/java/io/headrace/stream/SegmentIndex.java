package io.headrace.stream;

import java.util.Arrays;

/// Where in a segment's file some of its batches begin, and the greatest record time before each: a place to begin
/// looking from. Sparse, so it is small; it is made again from the file when it is needed and not there.
///
/// Threads: the loop of the partition; or one other thread, before the loop has it.
final class SegmentIndex {
    /// A finer index costs memory and saves little: so much is read at once anyway.
    static final int INTERVAL_BYTES_MIN = 32 << 10;

    private static final int FIRST_ROOM = 4;

    private final int intervalBytes;
    private int[] deltas = {}; // of offsets, from the segment's base
    private int[] positions = {};
    private long[] timestamps = {}; // greatest before the position
    private int count;
    private int nextPosition; // a batch from here on gets an entry

    SegmentIndex(int intervalBytes) {
        this.intervalBytes = Math.max(INTERVAL_BYTES_MIN, intervalBytes);
    }

    /// A batch is at `position`.
    ///
    /// @param timestampBefore the greatest time of the records before it
    void add(int delta, int position, long timestampBefore) {
        if (position < nextPosition) {
            return;
        }
        if (count == deltas.length) {
            int room = Math.max(FIRST_ROOM, count * 2);
            deltas = Arrays.copyOf(deltas, room);
            positions = Arrays.copyOf(positions, room);
            timestamps = Arrays.copyOf(timestamps, room);
        }
        deltas[count] = delta;
        positions[count] = position;
        timestamps[count] = timestampBefore;
        count++;
        nextPosition = position + intervalBytes;
    }

    /// The last known position at or before the batch that holds the offset.
    int positionOf(int delta) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (deltas[middle] <= delta) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? 0 : positions[high];
    }

    /// A position before which no record is as late as `timestamp`.
    int positionOfTime(long timestamp) {
        int position = 0;
        for (int i = 0; i < count && timestamps[i] < timestamp; i++) {
            position = positions[i];
        }
        return position;
    }
}
