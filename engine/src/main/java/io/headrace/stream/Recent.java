package io.headrace.stream;

import io.headrace.log.Page;
import java.util.Arrays;

/// The newest batches of a partition and where they lie: a ring in offset order. First those that are in their
/// segment's file and may still be in memory, then those that are in memory and have to be written to it.
///
/// Threads: the loop of the partition.
final class Recent {
    static final long NOWHERE = -1;

    private static final int FIRST_ROOM = 4; // a power of two, as every room
    /// So many are remembered that are in their file already.
    private static final int WRITTEN_MAX = 4096;

    private long[] bases = {};
    private long[] locations = {};
    private int[] lengths = {};
    private int[] positions = {};
    private Segment[] segments = {};
    private Page[] pages = {}; // pinned until written
    private int head;
    private int count;
    private int written; // of the count
    private int located; // of the count

    /// The next batch; it has no location yet.
    void add(long baseOffset, int length, Segment segment, int position) {
        if (count == bases.length) {
            grow();
        }
        int at = index(count);
        bases[at] = baseOffset;
        locations[at] = NOWHERE;
        lengths[at] = length;
        positions[at] = position;
        segments[at] = segment;
        count++;
    }

    /// The oldest batch without a location got one, in a page that was pinned for it.
    void locate(long location, Page page) {
        int at = index(located++);
        locations[at] = location;
        pages[at] = page;
    }

    int count() {
        return count;
    }

    int written() {
        return written;
    }

    /// So many have a location.
    int located() {
        return located;
    }

    /// The batch that holds the offset, or would.
    ///
    /// @return -1 if it is not among these
    int find(long offset) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (bases[index(middle)] <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    long baseOffset(int i) {
        return bases[index(i)];
    }

    /// [#NOWHERE] while the turn that appended it is not over.
    long location(int i) {
        return locations[index(i)];
    }

    int length(int i) {
        return lengths[index(i)];
    }

    int position(int i) {
        return positions[index(i)];
    }

    Segment segment(int i) {
        return segments[index(i)];
    }

    /// The next `batches` are in their file.
    void written(int batches) {
        for (int i = 0; i < batches; i++) {
            int at = index(written++);
            pages[at].unpin();
            pages[at] = null;
        }
        if (written > WRITTEN_MAX) {
            forget(written - WRITTEN_MAX / 2);
        }
    }

    /// Forgets the oldest `batches`, which are written.
    void forget(int batches) {
        for (int i = 0; i < batches; i++) {
            segments[index(i)] = null;
        }
        head = index(batches);
        count -= batches;
        written -= batches;
        located -= batches;
    }

    /// Forgets everything, written or not.
    void clear() {
        for (int i = written; i < located; i++) {
            pages[index(i)].unpin();
        }
        head = 0;
        count = 0;
        written = 0;
        located = 0;
        Arrays.fill(segments, null);
        Arrays.fill(pages, null);
    }

    private int index(int i) {
        return head + i & bases.length - 1;
    }

    private void grow() {
        int room = Math.max(FIRST_ROOM, count * 2);
        var newBases = new long[room];
        var newLocations = new long[room];
        var newLengths = new int[room];
        var newPositions = new int[room];
        var newSegments = new Segment[room];
        var newPages = new Page[room];
        for (int i = 0; i < count; i++) {
            int at = index(i);
            newBases[i] = bases[at];
            newLocations[i] = locations[at];
            newLengths[i] = lengths[at];
            newPositions[i] = positions[at];
            newSegments[i] = segments[at];
            newPages[i] = pages[at];
        }
        bases = newBases;
        locations = newLocations;
        lengths = newLengths;
        positions = newPositions;
        segments = newSegments;
        pages = newPages;
        head = 0;
    }
}
