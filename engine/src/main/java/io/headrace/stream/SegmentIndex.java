package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Where in a segment's file some of its batches begin, and the greatest record time before each: a place to begin
/// looking from. Sparse, so it is small. When the segment is whole it is kept in a file ([SegmentIndexFile]); it is
/// made again from the segment's when it is needed and not there.
///
/// Threads: the loop of the partition; or one other thread, before the loop has it.
final class SegmentIndex {
    /// A finer index costs memory and saves little: so much is read at once anyway.
    static final int INTERVAL_BYTES_MIN = 32 << 10;

    /// In a file.
    static final int ENTRY_BYTES = 2 * Integer.BYTES + Long.BYTES;

    private static final int FIRST_ROOM = 4;

    private final int intervalBytes;
    private int[] deltas = {}; // of offsets, from the segment's base
    private int[] positions = {};
    private long[] timestamps = {}; // greatest before the position
    private int count;
    private boolean stored;
    private int nextPosition; // a batch from here on gets an entry

    SegmentIndex(int intervalBytes) {
        this.intervalBytes = Math.max(INTERVAL_BYTES_MIN, intervalBytes);
    }

    /// Reads what [#write] wrote; nothing can be added to it.
    static SegmentIndex read(ByteBuffer source, int count) {
        var index = new SegmentIndex(INTERVAL_BYTES_MIN);
        index.deltas = new int[count];
        index.positions = new int[count];
        index.timestamps = new long[count];
        for (int i = 0; i < count; i++) {
            index.deltas[i] = source.getInt();
            index.positions[i] = source.getInt();
            index.timestamps[i] = source.getLong();
        }
        index.count = count;
        index.nextPosition = Integer.MAX_VALUE;
        index.stored = true;
        return index;
    }

    void write(ByteBuffer target) {
        for (int i = 0; i < count; i++) {
            target.putInt(deltas[i]).putInt(positions[i]).putLong(timestamps[i]);
        }
    }

    /// Whether it came from a file.
    boolean stored() {
        return stored;
    }

    int count() {
        return count;
    }

    int delta(int entry) {
        return deltas[entry];
    }

    int position(int entry) {
        return positions[entry];
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
