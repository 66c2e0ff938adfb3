package io.headrace.time;

/// The only way to ask for the time. Apply never asks: a time that matters is a field of the operation.
///
/// Threads: any.
public interface Clock {
    /// Wall clock, milliseconds since 1970-01-01 UTC; may step back.
    long millis();

    /// Monotonic, nanoseconds from an arbitrary origin; only differences mean anything.
    long nanos();

    /// The machine's own clock.
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
