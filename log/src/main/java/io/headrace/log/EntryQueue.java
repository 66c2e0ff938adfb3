package io.headrace.log;

/// Entries that have their offset and wait for the writer: a ring that grows. Its bound is kept by those
/// who append, see [CommitLog#pendingBytes].
///
/// Threads: any, each call under the lock for a few nanoseconds.
final class EntryQueue {
    private static final int INITIAL = 1024;

    private final long[] next;
    private Page[] pages = new Page[INITIAL];
    private long[] offsets = new long[INITIAL];
    private int[] starts = new int[INITIAL];
    private int[] lengths = new int[INITIAL];
    private int[] marks = new int[INITIAL]; // group, and the sign says urgent
    private int head;
    private int count;
    private int urgentCount;
    private boolean closed;

    private volatile boolean urgent;
    private volatile long queuedBytes;
    private volatile long takenBytes;

    EntryQueue(long[] nextOffsets) {
        next = nextOffsets.clone();
    }

    /// Stamps the entry with its first offset and queues it.
    synchronized long add(int group, int epoch, Page page, int start, int length, boolean isUrgent) {
        long offset = next[group];
        var bytes = page.bytes();
        EntryFrame.stamp(bytes, start, offset, epoch);
        next[group] = EntryFrame.lastOffset(bytes, start) + 1;
        if (closed) {
            return offset;
        }
        if (count == offsets.length) {
            grow();
        }
        page.pin();
        int at = head + count & offsets.length - 1;
        pages[at] = page;
        offsets[at] = offset;
        starts[at] = start;
        lengths[at] = length;
        marks[at] = isUrgent ? ~group : group;
        count++;
        queuedBytes += length;
        if (isUrgent) {
            urgentCount++;
            urgent = true;
        }
        return offset;
    }

    /// Moves as many entries into `batch`, oldest first, as make a block of at most `blockBytes`.
    synchronized void take(EntryBatch batch, long blockBytes) {
        batch.clear();
        long block = WalBlock.HEADER_BYTES;
        while (count > 0 && batch.count < EntryBatch.ENTRIES_MAX) {
            block += WalBlock.SLOT_BYTES + WalBlock.alignEntry(lengths[head]);
            if (block > blockBytes) {
                break;
            }
            moveHead(batch);
        }
        takenBytes += batch.bytes;
        queuedBytes -= batch.bytes;
        urgent = urgentCount > 0;
    }

    /// Bytes of a block that holds the oldest entry alone; 0 if there is none.
    synchronized long firstBlockBytes() {
        return count == 0 ? 0 : WalBlock.headBytes(1) + WalBlock.alignEntry(lengths[head]);
    }

    synchronized void written(long bytes) {
        takenBytes -= bytes;
    }

    /// From now on entries get an offset and nothing else: the log failed.
    synchronized void close() {
        closed = true;
    }

    synchronized long next(int group) {
        return next[group];
    }

    synchronized long[] next() {
        return next.clone();
    }

    /// Someone waits for an entry in the queue.
    boolean urgent() {
        return urgent;
    }

    /// Bytes that nobody has taken yet.
    long queuedBytes() {
        return queuedBytes;
    }

    /// Those, and what was taken and is not written. Seen while it is taken, it may count twice.
    long pendingBytes() {
        return queuedBytes + takenBytes;
    }

    private void moveHead(EntryBatch batch) {
        int to = batch.count++;
        batch.pages[to] = pages[head];
        batch.offsets[to] = offsets[head];
        batch.starts[to] = starts[head];
        batch.lengths[to] = lengths[head];
        batch.bytes += lengths[head];
        int mark = marks[head];
        batch.groups[to] = mark < 0 ? ~mark : mark;
        if (mark < 0) {
            batch.urgent = true;
            urgentCount--;
        }
        pages[head] = null;
        head = head + 1 & offsets.length - 1;
        count--;
    }

    private void grow() {
        int size = offsets.length;
        var newPages = new Page[2 * size];
        var newOffsets = new long[2 * size];
        var newStarts = new int[2 * size];
        var newLengths = new int[2 * size];
        var newMarks = new int[2 * size];
        for (int i = 0; i < size; i++) {
            int from = head + i & size - 1;
            newPages[i] = pages[from];
            newOffsets[i] = offsets[from];
            newStarts[i] = starts[from];
            newLengths[i] = lengths[from];
            newMarks[i] = marks[from];
        }
        pages = newPages;
        offsets = newOffsets;
        starts = newStarts;
        lengths = newLengths;
        marks = newMarks;
        head = 0;
    }
}
