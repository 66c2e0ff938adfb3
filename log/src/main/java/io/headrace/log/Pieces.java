package io.headrace.log;

import java.util.Arrays;

/// Collects what an [EntryReader.Result.Stretch] holds.
///
/// Threads: its owner.
final class Pieces {
    private long[] locations = new long[64];
    private int[] lengths = new int[64];
    private int[] starts = new int[64];
    private int count;

    void add(long location, int length, int start) {
        if (count == locations.length) {
            locations = Arrays.copyOf(locations, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
        }
        locations[count] = location;
        lengths[count] = length;
        starts[count++] = start;
    }

    EntryReader.Result.Stretch in(Page page) {
        return new EntryReader.Result.Stretch(
                page,
                count,
                Arrays.copyOf(locations, count),
                Arrays.copyOf(lengths, count),
                Arrays.copyOf(starts, count));
    }
}
