package io.headrace.amqp;

/// How many deliveries may be outstanding: a window of a consumer, or the one that all consumers of a
/// channel share.
///
/// Threads: the loop of its connection.
final class Prefetch {
    private int limit; // 0: none
    private int outstanding;

    Prefetch(int limit) {
        this.limit = limit;
    }

    /// What is outstanding beyond a lower limit stays outstanding.
    void limit(int limit) {
        this.limit = limit;
    }

    int limit() {
        return limit;
    }

    boolean open() {
        return limit == 0 || outstanding < limit;
    }

    void delivered() {
        outstanding++;
    }

    void settled() {
        outstanding--;
    }
}
