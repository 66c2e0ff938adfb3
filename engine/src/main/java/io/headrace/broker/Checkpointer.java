package io.headrace.broker;

import io.headrace.catalog.Catalog;
import io.headrace.log.Checkpoints;
import io.headrace.log.CommitLog;
import io.headrace.log.DurableLog;
import io.headrace.log.OutOfSpaceException;
import io.headrace.log.Reclaim;
import io.headrace.queue.QueueCheckpoint;
import io.headrace.queue.Queues;
import io.headrace.shard.Shard;
import io.headrace.stream.Streams;
import io.headrace.stream.share.ShareOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Takes checkpoints: captures on the loop between two turns, waits until everything captured is committed
/// (a checkpoint must not know more than the log), writes on a file thread, and tells the log what it may
/// recycle.
///
/// What is captured is exactly the effects of the entries up to the section's offset: entries are applied
/// on this loop when they are appended, and the shard is closed before.
///
/// Threads: the loop, but for the writing.
final class Checkpointer {
    private static final Logger LOG = System.getLogger(Checkpointer.class.getName());
    private static final long LOOK_MILLIS = 250;

    private final DurableLog log;
    private final Shard shard;
    private final Catalog catalog;
    private final Queues queues;
    private final Streams streams;
    private final ShareOperations shares;
    private final Executor files;
    private final CheckpointRhythm rhythm;
    private final Consumer<Throwable> onBroken;
    private boolean running;
    private boolean wanted;
    private boolean stopped;
    private long coveredData;
    private long coveredCatalog;
    private long coveredMillis;
    private long coveredBytes;

    /// When a checkpoint is due.
    ///
    /// @param bytes so much new log
    /// @param millis or so long with anything new
    /// @param cleanBytesMax a log file with at most so many live bytes may be cleaned
    record CheckpointRhythm(long bytes, long millis, long cleanBytesMax) {}

    /// A checkpoint on its way to the disk.
    ///
    /// @param data the last entry of the data group that it holds
    /// @param catalogOffset the same of the catalog's
    /// @param bytes of log until then
    private record Captured(
            Checkpoints.Checkpoint checkpoint, QueueCheckpoint queues, long data, long catalogOffset, long bytes) {}

    /// @param onBroken hears that the device refused a checkpoint: a failed force is not tried again
    Checkpointer(
            DurableLog log,
            Shard shard,
            Catalog catalog,
            Queues queues,
            Streams streams,
            ShareOperations shares,
            Executor files,
            CheckpointRhythm rhythm,
            Consumer<Throwable> onBroken) {
        this.log = log;
        this.shard = shard;
        this.catalog = catalog;
        this.queues = queues;
        this.streams = streams;
        this.shares = shares;
        this.files = files;
        this.rhythm = rhythm;
        this.onBroken = onBroken;
        this.coveredData = log.commits().nextOffset(CommitLog.DATA) - 1;
        this.coveredCatalog = log.commits().nextOffset(CommitLog.CATALOG) - 1;
        this.coveredMillis = shard.loop().clock().millis();
    }

    /// Looks again and again whether one is due.
    void start() {
        shard.loop().schedule(LOOK_MILLIS, () -> {
            if (!stopped) {
                if (!running) {
                    look();
                }
                start();
            }
        });
    }

    /// Takes one at the next look, whatever the rhythm.
    void soon() {
        wanted = true;
    }

    /// Writes the last one. Nothing may be appended after the call.
    void finish(Runnable done) {
        stopped = true;
        if (running) {
            shard.loop().schedule(1, () -> finish(done));
        } else {
            capture(true, done);
        }
    }

    private void look() {
        if (log.commits().nextOffset(CommitLog.DATA) - 1 <= coveredData
                && log.commits().nextOffset(CommitLog.CATALOG) - 1 <= coveredCatalog) {
            // a time without news does not count: what comes first after it has the whole interval
            coveredMillis = shard.loop().clock().millis();
        } else if (due()) {
            capture(false, () -> {});
        }
    }

