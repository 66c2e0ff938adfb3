package io.headrace.queue;

import java.util.Arrays;

/// The index pages of all queues of a shard in which something will expire, first the one that is to be looked
/// through first: a binary heap in which each page knows its place. So what waits for its time costs one entry for
/// thousands of messages, whether their page is in memory or not.
///
/// Threads: the loop.
final class Expiries {
    private static final int FIRST_ROOM = 16;

    private PageSlot[] heap = {};
    private int size;

    /// When the first page is to be looked through, in ms since 1970; [Long#MAX_VALUE] if none waits.
    long nextMillis() {
        return size == 0 ? Long.MAX_VALUE : heap[0].lookMillis;
    }

    /// Adds a page, or moves it after its time has changed.
    void put(PageSlot slot) {
        if (slot.dueAt < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, Math.max(FIRST_ROOM, size * 2));
            }
            place(size++, slot);
        }
        up(slot.dueAt);
        down(slot.dueAt);
    }

    /// Takes out the first page; there must be one.
    PageSlot poll() {
        var first = heap[0];
        remove(first);
        return first;
    }

    void remove(PageSlot slot) {
        int at = slot.dueAt;
        if (at < 0) {
            return;
        }
        slot.dueAt = -1;
        var last = heap[--size];
        heap[size] = null;
        if (last != slot) {
            place(at, last);
            up(at);
            down(last.dueAt);
        }
    }

    int size() {
        return size;
    }

    private void up(int from) {
        int at = from;
        var moved = heap[at];
        while (at > 0 && heap[at - 1 >>> 1].lookMillis > moved.lookMillis) {
            place(at, heap[at - 1 >>> 1]);
            at = at - 1 >>> 1;
        }
        place(at, moved);
    }

    private void down(int from) {
        int at = from;
        var moved = heap[at];
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1].lookMillis < heap[child].lookMillis) {
                child++;
            }
            if (heap[child].lookMillis >= moved.lookMillis) {
                break;
            }
            place(at, heap[child]);
            at = child;
        }
        place(at, moved);
    }

    private void place(int at, PageSlot slot) {
        heap[at] = slot;
        slot.dueAt = at;
    }
}
