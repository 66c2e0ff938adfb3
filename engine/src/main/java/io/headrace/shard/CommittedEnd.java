package io.headrace.shard;

/// Up to where a quorum queue may deliver, and a partition be read: messages become visible with the commit of their
/// entries. Of another queue nothing is kept here.
///
/// Threads: the loop of the shard.
public final class CommittedEnd {
    private static final int FIRST_ROOM = 8; // a power of two, as every length but none
    private static final long[] NONE = {};

    private long[] offsets = NONE;
    private long[] ends = NONE;
    private int head;
    private int count;
    private long visible;

    /// Sequence numbers below are committed.
    public long visible() {
        return visible;
    }

    public boolean waiting() {
        return count > 0;
    }

    /// The offset of the last entry that is waited for.
    public long newest() {
        return offsets[head + count - 1 & offsets.length - 1];
    }

    /// Messages below `end` are committed with the entry at `offset`.
    public void appended(long offset, long end) {
        int newest = head + count - 1 & offsets.length - 1;
        if (count > 0 && offsets[newest] == offset) {
            ends[newest] = Math.max(ends[newest], end);
            return;
        }
        if (count == offsets.length) {
            grow();
        }
        int at = head + count & offsets.length - 1;
        offsets[at] = offset;
        ends[at] = end;
        count++;
    }

    /// @return whether more became visible
    public boolean committed(long offset) {
        long before = visible;
        while (count > 0 && offsets[head] <= offset) {
            visible = Math.max(visible, ends[head]);
            head = head + 1 & offsets.length - 1;
            count--;
        }
        return visible > before;
    }

    /// After replay everything is committed.
    public void all(long end) {
        visible = end;
        count = 0;
    }

    private void grow() {
        int room = Math.max(FIRST_ROOM, count * 2);
        var newOffsets = new long[room];
        var newEnds = new long[room];
        int first = count - head;
        System.arraycopy(offsets, head, newOffsets, 0, first);
        System.arraycopy(offsets, 0, newOffsets, first, head);
        System.arraycopy(ends, head, newEnds, 0, first);
        System.arraycopy(ends, 0, newEnds, first, head);
        offsets = newOffsets;
        ends = newEnds;
        head = 0;
    }
}