    private boolean due() {
        return wanted
                || shard.appendedBytes() - coveredBytes >= rhythm.bytes
                || shard.loop().clock().millis() - coveredMillis >= rhythm.millis;
    }

    private void capture(boolean last, Runnable done) {
        running = true;
        wanted = false;
        shard.close();
        long data = log.commits().nextOffset(CommitLog.DATA) - 1;
        long catalogOffset = log.commits().nextOffset(CommitLog.CATALOG) - 1;
        long committed = log.commits().committedOffset(CommitLog.DATA);
        var queuesNow = captureQueues(committed);
        if (queuesNow.isEmpty()) {
            ended(done);
            return;
        }
        var queuesThen = queuesNow.get();
        var checkpoint = new Checkpoints.Checkpoint(
                List.of(
                        section(CommitLog.CATALOG, catalogOffset, catalog.snapshot()),
                        section(
                                CommitLog.DATA,
                                data,
                                DataGroup.snapshot(queuesThen.snapshot(), streams.snapshot(), shares.snapshot()))),
                last);
        var captured = new Captured(checkpoint, queuesThen, data, catalogOffset, shard.appendedBytes());
        whenCommitted(data, catalogOffset, () -> flush(captured, done));
    }

    // what the snapshot says of partitions is true once their segments have it
    private void flush(Captured captured, Runnable done) {
        streams.committed(captured.data());
        streams.flush(whole -> {
            if (whole) {
                files.execute(() -> writeAndReclaim(captured, done));
            } else {
                ended(done);
            }
        });
    }

    private void writeAndReclaim(Captured captured, Runnable done) {
        boolean durable;
        try {
            durable = write(captured.checkpoint());
            if (durable && !captured.checkpoint().cleanShutdown()) {
                reclaim(captured.queues());
            }
        } catch (UncheckedIOException e) {
            onBroken.accept(e);
            return;
        }
        shard.loop().execute(() -> {
            if (durable) {
                coveredData = captured.data();
                coveredCatalog = captured.catalogOffset();
                coveredBytes = captured.bytes();
                QueueCheckpoint.durable(queues);
            }
            ended(done);
        });
    }

    private void ended(Runnable done) {
        coveredMillis = shard.loop().clock().millis();
        running = false;
        done.run();
    }

    // empty if index pages could not be written for want of space
    private Optional<QueueCheckpoint> captureQueues(long committed) {
        try {
            return Optional.of(QueueCheckpoint.capture(queues, log.reclaim(), committed, rhythm.cleanBytesMax));
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof OutOfSpaceException full) {
                noSpace(full);
                return Optional.empty();
            }
            throw e;
        }
    }

    private static void noSpace(OutOfSpaceException full) {
        LOG.log(
                Level.WARNING,
                "No space for a checkpoint; the log is kept and a later one is tried: " + full.getMessage());
    }

    private Checkpoints.Section section(int group, long applied, ByteBuffer snapshot) {
        return new Checkpoints.Section(group, applied, log.commits().epoch(group), snapshot);
    }

    private void whenCommitted(long data, long catalogOffset, Runnable then) {
        var commits = log.commits();
        if (commits.committedOffset(CommitLog.DATA) >= data
                && commits.committedOffset(CommitLog.CATALOG) >= catalogOffset) {
            then.run();
        } else {
            shard.loop().schedule(1, () -> whenCommitted(data, catalogOffset, then));
        }
    }

    // the cleaner copies, so not on the loop
    private void reclaim(QueueCheckpoint captured) {
        try {
            log.reclaim().live(CommitLog.CATALOG, Reclaim.LiveCounts.NONE);
            log.reclaim().live(CommitLog.DATA, captured.live());
        } catch (OutOfSpaceException e) {
            LOG.log(Level.WARNING, "No space to clean log files; tried again later: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot recycle log files", e);
        }
    }

    private boolean write(Checkpoints.Checkpoint checkpoint) {
        try {
            log.indexPages().force();
            streams.force();
            log.checkpoints().write(checkpoint);
            return true;
        } catch (OutOfSpaceException e) {
            noSpace(e);
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a checkpoint", e);
        }
    }
}
