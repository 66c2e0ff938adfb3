package io.headrace.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Which extent holds an offset.
///
/// Threads: any looks up; the writer adds and the checkpointing thread removes, each under the lock.
final class Extents {
    private volatile Extent[] all; // ascending by number, and so by first offset of every group

    Extents(List<Extent> extents) {
        all = extents.toArray(Extent[]::new);
    }

    Extent[] all() {
        return all;
    }

    /// The writer goes on in `file`: what was open ends at `nextOffsets`, where `file` begins.
    synchronized void open(WalFile file, long[] nextOffsets) {
        if (all.length > 0) {
            all[all.length - 1].end(nextOffsets);
        }
        var longer = Arrays.copyOf(all, all.length + 1);
        longer[all.length] = new Extent(file.number, nextOffsets, file);
        all = longer;
    }

    synchronized void remove(Set<Extent> gone) {
        var left = new ArrayList<>(List.of(all));
        left.removeAll(gone);
        all = left.toArray(Extent[]::new);
    }

    /// The extent whose range has the offset, or would have it had it not been given away.
    Extent holding(int group, long offset) {
        var extents = all;
        int low = 1;
        int high = extents.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (extents[middle].first(group) <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return extents[high];
    }

    Extent numbered(int number) {
        var extents = all;
        int low = 0;
        int high = extents.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (extents[middle].number == number) {
                return extents[middle];
            }
            if (extents[middle].number < number) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        throw new IllegalArgumentException("no extent " + number);
    }
}
