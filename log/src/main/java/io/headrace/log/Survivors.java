package io.headrace.log;

import java.util.Arrays;

/// The live messages of one group in files that are being cleaned, sorted and each once.
///
/// Threads: its owner.
final class Survivors implements Reclaim.Survivor {
    private long[] locations = new long[256];
    private int[] lengths = new int[256];
    private int count;

    @Override
    public void keep(long location, int lengthBytes) {
        if (count == locations.length) {
            locations = Arrays.copyOf(locations, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        locations[count] = location;
        lengths[count++] = lengthBytes;
    }

    /// Sorts by location and drops what was named again.
    void sort() {
        var order = new Integer[count];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Long.compare(locations[a], locations[b]));
        var sortedLocations = new long[count];
        var sortedLengths = new int[count];
        int kept = 0;
        for (int i : order) {
            if (kept == 0 || locations[i] != sortedLocations[kept - 1]) {
                sortedLocations[kept] = locations[i];
                sortedLengths[kept++] = lengths[i];
            }
        }
        locations = sortedLocations;
        lengths = sortedLengths;
        count = kept;
    }

    int count() {
        return count;
    }

    long location(int i) {
        return locations[i];
    }

    int length(int i) {
        return lengths[i];
    }
}
