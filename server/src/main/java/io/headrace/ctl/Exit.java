package io.headrace.ctl;

/// How the process ends: the numbers of `sysexits.h` that RabbitMQ uses.
final class Exit {
    static final int DONE = 0;
    static final int USAGE = 64;
    static final int DATA = 65;
    static final int NO_USER = 67;
    static final int UNAVAILABLE = 69;
    static final int SOFTWARE = 70;
    static final int TIMEOUT = 75;

    private Exit() {}
}
