package io.headrace.queue;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a queue's index costs for one message.
///
/// `inOrder` and `settledBackwards` are a message's whole way: put, found as the next to deliver, cleared
/// when it is settled. The queue always holds the same number of messages, so it can run for ever; with a
/// million of them most pages are written to a block and read back (in memory here: what is measured is our
/// work, not the disk's).
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class QueueIndexBenchmark {
    private static final int RESIDENT_PAGES = 64;
    private static final int MESSAGE_BYTES = 100;
    private static final int GROUP = 64;
    private static final int CHECKPOINT_EVERY = 100_000;

    /// Within a page, within the pages that stay in memory, and beyond them.
    @Param({"100", "100000", "1000000"})
    public int waiting;

    private IndexStore store;
    private QueueIndex index;
    private long head;
    private long tail;

    @Setup
    public void fill() {
        store = new IndexStore(new HeapPageFile(), RESIDENT_PAGES);
        index = new QueueIndex(store);
        head = 0;
        tail = 0;
        while (tail < waiting) {
            put();
        }
    }

    @Benchmark
    public long inOrder() {
        put();
        head = index.nextLive(head);
        index.delivered(head);
        long location = index.location(head);
        index.clear(head++);
        return location;
    }

    /// Sixty-four are delivered and then settled from the last to the first.
    @Benchmark
    public long settledBackwards() {
        put();
        int within = (int) head & GROUP - 1;
        if (within == 0) {
            for (int i = 0; i < GROUP; i++) {
                index.delivered(head + i);
            }
        }
        long sequence = head - within + GROUP - 1 - within;
        long location = index.location(sequence);
        index.clear(sequence);
        head++;
        return location;
    }

    private void put() {
        index.put(tail, tail * MESSAGE_BYTES, MESSAGE_BYTES, false);
        if (++tail % CHECKPOINT_EVERY == 0) {
            store.captured();
            store.checkpointed();
        }
    }
}
