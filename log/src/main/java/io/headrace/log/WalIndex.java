package io.headrace.log;

import java.util.Arrays;

/// Where in a WAL file to begin looking for an offset: one point for every 64 KiB or so.
///
/// Threads: any; the writer adds, readers look up.
final class WalIndex {
    private static final int SPACING_BYTES = 64 << 10;
    private static final int INITIAL = 16;

    private int[] sectors = new int[INITIAL];
    private final long[][] next = new long[WalFile.GROUPS_MAX][]; // the group's next offset at each point
    private int count;

    /// A block starts at `position`, before which `nextOffsets` were the groups' next offsets.
    synchronized void add(long position, long[] nextOffsets) {
        int sector = (int) (position / WalBlock.SECTOR_BYTES);
        if (count > 0 && sector - sectors[count - 1] < SPACING_BYTES / WalBlock.SECTOR_BYTES) {
            return;
        }
        if (count == sectors.length) {
            sectors = Arrays.copyOf(sectors, 2 * count);
            Arrays.setAll(next, group -> next[group] == null ? null : Arrays.copyOf(next[group], sectors.length));
        }
        sectors[count] = sector;
        for (int group = 0; group < next.length; group++) {
            if (nextOffsets[group] > 0 && next[group] == null) {
                next[group] = new long[sectors.length];
            }
            if (next[group] != null) {
                next[group][count] = nextOffsets[group];
            }
        }
        count++;
    }

    /// @return the position of a block at or before the one that holds `offset` of `group`
    synchronized long floor(int group, long offset) {
        int low = 1;
        int high = count - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (next[group] == null || next[group][middle] <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return count == 0 ? 0 : (long) sectors[high] * WalBlock.SECTOR_BYTES;
    }
}
