package io.headrace.log;

import java.util.Arrays;

/// The entries of one block on their way to the file.
///
/// Threads: its owner.
final class EntryBatch {
    static final int ENTRIES_MAX = 4096;

    final Page[] pages = new Page[ENTRIES_MAX];
    final long[] offsets = new long[ENTRIES_MAX];
    final int[] starts = new int[ENTRIES_MAX];
    final int[] lengths = new int[ENTRIES_MAX];
    final int[] groups = new int[ENTRIES_MAX];
    int count;
    long bytes;
    boolean urgent;

    void clear() {
        count = 0;
        bytes = 0;
        urgent = false;
    }

    void unpin() {
        for (int i = 0; i < count; i++) {
            pages[i].unpin();
        }
        Arrays.fill(pages, 0, count, null);
    }
}
