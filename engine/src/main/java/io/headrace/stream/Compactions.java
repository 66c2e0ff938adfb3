package io.headrace.stream;

import io.headrace.log.OutOfSpaceException;
import io.headrace.shard.Loop;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Has partitions compacted, one at a time and a piece at a time. Between two pieces it rests ([CompactionPace]) and
/// holds no file thread: who reads a file or writes a checkpoint waits for one piece, never for a pass.
///
/// Threads: the loop of the shard.
final class Compactions {
    private static final Logger LOG = System.getLogger(Compactions.class.getName());
    /// So a change of the budget need not wait for the end of a long rest.
    private static final long REST_MILLIS_MAX = 1_000;

    private final Streams streams;
    private final Loop loop;
    private final Executor threads;
    private final SegmentFiles files;
    private final StreamConfig config;
    private final CompactionPace pace;
    private final Consumer<Throwable> onBroken;

    Compactions(
            Streams streams,
            Loop loop,
            Executor threads,
            SegmentFiles files,
            StreamConfig config,
            Consumer<Throwable> onBroken) {
        this.streams = streams;
        this.loop = loop;
        this.threads = threads;
        this.files = files;
        this.config = config;
        this.pace = new CompactionPace(config.compactionBytesPerSecond(Map.of()));
        this.onBroken = onBroken;
    }

    /// What was set on the broker at run time, by its names.
    void set(Map<String, String> brokerSettings) {
        pace.limit(config.compactionBytesPerSecond(brokerSettings));
    }

    /// Looks through the partitions, now and then.
    void schedule(Supplier<Collection<LogPartition>> partitions) {
        loop.schedule(
                config.compactionCheckMillis(), () -> next(partitions.get().iterator(), partitions));
    }

    private void next(Iterator<LogPartition> candidates, Supplier<Collection<LogPartition>> partitions) {
        while (candidates.hasNext()) {
            var candidate = candidates.next();
            if (!candidate.gone() && candidate.compact(() -> next(candidates, partitions))) {
                return;
            }
        }
        schedule(partitions);
    }

    /// Works on `source` until it is compacted, or cannot be.
    void run(Compaction.Source source, TopicSettings settings, Consumer<Compaction.Result> then) {
        step(new Compaction(source, settings, files, loop.clock().millis(), config.compactionKeyBytes()), then);
    }

    private void step(Compaction compaction, Consumer<Compaction.Result> then) {
        threads.execute(() -> {
            try {
                long began = loop.clock().nanos();
                long bytes = compaction.step();
                long ended = loop.clock().nanos();
                loop.execute(() -> {
                    pace.worked(bytes, began, ended);
                    goOn(compaction, then);
                });
            } catch (OutOfSpaceException e) {
                LOG.log(Level.WARNING, "No space to compact a partition; tried again: " + e.getMessage());
                loop.execute(() -> giveUp(compaction, then));
            } catch (IOException | RuntimeException e) {
                loop.execute(() -> {
                    if (compaction.sourceGone()) {
                        giveUp(compaction, then);
                    } else {
                        onBroken.accept(e);
                    }
                });
            }
        });
    }

    private void goOn(Compaction compaction, Consumer<Compaction.Result> then) {
        if (compaction.done()) {
            then.accept(compaction.result());
        } else if (compaction.sourceGone()) {
            giveUp(compaction, then);
        } else {
            long rest = pace.restMillis(loop.clock().nanos());
            if (rest == 0) {
                step(compaction, then);
            } else {
                loop.schedule(Math.min(rest, REST_MILLIS_MAX), () -> goOn(compaction, then));
            }
        }
    }

    // what it has written takes space that nobody needs
    private void giveUp(Compaction compaction, Consumer<Compaction.Result> then) {
        compaction.written().forEach(streams::deleteUnused);
        then.accept(Compaction.Result.NOTHING);
    }
}
