package io.headrace.stream;

import io.headrace.log.OutOfSpaceException;
import io.headrace.shard.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Writes committed batches from memory to their segments' files, many at a time and later: the log has them already.
/// What is written is forced at checkpoints. Also deletes files, in turn with the writes, so that no write brings a
/// deleted file back.
///
/// Threads: the loop, but for the writing itself, one job at a time on a file thread.
final class SegmentWriter {
    private static final Logger LOG = System.getLogger(SegmentWriter.class.getName());
    /// So much unwritten is written at once: it keeps pages of the log in memory.
    private static final long BYTES_MAX = 4L << 20;
    private static final long DELAY_MILLIS = 500;

    /// A stretch of one segment.
    ///
    /// @param pieces of memory that are pinned, one after the other in the file; none if the segment is gone
    record Stretch(LogPartition partition, Segment segment, long position, ByteBuffer[] pieces, int batches) {}

    private final Loop loop;
    private final Executor threads;
    private final SegmentFiles files;
    private final Consumer<Throwable> onBroken;
    private final List<LogPartition> dirty = new ArrayList<>();
    private List<Segment> doomed = new ArrayList<>();
    private List<Consumer<Boolean>> waiting = new ArrayList<>();
    private long unwrittenBytes;
    private boolean running;
    private boolean timed;
    private boolean waitsForSpace;

    SegmentWriter(Loop loop, Executor threads, SegmentFiles files, Consumer<Throwable> onBroken) {
        this.loop = loop;
        this.threads = threads;
        this.files = files;
        this.onBroken = onBroken;
    }

    /// The partition has committed batches that are not written; told once until they are collected.
    void dirty(LogPartition partition) {
        dirty.add(partition);
        if (!running) {
            later();
        }
    }

    /// So much more is committed.
    void committed(long bytes) {
        unwrittenBytes += bytes;
        if (unwrittenBytes >= BYTES_MAX && !waitsForSpace) {
            work();
        }
    }

    private void later() {
        if (!timed) {
            timed = true;
            loop.schedule(DELAY_MILLIS, () -> {
                timed = false;
                work();
            });
        }
    }

    void delete(Segment segment) {
        doomed.add(segment);
        work();
    }

    /// Everything that is committed now gets written; `done` hears whether it was, which a full disk prevents.
    void flush(Consumer<Boolean> done) {
        waiting.add(done);
        work();
    }

    private void work() {
        if (running) {
            return;
        }
        var stretches = new ArrayList<Stretch>();
        for (var partition : dirty) {
            partition.collect(stretches);
        }
        dirty.clear();
        unwrittenBytes = 0;
        var deletions = doomed;
        doomed = new ArrayList<>();
        var told = waiting;
        waiting = new ArrayList<>();
        if (stretches.isEmpty() && deletions.isEmpty()) {
            told.forEach(done -> done.accept(true));
            return;
        }
        running = true;
        threads.execute(() -> {
            int written = write(stretches);
            deletions.forEach(this::deleteNow);
            loop.execute(() -> ended(stretches, written, told));
        });
    }

    private void ended(List<Stretch> stretches, int written, List<Consumer<Boolean>> told) {
        running = false;
        for (int i = 0; i < stretches.size(); i++) {
            var stretch = stretches.get(i);
            stretch.partition().written(i < written ? stretch.batches() : 0, stretch.batches());
        }
        boolean whole = written == stretches.size();
        if (!whole && !waitsForSpace) {
            LOG.log(Level.WARNING, "No space for segments: what is not written stays in memory, and is tried again.");
        }
        waitsForSpace = !whole;
        told.forEach(done -> done.accept(whole));
        if (whole && (unwrittenBytes >= BYTES_MAX || !waiting.isEmpty() || !doomed.isEmpty())) {
            work();
        } else if (!dirty.isEmpty() || !waiting.isEmpty() || !doomed.isEmpty()) {
            later();
        }
    }

    // how many of them it did; the rest found no space
    private int write(List<Stretch> stretches) {
        int done = 0;
        try {
            for (var stretch : stretches) {
                if (stretch.pieces().length > 0) {
                    files.write(stretch.segment(), stretch.pieces(), stretch.pieces().length, stretch.position());
                }
                done++;
            }
        } catch (OutOfSpaceException full) {
            return done;
        } catch (IOException e) {
            onBroken.accept(e);
        }
        return done;
    }

    private void deleteNow(Segment segment) {
        try {
            files.delete(segment);
        } catch (IOException e) {
            onBroken.accept(new UncheckedIOException("cannot delete segment " + segment.fileName(), e));
        }
    }
}
