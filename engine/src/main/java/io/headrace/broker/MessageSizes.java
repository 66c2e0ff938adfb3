package io.headrace.broker;

import java.util.List;

/// How large published bodies are: a histogram with RabbitMQ's bounds.
///
/// A body's place is found by its highest bit: between two powers of two lies at most one bound.
///
/// Threads: the loop.
final class MessageSizes {
    /// The upper bounds, inclusive; above the last is one bucket more.
    static final List<Long> BOUNDS =
            List.of(100L, 1_000L, 10_000L, 100_000L, 1_000_000L, 10_000_000L, 50_000_000L, 100_000_000L);

    private static final int BITS = Integer.SIZE + 1;
    private static final int[] FIRST_BUCKET = new int[BITS]; // by number of significant bits
    private static final int[] BOUND = new int[BITS]; // beyond it the next bucket

    static {
        for (int bits = 0; bits < BITS; bits++) {
            long least = bits == 0 ? 0 : 1L << bits - 1;
            int bucket = 0;
            while (bucket < BOUNDS.size() && BOUNDS.get(bucket) < least) {
                bucket++;
            }
            FIRST_BUCKET[bits] = bucket;
            BOUND[bits] = bucket < BOUNDS.size() ? (int) (long) BOUNDS.get(bucket) : Integer.MAX_VALUE;
        }
    }

    private final long[] counts = new long[BOUNDS.size() + 1];
    private long sum;

    void add(int bytes) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bytes);
        counts[FIRST_BUCKET[bits] + (bytes > BOUND[bits] ? 1 : 0)]++;
        sum += bytes;
    }

    SizeReport report() {
        return new SizeReport(BOUNDS, java.util.Arrays.stream(counts).boxed().toList(), sum);
    }
}
