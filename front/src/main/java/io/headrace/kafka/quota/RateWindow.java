package io.headrace.kafka.quota;

/// A rate over the last ten to eleven seconds, in samples of a second or more, and how long to wait when it is too
/// high.
///
/// The same arithmetic as Kafka's `Rate` over a `SampledStat` of 11 samples: a client that begins is measured as if ten
/// seconds had passed, so it may send what ten seconds allow at once.
///
/// Threads: one.
public final class RateWindow {
    static final int SAMPLES = 11;
    static final long SAMPLE_MILLIS = 1_000;

    private static final int KEPT = SAMPLES + 1; // one that the window only overlaps
    private static final long WINDOW_MILLIS = SAMPLES * SAMPLE_MILLIS;

    private final long[] startMillis = new long[KEPT];
    private final long[] lastMillis = new long[KEPT];
    private final double[] values = new double[KEPT];
    private int used; // samples
    private int current;
    private double bound = Double.MAX_VALUE; // a second

    /// The most that a second may bring, from now on.
    void bound(double perSecond) {
        bound = perSecond;
    }

    double bound() {
        return bound;
    }

    /// What the whole window may bring.
    double windowBound() {
        return bound * (SAMPLES - 1);
    }

    /// Adds `value`.
    ///
    /// @return milliseconds to wait until the rate is allowed again; 0 if it is
    public long add(double value, long nowMillis) {
        record(value, nowMillis);
        purge(nowMillis);
        long window = windowMillis(nowMillis);
        double rate = sum() * 1000 / window;
        return rate <= bound ? 0 : Math.round((rate - bound) / bound * window);
    }

    /// Takes back what was added and is not sent after all; or adds what nobody has to wait for.
    public void record(double value, long nowMillis) {
        if (used == 0) {
            used = 1;
            begin(0, nowMillis);
        } else if (nowMillis - startMillis[current] >= SAMPLE_MILLIS) {
            current = (current + 1) % KEPT;
            used = Math.max(used, current + 1);
            begin(current, nowMillis);
        }
        values[current] += value;
        lastMillis[current] = nowMillis;
    }

    private void begin(int sample, long nowMillis) {
        startMillis[sample] = nowMillis;
        lastMillis[sample] = nowMillis;
        values[sample] = 0;
    }

    private void purge(long nowMillis) {
        for (int i = 0; i < used; i++) {
            if (nowMillis - lastMillis[i] >= WINDOW_MILLIS) {
                begin(i, nowMillis);
            }
        }
    }

    /// Since the oldest sample, and as if there were ten.
    private long windowMillis(long nowMillis) {
        long oldest = nowMillis;
        for (int i = 0; i < used; i++) {
            oldest = Math.min(oldest, startMillis[i]);
        }
        long elapsed = nowMillis - oldest;
        long full = elapsed / SAMPLE_MILLIS;
        long missing = Math.max(0, SAMPLES - 1 - full);
        return Math.max(elapsed + missing * SAMPLE_MILLIS, 1);
    }

    private double sum() {
        double sum = 0;
        for (int i = 0; i < used; i++) {
            sum += values[i];
        }
        return sum;
    }
}
