package io.headrace.net;

import io.headrace.time.Clock;

/// Keeps a loop from taking a turn for each message when many come one by one.
///
/// A turn costs system calls whatever it does: waiting for events, a read and a write for each socket, and what wakes
/// the loop costs its clients. A loop that is faster than its clients finds one message in each turn and spends most
/// of its time in the kernel. So it rests a moment between turns, and the next one finds more:
///
/// - after a run of quick turns;
/// - after one in which many messages were given to the log: who sent them waits for the log, which ends the rest.
///
/// A lone request, a slow stream, and a loop with much to do in each turn are never held up.
///
/// Threads: the loop.
final class TurnPace {
    /// A turn that begins so soon after the last had little to do.
    static final long QUICK_NANOS = 40_000;
    /// So many quick turns in a row make a stream.
    static final int QUICK_TURNS = 16;
    /// What is asked for; the kernel's timers make about 60 µs more of it.
    static final long REST_NANOS = 20_000;
    /// From the end of one turn to the end of the next and its rest, while many wait for the log. The timers' 60 µs
    /// come on top here, too.
    static final long PERIOD_NANOS = 190_000;

    private final Clock clock;
    private long lastNanos;
    private int quickTurns;

    TurnPace(Clock clock) {
        this.clock = clock;
    }

    /// A turn has ended.
    ///
    /// @param manyAwaited many wait for what was done in it
    /// @return nanoseconds that the loop may rest now, and then say so ([#rested]); 0 if it had better not
    long turned(boolean manyAwaited) {
        long now = clock.nanos();
        long sinceLast = now - lastNanos;
        lastNanos = now;
        if (manyAwaited) {
            quickTurns = 0;
            return Math.max(0, PERIOD_NANOS - sinceLast);
        }
        if (sinceLast >= QUICK_NANOS) {
            quickTurns = 0;
            return 0;
        }
        return ++quickTurns >= QUICK_TURNS ? REST_NANOS : 0;
    }

    void rested() {
        lastNanos = clock.nanos();
    }
}
