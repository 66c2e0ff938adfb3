package io.headrace.stream.share;

import java.util.Arrays;

/// Ranges of records and what became of them, on their way into the log. One that goes on where the last one ended
/// joins it.
///
/// Threads: the loop.
public final class Marks {
    private static final int FIRST_ROOM = 8;

    private long[] firsts = new long[FIRST_ROOM];
    private long[] ends = new long[FIRST_ROOM];
    private byte[] states = new byte[FIRST_ROOM];
    private byte[] deliveries = new byte[FIRST_ROOM];
    private int count;

    void add(long from, long to, RecordState state, int delivered) {
        byte code = state.code();
        int last = count - 1;
        if (last >= 0 && ends[last] == from && states[last] == code && deliveries[last] == delivered) {
            ends[last] = to;
            return;
        }
        if (count == firsts.length) {
            firsts = Arrays.copyOf(firsts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
            states = Arrays.copyOf(states, count * 2);
            deliveries = Arrays.copyOf(deliveries, count * 2);
        }
        firsts[count] = from;
        ends[count] = to;
        states[count] = code;
        deliveries[count++] = (byte) delivered;
    }

    int count() {
        return count;
    }

    long first(int mark) {
        return firsts[mark];
    }

    long end(int mark) {
        return ends[mark];
    }

    byte state(int mark) {
        return states[mark];
    }

    byte deliveries(int mark) {
        return deliveries[mark];
    }
}
