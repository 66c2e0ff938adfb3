package io.headrace.management;

import io.headrace.shard.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Asks the engine on its loop and waits for the answer on the thread that asks.
///
/// Threads: any but a loop.
final class OnLoop {
    private static final long PATIENCE_SECONDS = 30;

    private final Loop loop;

    OnLoop(Loop loop) {
        this.loop = loop;
    }

    Loop loop() {
        return loop;
    }

    <T> T ask(Supplier<T> question) throws Problem, InterruptedException {
        return await(answer -> answer.accept(question.get()));
    }

    /// `work` runs on the loop and gives its answer there, at once or later.
    <T> T await(Consumer<Consumer<T>> work) throws Problem, InterruptedException {
        var answer = new CompletableFuture<T>();
        loop.execute(() -> {
            try {
                work.accept(answer::complete);
            } catch (Throwable trouble) {
                answer.completeExceptionally(trouble);
            }
        });
        return get(answer);
    }

    /// `work` runs here and gives its answer at once, or later on the loop.
    <T> T now(Consumer<Consumer<T>> work) throws Problem, InterruptedException {
        var answer = new CompletableFuture<T>();
        work.accept(answer::complete);
        return get(answer);
    }

    private static <T> T get(CompletableFuture<T> answer) throws Problem, InterruptedException {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw Problem.of(503, "timeout", "the broker did not answer within " + PATIENCE_SECONDS + " s");
        } catch (ExecutionException e) {
            throw new IllegalStateException("asked on the loop", e.getCause());
        }
    }
}
