package io.headrace.queue;

/// The two levels of a quorum queue, as RabbitMQ 4.0 to 4.2 has them: messages of a priority above 4, and all others.
/// Where both wait, two of the high ones leave, then one of the others, so that nobody waits for ever.
///
/// Threads: the loop of the queue.
final class Levels {
    static final int NORMAL = 0;
    static final int HIGH = 1;
    private static final int HIGH_FROM = 5;
    private static final int HIGH_IN_A_ROW = 2;

    private int taken; // since a normal one had its turn

    /// @param priority -1 if the message has none
    static int of(int priority) {
        return priority >= HIGH_FROM ? HIGH : NORMAL;
    }

    /// @param normal the first of each level, -1 if there is none
    long next(long normal, long high) {
        if (normal < 0 || high < 0) {
            return normal < 0 ? high : normal;
        }
        return taken == HIGH_IN_A_ROW ? normal : high;
    }

    /// One of any level left.
    void took() {
        taken = taken == HIGH_IN_A_ROW ? 0 : taken + 1;
    }
}
