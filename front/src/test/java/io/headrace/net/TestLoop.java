package io.headrace.net;

import io.headrace.shard.Loop;
import io.headrace.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A loop that turns when the test says so, with a clock that only the test moves.
public final class TestLoop implements Loop, Clock {
    private record Timed(long atMillis, Runnable task) {}

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private final List<Timed> timers = new ArrayList<>();
    private long nowMillis;
    private long tickedNanos;
    /// How much later it is with each look at [#nanos], for what measures itself.
    public long tickingNanos;

    /// Runs turns until there is nothing to do now.
    public void turn() {
        while (!tasks.isEmpty() || !endOfTurn.isEmpty()) {
            for (var task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            for (var task = endOfTurn.poll(); task != null; task = endOfTurn.poll()) {
                task.run();
            }
        }
    }

    public void advance(long millis) {
        long until = nowMillis + millis;
        turn();
        while (true) {
            var next = timers.stream()
                    .filter(timer -> timer.atMillis() <= until)
                    .min(Comparator.comparingLong(Timed::atMillis));
            if (next.isEmpty()) {
                break;
            }
            timers.remove(next.get());
            nowMillis = next.get().atMillis();
            next.get().task().run();
            turn();
        }
        nowMillis = until;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void afterTurn(Runnable task) {
        endOfTurn.add(task);
    }

    @Override
    public Timer schedule(long delayMillis, Runnable task) {
        var timed = new Timed(nowMillis + delayMillis, task);
        timers.add(timed);
        return () -> timers.remove(timed);
    }

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public long millis() {
        return nowMillis;
    }

    @Override
    public long nanos() {
        tickedNanos += tickingNanos;
        return nowMillis * 1_000_000 + tickedNanos;
    }
}
