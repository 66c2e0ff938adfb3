package io.headrace.broker;

import java.util.List;

/// How long requests of one kind took.
///
/// Quantiles are those of the last minutes: counts are halved every five, so that what was long ago weighs little.
///
/// Threads: the loop.
public final class RequestTimes {
    private static final long HALVED_NANOS = 5L * 60 * 1_000_000_000;
    /// A power of two is cut into so many steps: a quantile is right to an eighth.
    private static final int STEPS_BITS = 3;
    private static final int STEPS = 1 << STEPS_BITS;

    private final String request;
    private final Times total = new Times();
    private final Times local = new Times();
    private final Times remote = new Times();
    private long begun;
    private long halvedNanos;

    RequestTimes(String request) {
        this.request = request;
    }

    public void begun() {
        begun++;
    }

    /// It is answered, or nobody waits for the answer any more.
    ///
    /// @param totalNanos from its begin to its answer
    /// @param localNanos of that, the time in which it was worked at
    /// @param nowNanos of the loop's clock
    public void ended(long totalNanos, long localNanos, long nowNanos) {
        if (nowNanos - halvedNanos > HALVED_NANOS) {
            halvedNanos = nowNanos;
            total.halve();
            local.halve();
            remote.halve();
        }
        total.add(totalNanos);
        local.add(localNanos);
        remote.add(totalNanos - localNanos);
    }

    Report report() {
        return new Report(request, total.count, begun - total.count, total.report(), local.report(), remote.report());
    }

    /// @param ended how many were answered since the start
    /// @param underWay how many are not answered yet
    /// @param local the time in which a request was worked at
    /// @param remote the time in which it waited: for the disk, for records to come, for other requests
    public record Report(String request, long ended, long underWay, Spread total, Spread local, Spread remote) {}

    /// @param millis at each of [#QUANTILES]
    public record Spread(double sumMillis, List<Double> millis) {
        public static final List<Double> QUANTILES = List.of(0.5, 0.75, 0.95, 0.98, 0.99, 0.999);
    }

    /// Counts in steps that grow with the time.
    private static final class Times {
        private static final double NANOS_PER_MILLI = 1e6;

        private final int[] counts = new int[(Long.SIZE - STEPS_BITS) * STEPS];
        private long count;
        private long sumNanos;

        void add(long nanos) {
            long time = Math.max(0, nanos);
            count++;
            sumNanos += time;
            counts[step(time)]++;
        }

        // below STEPS one each; above, the leading bit says the row and the bits behind it the place in it
        private static int step(long time) {
            int shift = Math.max(0, Long.SIZE - STEPS_BITS - 1 - Long.numberOfLeadingZeros(time | 1));
            return (shift << STEPS_BITS) + (int) (time >>> shift);
        }

        private static long upTo(int step) {
            int shift = Math.max(0, (step >>> STEPS_BITS) - 1);
            return (step - ((long) shift << STEPS_BITS) + 1 << shift) - 1;
        }

        void halve() {
            for (int i = 0; i < counts.length; i++) {
                counts[i] >>= 1;
            }
        }

        Spread report() {
            long all = 0;
            for (int some : counts) {
                all += some;
            }
            long inAll = all;
            return new Spread(
                    sumNanos / NANOS_PER_MILLI,
                    Spread.QUANTILES.stream()
                            .map(quantile -> at((long) Math.ceil(quantile * inAll)))
                            .toList());
        }

        private double at(long rank) {
            long below = 0;
            for (int step = 0; step < counts.length; step++) {
                below += counts[step];
                if (below >= rank && rank > 0) {
                    return upTo(step) / NANOS_PER_MILLI;
                }
            }
            return 0;
        }
    }
}
