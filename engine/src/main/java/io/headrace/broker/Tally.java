package io.headrace.broker;

/// How often each [Counted] happened, at one moment.
///
/// Threads: immutable.
public final class Tally {
    public static final Tally NOTHING = new Tally(new long[Counted.kinds()]);

    private final long[] values;

    private Tally(long[] values) {
        this.values = values;
    }

    public long of(Counted what) {
        return values[what.ordinal()];
    }

    /// All that went out to consumers, by whatever way.
    public long deliverGet() {
        return of(Counted.DELIVER) + of(Counted.DELIVER_NO_ACK) + of(Counted.GET) + of(Counted.GET_NO_ACK);
    }

    public Tally plus(Tally other) {
        var sum = values.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other.values[i];
        }
        return new Tally(sum);
    }

    public boolean isNothing() {
        for (long value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    public static Builder build() {
        return new Builder();
    }

    /// Threads: one.
    public static final class Builder {
        private final long[] values = new long[Counted.kinds()];

        private Builder() {}

        public Builder with(Counted what, long value) {
            values[what.ordinal()] = value;
            return this;
        }

        public Builder plus(Counted what, long value) {
            values[what.ordinal()] += value;
            return this;
        }

        /// Once; the builder is not to be used afterwards.
        public Tally tally() {
            return new Tally(values);
        }
    }
}
