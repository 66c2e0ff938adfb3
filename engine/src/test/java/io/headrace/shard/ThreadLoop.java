package io.headrace.shard;

import io.headrace.time.Clock;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A loop on a thread of its own: each task is a turn.
public final class ThreadLoop implements Loop, AutoCloseable {
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>(); // loop only
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("test-loop").daemon().factory());
    private volatile Thread current;

    private final ArrayDeque<Throwable> broken = new ArrayDeque<>(); // loop only

    public ThreadLoop() {
        on(() -> current = Thread.currentThread());
    }

    /// Does it on the loop and waits.
    public <T> T on(Supplier<T> task) {
        var answer = new CompletableFuture<T>();
        execute(() -> {
            try {
                answer.complete(task.get());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /// The first failure of a task, which would end a broker.
    public Optional<Throwable> broken() {
        return on(() -> Optional.ofNullable(broken.peek()));
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == current;
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(() -> turn(task));
    }

    private void turn(Runnable task) {
        try {
            task.run();
            while (!endOfTurn.isEmpty()) {
                endOfTurn.removeFirst().run();
            }
        } catch (Throwable e) {
            broken.add(e);
        }
    }

    @Override
    public void afterTurn(Runnable task) {
        endOfTurn.addLast(task);
    }

    @Override
    public Timer schedule(long delayMillis, Runnable task) {
        var scheduled = thread.schedule(() -> turn(task), delayMillis, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public Clock clock() {
        return Clock.system();
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
