package io.headrace.log;

import io.headrace.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/// Commits by forcing to this machine's disk. Entries that arrive while a force is under way make the next
/// block: the force paces the batching.
///
/// A failed write or force is never tried again: the log stops, and nothing more is acknowledged.
///
/// Threads: any appends; one at a time calls [#step] (the `log-writer` thread, or the simulator).
final class LocalCommitter implements CommitLog {
    /// A block ends here, unless it is a single entry that is larger.
    static final long BLOCK_BYTES = 4 << 20;
    /// So much that nobody waits for is written without waiting for more.
    static final long LAZY_BYTES = 1 << 20;

    private static final System.Logger LOG = System.getLogger(LocalCommitter.class.getName());
    /// The only one: this node leads from its start on, and nothing is ever truncated.
    private static final int EPOCH = 1;

    private final LogConfig config;
    private final Clock clock;
    private final SpareFiles files;
    private final WalWriter writer;
    private final EntryQueue queue;
    private final LongAdder forces = new LongAdder();
    private final Wakeup wakeup;
    private final long entryBytesMax;
    private final AtomicLongArray written = new AtomicLongArray(WalFile.GROUPS_MAX);
    private final AtomicLongArray committed = new AtomicLongArray(WalFile.GROUPS_MAX);
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final EntryBatch batch = new EntryBatch(); // writer only, as are the next three
    private boolean ampleTold = true;
    private boolean lazyPending;
    private long lazySinceNanos;
    private volatile int epoch = NOT_LEADING; // until the start
    private volatile boolean draining;
    private volatile boolean waitingForFile;
    private volatile Throwable failure;

    LocalCommitter(
            LogConfig config, Clock clock, SpareFiles files, WalWriter writer, long[] nextOffsets, Wakeup wakeup) {
        this.config = config;
        this.clock = clock;
        this.files = files;
        this.writer = writer;
        this.queue = new EntryQueue(nextOffsets);
        this.wakeup = wakeup;
        this.entryBytesMax = Math.min(Integer.MAX_VALUE, config.walFileBytes()) - 4L * WalBlock.SECTOR_BYTES;
        for (int group = 0; group < WalFile.GROUPS_MAX; group++) {
            written.set(group, nextOffsets[group] - 1);
            committed.set(group, nextOffsets[group] - 1);
        }
    }

    /// @throws IllegalArgumentException there is no such group, or the entry does not fit into a WAL file;
    ///     nothing has happened
    @Override
    public long append(int group, int inEpoch, Page page, int start, int length, Urgency urgency) {
        check(group, page, start, length);
        if (inEpoch != epoch || inEpoch == NOT_LEADING) {
            return NO_OFFSET;
        }
        boolean urgent = urgency == Urgency.SOON;
        long offset = queue.add(group, inEpoch, page, start, length, urgent);
        if (urgent) {
            wakeup.urgent();
        } else {
            wakeup.lazy(queue.pendingBytes() >= LAZY_BYTES);
        }
        return offset;
    }

    @Override
    public int epoch(int group) {
        return epoch;
    }

    @Override
    public long nextOffset(int group) {
        return queue.next(group);
    }

    @Override
    public long committedOffset(int group) {
        return committed.get(group);
    }

    @Override
    public long forces() {
        return forces.sum();
    }

    @Override
    public long pendingBytes() {
        return queue.pendingBytes();
    }

    @Override
    public long entryBytesMax() {
        return entryBytesMax;
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /// Appends are taken from now on.
    void lead() {
        long[] first = queue.next();
        epoch = EPOCH;
        for (int group = 0; group < first.length; group++) {
            for (var listener : listeners) {
                listener.leading(group, EPOCH, first[group]);
            }
        }
    }

    /// Writes at most one block, if it is time, and forces it, if it is due.
    ///
    /// @return whether anything was done; if not, nothing will be before an append or [#waitNanos] from now
    boolean step() {
        if (failure != null) {
            return false;
        }
        boolean told = tellSpace();
        try {
            return isDue() && turn() || told;
        } catch (IOException e) {
            fail(e);
            return true;
        }
    }

    /// How long nothing is due if nothing is appended; [Long#MAX_VALUE] for ever.
    long waitNanos() {
        if (!lazyPending || waitingForFile) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, lazySinceNanos + lazyNanos() - clock.nanos());
    }

    /// Whether the writer waits for a file to be prepared, and nothing else would help.
    boolean waitingForFile() {
        return waitingForFile;
    }

    boolean hasUrgentWork() {
        return queue.urgent()
                || draining && (queue.pendingBytes() > 0 || writer.dirty())
                || queue.pendingBytes() >= LAZY_BYTES
                || ampleTold != files.ample();
    }

    boolean hasWork() {
        return hasUrgentWork() || queue.pendingBytes() > 0;
    }

