package io.headrace.broker;

/// What went through one exchange since it was made or the broker started.
///
/// Threads: the loop.
public final class ExchangeCounts {
    long in;
    long out;

    /// Published to it.
    public long in() {
        return in;
    }

    /// Taken by a queue; a message counts once for each.
    public long out() {
        return out;
    }
}
