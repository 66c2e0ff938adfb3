package io.headrace.cli;

/// How the process ends.
final class Exit {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG = 2;
    static final int NOT_RUNNING = 3;

    private Exit() {}
}
