package io.headrace.log;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// Answers reads on its own threads, or, under the simulator, at once.
///
/// Threads: as [EntryReader].
final class LogReader implements EntryReader {
    private static final int THREADS = 2;

    private final Extents extents;
    private final PageArena arena;
    private final ThreadLocal<StretchReader> readers;
    private final StretchReader gatherReader; // of the gatherer
    private ExecutorService threads; // null: inline
    private ExecutorService gatherer; // if gathering waited for single reads there would be ever more of them

    LogReader(Extents extents, PageArena arena) {
        this.extents = extents;
        this.arena = arena;
        this.readers = ThreadLocal.withInitial(() -> new StretchReader(this.extents, this.arena));
        this.gatherReader = new StretchReader(extents, arena);
    }

    void start() {
        threads = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name("log-reader").daemon().factory());
        gatherer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("log-gatherer").daemon().factory());
    }

    @Override
    public void read(int group, long location, Consumer<Result> answer) {
        if (threads == null) {
            answer.accept(result(group, location));
        } else {
            threads.execute(() -> answer.accept(result(group, location)));
        }
    }

    @Override
    public void gather(int group, long[] locations, Measure measure, List<Page> into, Consumer<Gathered> answer) {
        go(new Gathering(group, locations, measure, into, arena, answer));
    }

    // step by step, so that it ends soon when the log is closed
    private void go(Gathering gathering) {
        if (threads == null) {
            while (gathering.step(gatherReader)) {}
            return;
        }
        try {
            gatherer.execute(() -> {
                if (gathering.step(gatherReader)) {
                    go(gathering);
                }
            });
        } catch (RejectedExecutionException e) {
            // the log is being closed: nobody waits for the answer any more
        }
    }

    void stop() {
        if (threads != null) {
            threads.close();
            gatherer.close();
        }
    }

    private Result result(int group, long location) {
        try {
            return readers.get().read(group, location);
        } catch (IOException | RuntimeException | OutOfMemoryError e) { // whoever waits for it hears of it in any case
            return new Result.Failed(e);
        }
    }
}
