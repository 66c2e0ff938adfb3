package io.headrace.queue;

import java.util.Arrays;

/// How often messages of a quorum queue were given out in vain: kept for those only that came back, in a map of
/// primitives by open addressing.
///
/// Threads: the loop of the queue.
final class Attempts {
    private static final int FIRST_ROOM = 16;
    private static final int[] NONE = {};
    private static final long[] NO_KEYS = {};

    private long[] sequences = NO_KEYS;
    private int[] counts = NONE; // 0: the place is free
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    int get(long sequence) {
        return size == 0 ? 0 : counts[find(sequence)];
    }

    void put(long sequence, int count) {
        if (2 * (size + 1) > counts.length) {
            rehash(Math.max(FIRST_ROOM, counts.length * 2));
        }
        int at = find(sequence);
        if (counts[at] == 0) {
            size++;
        }
        sequences[at] = sequence;
        counts[at] = count;
    }

    void remove(long sequence) {
        if (size == 0) {
            return;
        }
        int at = find(sequence);
        if (counts[at] == 0) {
            return;
        }
        counts[at] = 0;
        size--;
        if (size == 0) {
            clear();
            return;
        }
        // what was pushed along moves back, so that no search stops early
        for (int next = at + 1 & counts.length - 1; counts[next] != 0; next = next + 1 & counts.length - 1) {
            int count = counts[next];
            counts[next] = 0;
            int place = find(sequences[next]);
            sequences[place] = sequences[next];
            counts[place] = count;
        }
    }

    void clear() {
        sequences = NO_KEYS;
        counts = NONE;
        size = 0;
    }

    interface Visitor {
        void attempts(long sequence, int count);
    }

    /// In ascending order of sequence numbers.
    void forEach(Visitor visitor) {
        var sorted = new long[size];
        int found = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                sorted[found++] = sequences[i];
            }
        }
        Arrays.sort(sorted);
        for (long sequence : sorted) {
            visitor.attempts(sequence, get(sequence));
        }
    }

    private int find(long sequence) {
        int at = (int) (sequence * 0x9E3779B97F4A7C15L >>> 40) & counts.length - 1;
        while (counts[at] != 0 && sequences[at] != sequence) {
            at = at + 1 & counts.length - 1;
        }
        return at;
    }

    private void rehash(int length) {
        var oldSequences = sequences;
        var oldCounts = counts;
        sequences = new long[length];
        counts = new int[length];
        size = 0;
        for (int i = 0; i < oldCounts.length; i++) {
            if (oldCounts[i] != 0) {
                put(oldSequences[i], oldCounts[i]);
            }
        }
    }
}
