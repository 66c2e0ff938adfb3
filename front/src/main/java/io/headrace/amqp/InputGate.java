package io.headrace.amqp;

/// Why a connection's input rests. While any reason stands no frame is handled, so replies keep the order
/// of requests.
///
/// Threads: the loop of its connection.
final class InputGate {
    /// An answer of the engine is awaited.
    static final int ANSWER = 1;
    /// The broker is short of memory or disk and this connection publishes.
    static final int ALARM = 1 << 1;
    /// The log is behind.
    static final int PRESSURE = 1 << 2;
    /// The peer does not take what we send.
    static final int OUTPUT = 1 << 3;
    /// All connections together hold as much of what is not whole yet as they may.
    static final int MEMORY = 1 << 6;
    /// What it asked for is as much as one turn gives.
    static final int TURN = 1 << 5;
    /// Something went wrong here, and the connection is about to end.
    static final int BROKEN = 1 << 4;

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

    void goAll() {
        reasons = 0;
    }
}
