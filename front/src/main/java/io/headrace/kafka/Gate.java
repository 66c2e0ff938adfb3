package io.headrace.kafka;

/// Why a connection's input rests. While any reason stands no request is begun.
///
/// Threads: the loop of its connection.
final class Gate {
    /// The last request is not decided yet, and the next may not overtake it.
    static final int REQUEST = 1;
    /// Too many answers are under way.
    static final int ANSWERS = 1 << 1;
    /// The log is behind and this connection produces.
    static final int PRESSURE = 1 << 2;
    /// The peer does not take what we send.
    static final int OUTPUT = 1 << 3;
    /// The peer was told to wait, and is made to.
    static final int THROTTLE = 1 << 4;
    /// Requests of all connections together hold all the memory they may.
    static final int MEMORY = 1 << 5;
    /// It is over.
    static final int CLOSED = 1 << 6;

    private int reasons;

    boolean open() {
        return reasons == 0;
    }

    boolean stopped(int reason) {
        return (reasons & reason) != 0;
    }

    void stop(int reason) {
        reasons |= reason;
    }

    void go(int reason) {
        reasons &= ~reason;
    }
}
