package io.headrace.queue;

import java.util.Arrays;

/// Messages of all queues of a shard whose time comes within seconds, the first of them first, those of one time in
/// the order of their queue: a binary heap of primitives. Their pages were looked through once for the whole of these
/// seconds, not once for each message.
///
/// A message that leaves its queue before stays here and is passed over.
///
/// Threads: the loop.
final class DueSoon {
    private static final int FIRST_ROOM = 64;

    private long[] dueMillis = {};
    private long[] sequences = {};
    private int[] queues = {};
    private int size;

    int size() {
        return size;
    }

    /// When the first is due; [Long#MAX_VALUE] if there is none.
    long nextMillis() {
        return size == 0 ? Long.MAX_VALUE : dueMillis[0];
    }

    /// Queue of the first.
    int nextQueue() {
        return queues[0];
    }

    long nextSequence() {
        return sequences[0];
    }

    void add(long atMillis, int queue, long sequence) {
        if (size == dueMillis.length) {
            resize(Math.max(FIRST_ROOM, size * 2));
        }
        int at = size++;
        while (at > 0 && after(at - 1 >>> 1, atMillis, sequence)) {
            move(at - 1 >>> 1, at);
            at = at - 1 >>> 1;
        }
        put(at, atMillis, queue, sequence);
    }

    void removeFirst() {
        size--;
        long atMillis = dueMillis[size];
        long sequence = sequences[size];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && after(child, dueMillis[child + 1], sequences[child + 1])) {
                child++;
            }
            if (after(child, atMillis, sequence)) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, atMillis, queues[size], sequence);
        if (size == 0 && dueMillis.length > FIRST_ROOM) {
            resize(FIRST_ROOM);
        }
    }

    // what is due at the same time goes in the order of its queue
    private boolean after(int at, long atMillis, long sequence) {
        return dueMillis[at] > atMillis || dueMillis[at] == atMillis && sequences[at] > sequence;
    }

    private void move(int from, int to) {
        put(to, dueMillis[from], queues[from], sequences[from]);
    }

    private void put(int at, long atMillis, int queue, long sequence) {
        dueMillis[at] = atMillis;
        queues[at] = queue;
        sequences[at] = sequence;
    }

    private void resize(int length) {
        dueMillis = Arrays.copyOf(dueMillis, length);
        sequences = Arrays.copyOf(sequences, length);
        queues = Arrays.copyOf(queues, length);
    }
}
