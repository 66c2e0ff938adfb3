package io.headrace.queue;

/// What a quorum queue remembers of a message that came back, in one number, so that an index page has it beside the
/// message and takes it to disk: millions may wait.
///
/// ```text
///  bits 63 … 22  when it is ready again, in ms since 1970; 0 if it does not wait
///  bits 21 …  0  attempts that failed; beyond the highest number, the highest
/// ```
/// 0 is a message that never came back.
final class RetryWord {
    private static final int FAILURES_BITS = 22;
    static final int FAILURES_MAX = (1 << FAILURES_BITS) - 1;
    /// In the year 2109.
    static final long DUE_MAX = (1L << 64 - FAILURES_BITS) - 1;

    private RetryWord() {}

    /// @param dueMillis 0 if it does not wait
    static long of(int failures, long dueMillis) {
        return Math.clamp(dueMillis, 0, DUE_MAX) << FAILURES_BITS | Math.min(failures, FAILURES_MAX);
    }

    static int failures(long word) {
        return (int) word & FAILURES_MAX;
    }

    static long due(long word) {
        return word >>> FAILURES_BITS;
    }

    /// The same message when it has waited long enough.
    static long ready(long word) {
        return word & FAILURES_MAX;
    }
}
