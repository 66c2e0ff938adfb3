package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// What of a partition its [Tap] has not passed on, because it waits for the end of a transaction: stretches of
/// offsets, oldest first. Made of what the log says alone, so replay finds the same.
///
/// ```text
///  in checkpoints: u32 stretches | stretches × { u64 from | u64 to }
/// ```
///
/// Threads: the loop of the partition; before it runs, the thread that recovers.
final class FeedBacklog {
    private static final int STRETCH_BYTES = 2 * Long.BYTES;

    private record Stretch(long from, long to) {}

    private final ArrayDeque<Stretch> waiting = new ArrayDeque<>(1);

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// The first that waits; there is one.
    long first() {
        return waiting.getFirst().from;
    }

    /// What is appended as `[from, to)` waits.
    void add(long from, long to) {
        if (!waiting.isEmpty() && waiting.getLast().to == from) {
            waiting.addLast(new Stretch(waiting.removeLast().from, to));
        } else {
            waiting.addLast(new Stretch(from, to));
        }
    }

    /// Whether the record of `offset` waits, of which nothing below does.
    boolean holds(long offset) {
        for (var stretch : waiting) {
            if (offset < stretch.to) {
                return offset >= stretch.from;
            }
        }
        return false;
    }

    /// Nothing below waits any more.
    void passed(long offset) {
        while (!waiting.isEmpty() && waiting.getFirst().from < offset) {
            var first = waiting.removeFirst();
            if (first.to > offset) {
                waiting.addFirst(new Stretch(offset, first.to));
            }
        }
    }

    int snapshotBytes() {
        return Integer.BYTES + waiting.size() * STRETCH_BYTES;
    }

    void write(ByteBuffer target) {
        target.putInt(waiting.size());
        waiting.forEach(stretch -> target.putLong(stretch.from).putLong(stretch.to));
    }

    void read(ByteBuffer source) {
        waiting.clear();
        for (int i = source.getInt(); i > 0; i--) {
            waiting.addLast(new Stretch(source.getLong(), source.getLong()));
        }
    }
}
