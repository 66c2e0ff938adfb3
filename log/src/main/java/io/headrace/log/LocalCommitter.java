package io.headrace.log;

import io.headrace.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/// Commits by forcing to this machine's disk. Entries that arrive while a block is on its way make the next one: the
/// device paces the batching. Once they are many they do not wait, and a second block goes beside the first.
///
/// A failed write or force is never tried again: the log stops, and nothing more is acknowledged.
///
/// Threads: any appends; two call [#step] (the `log-writer` threads, or a simulator does their work). What decides and
/// what tells is under the lock; writing and forcing are not.
final class LocalCommitter implements CommitLog {
    /// A block ends here, unless it is a single entry that is larger.
    static final long BLOCK_BYTES = 4 << 20;
    /// So much that nobody waits for is written without waiting for more.
    static final long LAZY_BYTES = 1 << 20;
    /// So much does not wait for the block that is on its way: two batches of Kafka's producers, each by default
    /// 16 KiB less a part of a record. Less had better become a larger block.
    static final long COMPANY_BYTES = 28 << 10;

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
    private final Object lock = new Object();
    private boolean ampleTold = true; // under the lock, as are the next two
    private boolean lazyPending;
    private long lazySinceNanos;
    private volatile boolean takesCompany; // written under the lock
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
            wakeup.urgent(takesCompany && queue.queuedBytes() >= COMPANY_BYTES);
        } else {
            wakeup.lazy(queue.queuedBytes() >= LAZY_BYTES);
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
    /// @return whether anything was done; if not, nothing will be before an append, or [#waitNanos] from now,
    ///     or when the step ends that another thread is in
    boolean step() {
        boolean told = tellSpace();
        var flight = begin();
        if (flight == null) {
            return told;
        }
        write(flight);
        force(flight);
        return true;
    }

    /// @return what is to be written and forced now; null if there is nothing, or it has to wait for what is on its way
    Flight begin() {
        try {
            synchronized (lock) {
                return failure == null && mayBegin() ? next() : null;
            }
        } catch (IOException e) {
            fail(e);
            return null;
        }
    }

    void write(Flight flight) {
        try {
            flight.write();
        } catch (IOException e) {
            fail(e);
            return;
        }
        queue.written(flight.batch.bytes);
        synchronized (lock) {
            if (failure == null) {
                writer.wrote(flight);
                tellWritten();
            }
        }
    }

    void force(Flight flight) {
        if (failure != null) {
            return;
        }
        try {
            flight.force();
        } catch (IOException e) {
            fail(e);
            return;
        }
        synchronized (lock) {
            if (failure == null) {
                forces.add(flight.forced() ? 1 : 0);
                writer.done(flight);
                takesCompany = writer.takesCompany();
                tellCommitted();
            }
        }
    }

    /// How long nothing is due if nothing is appended; [Long#MAX_VALUE] for ever.
    long waitNanos() {
        synchronized (lock) {
            if (!lazyPending || waitingForFile || writer.flying()) {
                return Long.MAX_VALUE;
            }
            return Math.max(0, lazySinceNanos + lazyNanos() - clock.nanos());
        }
    }

    /// Whether the writer waits for a file to be prepared, and nothing else would help.
    boolean waitingForFile() {
        return waitingForFile;
    }

    /// Whether a step would do something before the deadline of what nobody waits for.
    boolean hasUrgentWork() {
        synchronized (lock) {
            return ampleTold != files.ample() || isUrgent() && mayBegin();
        }
    }

    /// Whether a step would do something, or set that deadline.
    boolean hasWork() {
        synchronized (lock) {
            return ampleTold != files.ample() || (isUrgent() || queue.queuedBytes() > 0) && mayBegin();
        }
    }

    /// Commits everything appended before the call.
    ///
    /// @param progress does or awaits some of the writer's work; false when there is none to be expected
    /// @throws OutOfSpaceException the log waits for space
    /// @throws IOException the log failed
    void drain(BooleanSupplier progress) throws IOException {
        long[] targets = queue.next();
        draining = true;
        wakeup.urgent(false);
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
        synchronized (lock) {
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

    /// Whether nothing is on its way that would have to arrive first.
    private boolean mayBegin() {
        return !writer.flying()
                || writer.takesCompany()
                        && queue.urgent()
                        && queue.queuedBytes() >= COMPANY_BYTES
                        && queue.firstBlockBytes() <= writer.roomBytes();
    }

    private boolean isUrgent() {
        return queue.urgent()
                || draining && (queue.queuedBytes() > 0 || writer.dirty())
                || queue.queuedBytes() >= LAZY_BYTES;
    }

    private boolean isDue() {
        if (isUrgent()) {
            return true;
        }
        if (queue.queuedBytes() == 0 && !writer.dirty()) {
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

    private Flight next() throws IOException {
        if (!isDue()) {
            return null;
        }
        long first = queue.firstBlockBytes();
        if (first > writer.roomBytes() && !roll(first)) {
            // what is written already need not wait
            first = 0;
        }
        if (first > 0) {
            return beginBlock(first);
        }
        return writer.dirty() && !writer.flying() ? beginForce() : null;
    }

    private boolean roll(long blockBytes) throws IOException {
        var file = files.take(blockBytes);
        waitingForFile = file.isEmpty();
        wakeup.files();
        if (file.isPresent()) {
            writer.roll(file.get());
            tellCommitted();
        }
        return file.isPresent();
    }

    private Flight beginBlock(long firstBytes) {
        var flight = writer.free();
        queue.take(flight.batch, Math.min(writer.roomBytes(), Math.max(BLOCK_BYTES, firstBytes)));
        boolean force = flight.batch.urgent || draining || lazyIsDue();
        writer.begin(flight, force);
        tookOff(force);
        if (writer.halfFull() && files.expectTake()) {
            wakeup.files();
        }
        return flight;
    }

    private Flight beginForce() {
        var flight = writer.free();
        writer.beginForce(flight);
        tookOff(true);
        return flight;
    }

    private void tookOff(boolean force) {
        lazyPending &= !force;
        takesCompany = writer.takesCompany();
    }

    private void tellWritten() {
        for (int group = 0; group < WalFile.GROUPS_MAX; group++) {
            long offset = writer.writtenOffset(group);
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
            long offset = writer.forcedOffset(group);
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
        synchronized (lock) {
            if (ample == ampleTold || failure != null) {
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
        }
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
        /// @param company enough to be written beside the block that is on its way
        void urgent(boolean company);

        /// @param much enough to be written at once
        void lazy(boolean much);

        /// A spare file was taken, or one is missing.
        void files();
    }
}
