package io.headrace.bench;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// Durations in microseconds, to three digits, up to a minute.
///
/// Threads: any.
final class Latencies {
    private static final long MAX_MICROS = 60_000_000;

    private final Histogram micros = new ConcurrentHistogram(MAX_MICROS, 3);

    void add(long nanos) {
        micros.recordValue(Math.min(MAX_MICROS, nanos / 1000));
    }

    long count() {
        return micros.getTotalCount();
    }

    /// With `per_s`, if these were counted for so many seconds.
    Map<String, Double> figures(int seconds) {
        var figures = new TreeMap<String, Double>();
        figures.put("messages", (double) count());
        figures.put("per_s", count() / (double) seconds);
        figures.put("p50_us", (double) micros.getValueAtPercentile(50));
        figures.put("p99_us", (double) micros.getValueAtPercentile(99));
        figures.put("p999_us", (double) micros.getValueAtPercentile(99.9));
        figures.put("max_us", (double) micros.getMaxValue());
        return figures;
    }
}