    /// Commits everything appended before the call.
    ///
    /// @param progress does or awaits some of the writer's work; false when there is none to be expected
    /// @throws OutOfSpaceException the log waits for space
    /// @throws IOException the log failed
    void drain(BooleanSupplier progress) throws IOException {
        long[] targets = queue.next();
        draining = true;
        wakeup.urgent();
        try {
            while (!committedUpTo(targets)) {
                if (failure != null) {
                    throw new IOException("the log has failed", failure);
                }
                if (!progress.getAsBoolean() && waitingForFile && !files.ample()) {
                    throw new OutOfSpaceException("the log waits for space", null);
                }
            }
        } finally {
            draining = false;
        }
    }

    /// The log stops for good.
    void fail(Throwable cause) {
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = cause;
        }
        queue.close();
        LOG.log(System.Logger.Level.ERROR, "The log stopped: " + cause.getMessage(), cause);
        listeners.forEach(listener -> listener.failed(cause));
    }

    boolean failed() {
        return failure != null;
    }

    private void check(int group, Page page, int start, int length) {
        if (group < 0 || group >= WalFile.GROUPS_MAX) {
            throw new IllegalArgumentException("group " + group + " of at most " + WalFile.GROUPS_MAX);
        }
        if (length < EntryFrame.OVERHEAD_BYTES || start < 0 || start > page.sizeBytes() - length) {
            throw new IllegalArgumentException(
                    "entry of " + length + " bytes at " + start + " of a page of " + page.sizeBytes());
        }
        if (length > entryBytesMax) {
            throw new IllegalArgumentException("entry of " + length + " bytes: a WAL file takes " + entryBytesMax);
        }
    }

    private boolean isDue() {
        if (queue.urgent() || draining || queue.pendingBytes() >= LAZY_BYTES) {
            return true;
        }
        if (queue.pendingBytes() == 0 && !writer.dirty()) {
            return false;
        }
        if (!lazyPending) {
            lazyPending = true;
            lazySinceNanos = clock.nanos();
        }
        return lazyIsDue();
    }

    private boolean lazyIsDue() {
        return lazyPending && clock.nanos() - lazySinceNanos >= lazyNanos();
    }

    private long lazyNanos() {
        return config.lazyForceMillis() * 1_000_000;
    }

    private boolean turn() throws IOException {
        long first = queue.firstBlockBytes();
        if (first == 0) {
            return forceDirty();
        }
        if (first > writer.roomBytes()) {
            return roll(first);
        }
        queue.take(batch, Math.min(writer.roomBytes(), Math.max(BLOCK_BYTES, first)));
        boolean force = batch.urgent || draining || lazyIsDue();
        writer.write(batch);
        batch.unpin();
        queue.written(batch.bytes);
        if (writer.halfFull() && files.expectTake()) {
            wakeup.files();
        }
        tellWritten();
        if (force) {
            forceDirty();
        }
        return true;
    }

    private boolean roll(long blockBytes) throws IOException {
        var file = files.take(blockBytes);
        waitingForFile = file.isEmpty();
        wakeup.files();
        if (file.isEmpty()) {
            // what is written already need not wait
            return forceDirty();
        }
        writer.roll(file.get());
        tellCommitted();
        return true;
    }

    private boolean forceDirty() throws IOException {
        boolean dirty = writer.dirty();
        writer.force();
        if (dirty) {
            forces.increment();
        }
        lazyPending = false;
        tellCommitted();
        return dirty;
    }

    private void tellWritten() {
        for (int group = 0; group < WalFile.GROUPS_MAX; group++) {
            long offset = writer.lastOffset(group);
            if (offset > written.get(group)) {
                written.set(group, offset);
                for (var listener : listeners) {
                    listener.written(group, offset);
                }
            }
        }
    }

    private void tellCommitted() {
        for (int group = 0; group < WalFile.GROUPS_MAX; group++) {
            long offset = written.get(group);
            if (offset > committed.get(group)) {
                committed.set(group, offset);
                for (var listener : listeners) {
                    listener.committed(group, offset);
                }
            }
        }
    }

    private boolean tellSpace() {
        boolean ample = files.ample();
        if (ample == ampleTold) {
            return false;
        }
        ampleTold = ample;
        LOG.log(
                System.Logger.Level.WARNING,
                ample
                        ? "There is space on the device again: publishers go on."
                        : "The device is nearly full (less than " + config.reserveBytes()
                                + " bytes left): publishers are blocked until there is space.");
        listeners.forEach(listener -> listener.spaceForPublishing(ample));
        return true;
    }

    private boolean committedUpTo(long[] targets) {
        for (int group = 0; group < targets.length; group++) {
            if (committed.get(group) < targets[group] - 1) {
                return false;
            }
        }
        return true;
    }

    /// How appenders get the writer to work.
    interface Wakeup {
        void urgent();

        /// @param much enough to be written at once
        void lazy(boolean much);

        /// A spare file was taken, or one is missing.
        void files();
    }
}
