package io.headrace.queue;

import java.util.Arrays;

/// Messages of all queues of a shard whose time comes within seconds, the first of them first, those of one time in
/// the order of their queue: a binary heap of primitives. Their pages were looked through once for the whole of these
/// seconds, not once for each message.
///
/// A message that leaves its queue before stays here and is passed over.
///
/// ```text
///  0  when it is due, in ms      2  where it lies in the log, or ASIDE
///  1  sequence number            3  queue (32) | bytes (32)
/// ```
///
/// Threads: the loop.
final class DueSoon {
    /// In place of a location: nothing to be gathered.
    static final long ASIDE = -1;

    private static final int FIRST_ROOM = 64;
    private static final int WORDS = 4; // of one message, so that it lies in one line of the processor's cache
    private static final int LOCATION = 2;
    private static final int WHOSE = 3;

    private long[] heap = {};
    private int size;

    int size() {
        return size;
    }

    /// When the first is due; [Long#MAX_VALUE] if there is none.
    long nextMillis() {
        return size == 0 ? Long.MAX_VALUE : heap[0];
    }

    /// Queue of the first.
    int nextQueue() {
        return (int) (heap[WHOSE] >>> 32);
    }

    long nextSequence() {
        return heap[1];
    }

    /// @param location in the log, or [#ASIDE]
    /// @param bytes of the message there
    void add(long atMillis, int queue, long sequence, long location, int bytes) {
        if (size * WORDS == heap.length) {
            heap = Arrays.copyOf(heap, Math.max(FIRST_ROOM * WORDS, heap.length * 2));
        }
        int at = size++;
        while (at > 0 && after(at - 1 >>> 1, atMillis, sequence)) {
            move(at - 1 >>> 1, at);
            at = at - 1 >>> 1;
        }
        heap[at * WORDS] = atMillis;
        heap[at * WORDS + 1] = sequence;
        heap[at * WORDS + LOCATION] = location;
        heap[at * WORDS + WHOSE] = (long) queue << 32 | bytes;
    }

    void removeFirst() {
        size--;
        long atMillis = heap[size * WORDS];
        long sequence = heap[size * WORDS + 1];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && after(child, heap[(child + 1) * WORDS], heap[(child + 1) * WORDS + 1])) {
                child++;
            }
            if (after(child, atMillis, sequence)) {
                break;
            }
            move(child, at);
            at = child;
        }
        move(size, at);
        if (size == 0 && heap.length > FIRST_ROOM * WORDS) {
            heap = new long[FIRST_ROOM * WORDS];
        }
    }

    // what is due at the same time goes in the order of its queue
    private boolean after(int at, long atMillis, long sequence) {
        long other = heap[at * WORDS];
        return other > atMillis || other == atMillis && heap[at * WORDS + 1] > sequence;
    }

    private void move(int from, int to) {
        System.arraycopy(heap, from * WORDS, heap, to * WORDS, WORDS);
    }

    // ---- what is to be gathered ----

    /// Visits all that is to be gathered, in no order.
    void forEachToGather(Visitor visitor) {
        for (int at = 0; at < size * WORDS; at += WORDS) {
            if (heap[at + LOCATION] != ASIDE && visitor.take(heap[at], heap[at + LOCATION], (int) heap[at + WHOSE])) {
                heap[at + LOCATION] = ASIDE;
            }
        }
    }

    interface Visitor {
        /// @return whether that is done with
        boolean take(long atMillis, long location, int bytes);
    }
}
