package io.headrace.management;

/// The last samples of the counters of one thing, in a ring. Samples that are equal share their numbers, so a thing on
/// which nothing happens costs little.
///
/// Threads: the loop.
final class Series {
    /// A rate is over at least this time, as RabbitMQ's is.
    private static final long RATE_MILLIS_MIN = 4_900;

    private final long[] times;
    private final long[][] values;
    private int count;
    private int next;

    /// @param kept how many samples
    Series(int kept) {
        this.times = new long[kept];
        this.values = new long[kept][];
    }

    /// Time of the newest sample; 0 if there is none.
    long newestMillis() {
        return count == 0 ? 0 : times[at(0)];
    }

    void add(long nowMillis, long[] current) {
        boolean same = count > 0 && java.util.Arrays.equals(values[at(0)], current);
        var stored = same ? values[at(0)] : current;
        times[next] = nowMillis;
        values[next] = stored;
        next = (next + 1) % times.length;
        count = Math.min(count + 1, times.length);
    }

    /// Place of the sample that is `age` samples old.
    private int at(int age) {
        return Math.floorMod(next - 1 - age, times.length);
    }

    /// What the counters are now, together with what is remembered of them.
    ///
    /// @param ageMillis how old the samples may be that are wanted, 0 for none
    Measured measure(long nowMillis, long[] current, long ageMillis) {
        int before = -1; // age of the newest sample that is old enough for a rate
        for (int age = 0; age < count && before < 0; age++) {
            if (nowMillis - times[at(age)] >= RATE_MILLIS_MIN) {
                before = age;
            }
        }
        var rates = new double[current.length];
        if (before >= 0) {
            double seconds = (nowMillis - times[at(before)]) / 1000.0;
            for (int i = 0; i < rates.length; i++) {
                rates[i] = (current[i] - values[at(before)][i]) / seconds;
            }
        }
        int wanted = 0;
        while (wanted < count && nowMillis - times[at(wanted)] <= ageMillis) {
            wanted++;
        }
        var sampleTimes = new long[wanted];
        var samples = new long[wanted][];
        for (int age = 0; age < wanted; age++) {
            sampleTimes[age] = times[at(age)];
            samples[age] = values[at(age)];
        }
        return new Measured(current, rates, sampleTimes, samples);
    }

    /// When the counters last changed; 0 if nobody saw it.
    long quietSinceMillis() {
        for (int age = 1; age < count; age++) {
            if (values[at(age)] != values[at(0)]) {
                return times[at(age - 1)];
            }
        }
        return 0;
    }
}
