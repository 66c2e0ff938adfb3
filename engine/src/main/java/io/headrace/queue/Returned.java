package io.headrace.queue;

import java.util.Arrays;

/// Sequence numbers that came back to their queue, lowest first: a binary heap of primitives. Most queues
/// never have one, so there is no room for any until the first comes.
///
/// Threads: the loop of the queue.
final class Returned {
    private static final int FIRST_ROOM = 16;
    private static final long[] NONE = {};

    private long[] heap = NONE;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    long lowest() {
        return heap[0];
    }

    void add(long sequence) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, Math.max(FIRST_ROOM, size * 2));
        }
        int at = size++;
        while (at > 0 && heap[at - 1 >>> 1] > sequence) {
            heap[at] = heap[at - 1 >>> 1];
            at = at - 1 >>> 1;
        }
        heap[at] = sequence;
    }

    long removeLowest() {
        long lowest = heap[0];
        long moved = heap[--size];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= moved) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
        if (size == 0 && heap.length > 1024) {
            heap = NONE;
        }
        return lowest;
    }

    /// A copy, sorted.
    long[] toArray() {
        var copy = Arrays.copyOf(heap, size);
        Arrays.sort(copy);
        return copy;
    }

    void clear() {
        size = 0;
        heap = NONE;
    }
}
