package io.headrace.stream.group;

import io.headrace.shard.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.InterruptException;

/// Calls from the coordinator's threads to what lives on the loop. The caller waits; the loop never does.
///
/// Threads: any but the loop.
final class LoopCalls {
    private static final long WAIT_SECONDS_MAX = 30;

    private final Loop loop;

    LoopCalls(Loop loop) {
        this.loop = loop;
    }

    /// @throws CoordinatorNotAvailableException the loop did not come to it in time; it will not be done any more
    <T> T call(Supplier<T> onLoop) {
        return await(answer -> answer.complete(onLoop.get()));
    }

    /// Waits for an answer that may come in a later turn.
    ///
    /// @throws CoordinatorNotAvailableException no answer in time
    <T> T await(Consumer<CompletableFuture<T>> onLoop) {
        var answer = new CompletableFuture<T>();
        loop.execute(() -> begin(answer, onLoop));
        try {
            return answer.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e); // which sets the thread's interrupt again
        } catch (TimeoutException e) {
            var late = new CoordinatorNotAvailableException("The loop was busy for " + WAIT_SECONDS_MAX + " seconds.");
            answer.completeExceptionally(late);
            throw late;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /// Without waiting; in the order of the calls of one thread.
    void post(Runnable onLoop) {
        loop.execute(onLoop);
    }

    private static <T> void begin(CompletableFuture<T> answer, Consumer<CompletableFuture<T>> onLoop) {
        if (answer.isDone()) {
            return; // nobody waits any more
        }
        try {
            onLoop.accept(answer);
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e); // thrown again where somebody waits
        }
    }
}
