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

/// How long it takes to find the next message that is alive, when most are not: a queue whose consumers
/// settled all but one in `aliveOneIn`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class NextLiveBenchmark {
    private static final int MESSAGES = 200_000;

    @Param({"1", "64", "4000"})
    public int aliveOneIn;

    private QueueIndex index;
    private long cursor;

    @Setup
    public void fill() {
        index = new QueueIndex(new IndexStore(new HeapPageFile(), MESSAGES / IndexPage.SLOTS + 1));
        for (long sequence = 0; sequence < MESSAGES; sequence++) {
            index.put(sequence, sequence, 1, false);
        }
        for (long sequence = 0; sequence < MESSAGES; sequence++) {
            if (sequence % aliveOneIn != 0) {
                index.erase(sequence);
            }
        }
        cursor = 0;
    }

    @Benchmark
    public long nextLive() {
        long found = index.nextLive(cursor);
        cursor = found < 0 ? 0 : found + 1;
        return found;
    }
}
