package io.headrace.queue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Brings the next dead of one queue into memory, several at a time if they lie far from each other in the log: after a
/// restart, messages that come in the order of their times are all over it. Of small ones a copy is kept until their
/// turn, since what was read back does not stay long.
///
/// Threads: the loop of the queue.
final class ReadAhead {
    private static final int WINDOW_MAX = 64;
    private static final int COPY_BYTES_MAX = 8 << 10;

    private final Queue queue;
    private final Queues queues;
    private final Dying dying;
    private final Map<Long, ByteBuffer> copies = new HashMap<>(0);
    private final Set<Long> reading = new HashSet<>(0);
    private int window = 1;

    ReadAhead(Queue queue, Queues queues, Dying dying) {
        this.queue = queue;
        this.queues = queues;
        this.dying = dying;
    }

    /// The first of the dead, in [Queues#message]; if false, it is on its way, and [Queues#buryLater] will be told.
    boolean found() {
        long sequence = dying.first();
        var copy = copies.isEmpty() ? null : copies.remove(sequence);
        if (copy != null) {
            queues.message.wrap(copy, 0);
            return true; // it was read
        }
        int at = queue.find(sequence);
        if (at >= 0) {
            window = 1; // it lay beside the one before
            reading.remove(sequence); // what comes of it comes too late
            queues.message.wrap(queues.found.page(), at);
            return true;
        }
        if (!reading.contains(sequence)) {
            read();
        }
        return false;
    }

    private void read() {
        int end = Math.min(window, dying.size());
        for (int i = 0; i < end; i++) {
            long sequence = dying.get(i);
            boolean small = queue.index(sequence).length(sequence) <= COPY_BYTES_MAX;
            if ((i == 0 || small)
                    && !copies.containsKey(sequence)
                    && !reading.contains(sequence)
                    && queue.find(sequence) < 0) {
                reading.add(sequence);
                queue.read(sequence, () -> missing(sequence), () -> came(sequence));
            }
        }
        window = Math.min(WINDOW_MAX, window * 2);
    }

    private boolean missing(long sequence) {
        return reading.contains(sequence) && !queue.gone() && queue.find(sequence) < 0;
    }

    private void came(long sequence) {
        if (!reading.remove(sequence) || queue.gone()) {
            return;
        }
        int length = queue.index(sequence).length(sequence);
        int at = queue.find(sequence);
        if (at >= 0 && length <= COPY_BYTES_MAX) {
            var copy = ByteBuffer.allocate(length);
            copy.put(0, queues.found.page(), at, length);
            copies.put(sequence, copy);
        }
        queues.buryLater(queue);
    }

    void clear() {
        copies.clear();
        reading.clear();
    }
}
