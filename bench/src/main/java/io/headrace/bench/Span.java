package io.headrace.bench;

/// How long a load runs: first to get warm, then to be counted.
record Span(int warmSeconds, int seconds) {
    private static final long NANOS = 1_000_000_000;

    Span {
        if (warmSeconds < 0 || seconds < 1) {
            throw new IllegalArgumentException("a span of " + warmSeconds + " s and " + seconds + " s");
        }
    }

    /// In nanoseconds of [System#nanoTime].
    long countFrom(long start) {
        return start + warmSeconds * NANOS;
    }

    long end(long start) {
        return countFrom(start) + seconds * NANOS;
    }
}
