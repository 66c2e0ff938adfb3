package io.headrace.kafka;

/// Answers that one request waits for, before it has its own.
///
/// Threads: the loop of the connection.
final class Outstanding {
    private final Runnable allDone;
    private int open = 1; // and one for the request while it is begun

    Outstanding(Runnable allDone) {
        this.allDone = allDone;
    }

    void expect() {
        open++;
    }

    /// One that was expected is there; or the request has begun all it wanted.
    void done() {
        if (--open == 0) {
            allDone.run();
        }
    }
}
