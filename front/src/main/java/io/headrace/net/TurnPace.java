package io.headrace.net;

import io.headrace.time.Clock;
import java.util.concurrent.locks.LockSupport;

/// Keeps a loop from taking a turn for each message when many come one by one.
///
/// A turn costs system calls whatever it does: waiting for events, a read and a write for each socket. A
/// loop that is faster than its clients finds one message in each turn and spends most of its time in the
/// kernel. So after a run of quick turns it rests a moment between turns, and the next one finds more. A
/// lone request, a slow stream and a loop with much to do in each turn are never held up.
///
/// Threads: the loop.
final class TurnPace {
    /// A turn that begins so soon after the last had little to do.
    static final long QUICK_NANOS = 40_000;
    /// So many quick turns in a row make a stream.
    static final int QUICK_TURNS = 16;
    /// What is asked for; the kernel's timers make about 60 µs more of it.
    static final long REST_NANOS = 20_000;

    private final Clock clock;
    private long lastNanos;
    private int quickTurns;

    TurnPace(Clock clock) {
        this.clock = clock;
    }

    /// A turn has ended. May rest.
    void turned() {
        long now = clock.nanos();
        if (now - lastNanos >= QUICK_NANOS) {
            quickTurns = 0;
        } else if (++quickTurns >= QUICK_TURNS) {
            LockSupport.parkNanos(REST_NANOS);
            now = clock.nanos();
        }
        lastNanos = now;
    }
}
