package io.headrace.shard;

import io.headrace.log.Page;
import java.util.Arrays;

/// Which entry lies where in the memory tail: a ring sorted by offset.
///
/// Threads: the loop.
final class EntryDirectory {
    private static final int INITIAL = 256;

    private long[] offsets = new long[INITIAL];
    private int[] starts = new int[INITIAL];
    private Page[] pages = new Page[INITIAL];
    private int head;
    private int count;
    private int last; // where the previous search ended: the next one mostly wants the same or the following entry

    void add(long offset, Page page, int start) {
        if (count == offsets.length) {
            grow();
        }
        int at = index(count);
        offsets[at] = offset;
        starts[at] = start;
        pages[at] = page;
        count++;
    }

    /// @return where the entry starts in its page, which is put into `found`; -1 if it is not here
    int find(long offset, Shard.Found found) {
        int at = slot(offset);
        if (at < 0) {
            return -1;
        }
        found.page = pages[at].bytes();
        return starts[at];
    }

    boolean isEmpty() {
        return count == 0;
    }

    /// There must be one.
    long firstOffset() {
        return offsets[head];
    }

    /// The page of an entry that is here.
    Page page(long offset) {
        return pages[slot(offset)];
    }

    private int slot(long offset) {
        if (count == 0 || offset < offsets[head]) {
            return -1;
        }
        int i = last < count && offsets[index(last)] == offset ? last : search(offset);
        if (i < 0) {
            return -1;
        }
        last = i;
        return index(i);
    }

    /// Drops the oldest entries, all of which lie in `page`.
    void forget(Page page) {
        int dropped = 0;
        while (count > 0 && pages[head] == page) {
            pages[head] = null;
            head = index(1);
            count--;
            dropped++;
        }
        last = Math.max(0, last - dropped);
    }

    private int search(long offset) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            long found = offsets[index(middle)];
            if (found == offset) {
                return middle;
            }
            if (found < offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private int index(int i) {
        return head + i & offsets.length - 1;
    }

    private void grow() {
        int size = offsets.length;
        var newOffsets = new long[size * 2];
        var newStarts = new int[size * 2];
        var newPages = new Page[size * 2];
        int first = size - head;
        System.arraycopy(offsets, head, newOffsets, 0, first);
        System.arraycopy(offsets, 0, newOffsets, first, head);
        System.arraycopy(starts, head, newStarts, 0, first);
        System.arraycopy(starts, 0, newStarts, first, head);
        System.arraycopy(pages, head, newPages, 0, first);
        System.arraycopy(pages, 0, newPages, first, head);
        Arrays.fill(pages, null);
        offsets = newOffsets;
        starts = newStarts;
        pages = newPages;
        head = 0;
    }
}
