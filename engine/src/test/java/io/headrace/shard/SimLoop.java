package io.headrace.shard;

import io.headrace.time.Clock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/// A loop without a thread: the test takes turns and owns the clock.
///
/// Threads: the test's.
public final class SimLoop implements Loop {
    private record Scheduled(long atMillis, long number, Runnable task, boolean[] cancelled) {}

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private final PriorityQueue<Scheduled> timers =
            new PriorityQueue<>(Comparator.comparingLong(Scheduled::atMillis).thenComparingLong(Scheduled::number));
    private long nowMillis = 1_700_000_000_000L;
    private long timersSet;
    /// How often it was told that it may rest; it never does.
    public int rests;

    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            return nowMillis;
        }

        @Override
        public long nanos() {
            return nowMillis * 1_000_000;
        }
    };

    /// Runs what waits, then the end of the turn.
    ///
    /// @return whether there was anything to do
    public boolean turn() {
        boolean busy = !tasks.isEmpty() || !endOfTurn.isEmpty();
        for (int i = tasks.size(); i > 0; i--) {
            tasks.removeFirst().run();
        }
        while (!endOfTurn.isEmpty()) {
            endOfTurn.removeFirst().run();
        }
        return busy;
    }

    @Override
    public void mayRest() {
        rests++;
    }

    /// Moves time on and makes due timers ready to run.
    public void advance(long millis) {
        nowMillis += millis;
        while (!timers.isEmpty() && timers.peek().atMillis <= nowMillis) {
            var due = timers.poll();
            if (!due.cancelled[0]) {
                tasks.addLast(due.task);
            }
        }
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.addLast(task);
    }

    @Override
    public void afterTurn(Runnable task) {
        endOfTurn.addLast(task);
    }

    @Override
    public Timer schedule(long delayMillis, Runnable task) {
        var cancelled = new boolean[1];
        timers.add(new Scheduled(nowMillis + delayMillis, timersSet++, task, cancelled));
        return () -> cancelled[0] = true;
    }

    @Override
    public Clock clock() {
        return clock;
    }
}
