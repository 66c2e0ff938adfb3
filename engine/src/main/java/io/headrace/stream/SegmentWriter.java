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

    /// What is to be written to one file.
    sealed interface Stretch {
        PartitionWrites partition();

        /// Batches of a segment.
        ///
        /// @param pieces of memory that are pinned, one after the other in the file; none for a segment that
        ///     is gone
        record Batches(PartitionWrites partition, Segment segment, long position, ByteBuffer[] pieces, int batches)
                implements Stretch {}

        /// Where batches lie in a segment that is whole once the stretches before are written.
        record Index(PartitionWrites partition, Segment segment, SegmentIndex index, int bytes, long maxTimestamp)
                implements Stretch {}

        /// Aborted transactions, beside their segment.
        record Aborted(PartitionWrites partition, Segment segment, long position, ByteBuffer entries, int count)
                implements Stretch {}
    }

    private final Loop loop;
    private final Executor threads;
    private final SegmentFiles files;
    private final Consumer<Throwable> onBroken;
    private final List<PartitionWrites> dirty = new ArrayList<>();
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
    void dirty(PartitionWrites partition) {
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
            boolean done = i < written;
            switch (stretches.get(i)) {
                case Stretch.Batches(var partition, var _, var _, var _, int batches) ->
                    partition.written(done ? batches : 0, batches);
                case Stretch.Index _ -> {} // one that was not written is made again when it is missed
                case Stretch.Aborted(var partition, var segment, var _, var _, int count) ->
                    partition.writtenAborted(segment, done ? count : 0);
            }
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
                write(stretch);
                done++;
            }
        } catch (OutOfSpaceException full) {
            return done;
        } catch (IOException e) {
            onBroken.accept(e);
        }
        return done;
    }

    private void write(Stretch stretch) throws IOException {
        switch (stretch) {
            case Stretch.Batches(var _, var segment, long position, var pieces, var _) -> {
                if (pieces.length > 0) {
                    files.write(segment, pieces, pieces.length, position);
                }
            }
            case Stretch.Index(var _, var segment, var index, int bytes, long maxTimestamp) ->
                files.writeIndex(segment, SegmentIndexFile.encode(index, segment.baseOffset(), bytes, maxTimestamp));
            case Stretch.Aborted(var _, var segment, long position, var entries, var _) ->
                files.writeAborted(segment, entries, position);
        }
    }

    private void deleteNow(Segment segment) {
        try {
            files.delete(segment);
        } catch (IOException e) {
            onBroken.accept(new UncheckedIOException("cannot delete segment " + segment.fileName(), e));
        }
    }
}
