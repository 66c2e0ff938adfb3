package io.headrace.shard;

import java.util.Arrays;

/// Who waits for which offset, in offset order: a ring of primitives, so that waiting costs no allocation.
///
/// Threads: the loop.
public final class CommitWaits {
    /// Told once its offset is committed.
    public interface Waiter {
        void committed(long tag);
    }

    private Waiter[] waiters = new Waiter[64];
    private long[] offsets = new long[64];
    private long[] tags = new long[64];
    private int head;
    private int count;

    /// `offset` must not be lower than that of the last call.
    public void add(long offset, Waiter waiter, long tag) {
        if (count == waiters.length) {
            grow();
        }
        int at = head + count & waiters.length - 1;
        offsets[at] = offset;
        waiters[at] = waiter;
        tags[at] = tag;
        count++;
    }

    public void release(long committed) {
        while (count > 0 && offsets[head] <= committed) {
            var waiter = waiters[head];
            long tag = tags[head];
            waiters[head] = null;
            head = head + 1 & waiters.length - 1;
            count--;
            waiter.committed(tag);
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    private void grow() {
        int size = waiters.length;
        var newWaiters = Arrays.copyOf(waiters, size * 2);
        var newOffsets = Arrays.copyOf(offsets, size * 2);
        var newTags = Arrays.copyOf(tags, size * 2);
        // what wrapped around moves behind the rest
        System.arraycopy(waiters, 0, newWaiters, size, head);
        System.arraycopy(offsets, 0, newOffsets, size, head);
        System.arraycopy(tags, 0, newTags, size, head);
        Arrays.fill(newWaiters, 0, head, null);
        waiters = newWaiters;
        offsets = newOffsets;
        tags = newTags;
    }
}
