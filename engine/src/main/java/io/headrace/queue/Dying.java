package io.headrace.queue;

/// Messages of one queue that wait to be moved to where its dead go, in the order in which they died: a ring of
/// primitives. Most queues never have one, so there is no room until the first comes.
///
/// Threads: the loop of the queue.
final class Dying {
    private static final int FIRST_ROOM = 16;
    private static final int KEPT_ROOM_MAX = 1024;
    private static final long[] NONE = {};
    private static final byte[] NO_REASONS = {};

    private long[] sequences = NONE;
    private byte[] reasons = NO_REASONS;
    private int head;
    private int size;

    void add(long sequence, DeadLetters.Reason reason) {
        if (size == sequences.length) {
            grow();
        }
        int at = head + size++ & sequences.length - 1;
        sequences[at] = sequence;
        reasons[at] = (byte) reason.ordinal();
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    long first() {
        return sequences[head];
    }

    /// The one that died `index` deaths after the first.
    long get(int index) {
        return sequences[head + index & sequences.length - 1];
    }

    DeadLetters.Reason firstReason() {
        return DeadLetters.Reason.ALL[reasons[head]];
    }

    void removeFirst() {
        head = head + 1 & sequences.length - 1;
        size--;
        if (size == 0 && sequences.length > KEPT_ROOM_MAX) {
            clear();
        }
    }

    void clear() {
        sequences = NONE;
        reasons = NO_REASONS;
        head = 0;
        size = 0;
    }

    private void grow() {
        int length = Math.max(FIRST_ROOM, size * 2);
        var moved = new long[length];
        var movedReasons = new byte[length];
        for (int i = 0; i < size; i++) {
            moved[i] = sequences[head + i & sequences.length - 1];
            movedReasons[i] = reasons[head + i & sequences.length - 1];
        }
        sequences = moved;
        reasons = movedReasons;
        head = 0;
    }
}
