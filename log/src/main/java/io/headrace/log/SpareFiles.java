package io.headrace.log;

import io.headrace.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Has a WAL file ready before it is needed, so that the writer never waits for the file system to allocate:
/// recycles what reclaim gives back, and fills new ones with zeros once the file in use is half full. If that
/// fails because the device is full, the other half is the reserve that settlements go on with.
///
/// Files grow with the log, from 8 MiB to the configured size, so that a small broker takes little disk. As much as
/// is written between two checkpoints is kept for use again: under a steady load nothing is filled with zeros.
///
/// Threads: one at a time calls [#work] (the `log-files` thread, or the simulator); the rest any.
final class SpareFiles {
    private static final long FIRST_BYTES = 8 << 20;
    private static final int CHUNK_BYTES = 1 << 20;
    /// A file is such a share of all: so little of what the log takes is empty.
    private static final int FILES = 8;
    private static final long SPACE_POLL_NANOS = 500_000_000;
    private static final ByteBuffer ZEROS =
            StorageFile.directBuffer(CHUNK_BYTES).asReadOnlyBuffer();
    private static final String UNFINISHED = WalFile.DIRECTORY + "/spare.new";

    private final Storage storage;
    private final LogConfig config;
    private final Clock clock;
    private final ArrayDeque<WalFile> ready = new ArrayDeque<>(); // under the lock
    private final ArrayDeque<WalFile> retired = new ArrayDeque<>(); // under the lock
    private final ArrayDeque<ColdFile> dead = new ArrayDeque<>(); // under the lock
    private long neededBytes; // under the lock: the writer waits for a file of this size
    private boolean expected; // under the lock: the writer will soon take one
    private long totalBytes; // under the lock: of all WAL files
    private int lastNumber; // work() only
    private long nextPollNanos; // work() only
    private boolean full; // work() only: the last attempt to prepare a file failed, and none has come back since
    private volatile boolean ample = true;
    private volatile boolean starved;
    private volatile boolean stopped;

    SpareFiles(Storage storage, LogConfig config, Clock clock, Existing existing) {
        this.storage = storage;
        this.config = config;
        this.clock = clock;
        this.lastNumber = existing.lastNumber();
        this.totalBytes = existing.totalBytes();
        existing.blank().forEach(ready::addLast);
        this.nextPollNanos = clock.nanos();
    }

    /// What the directory held at start.
    ///
    /// @param blank files without a block, ascending, all above the log's last one
    record Existing(Iterable<WalFile> blank, int lastNumber, long totalBytes) {}

    /// A file for a block of `bytes` and its opening, or empty: one is being prepared.
    synchronized Optional<WalFile> take(long bytes) {
        long needed = StorageFile.roundUp(bytes + 2 * WalBlock.SECTOR_BYTES);
        while (!ready.isEmpty() && ready.peekFirst().sizeBytes < needed) {
            retired.addLast(ready.removeFirst());
        }
        starved = ready.isEmpty();
        neededBytes = starved ? needed : 0;
        expected = starved;
        return Optional.ofNullable(ready.pollFirst());
    }

    /// The file in use is filling up.
    ///
    /// @return whether there is work to do for the first time
    synchronized boolean expectTake() {
        boolean news = !expected && ready.isEmpty();
        expected = true;
        return news;
    }

    synchronized boolean hasReady() {
        return !ready.isEmpty();
    }

    /// Nobody will need the file; it goes when the last reader has left it.
    void giveBack(Home home) {
        home.retire(() -> {
            synchronized (this) {
                switch (home) {
                    case WalFile wal -> retired.addLast(wal);
                    case ColdFile cold -> dead.addLast(cold);
                }
            }
        });
    }

    /// False when publishers have to be blocked.
    boolean ample() {
        return ample;
    }

    /// Does one piece of work: recycles a file, prepares one, or looks at the space that is left.
    ///
    /// @return false if there was nothing to do
    /// @throws IOException the device refused; a full one is not reported so
    boolean work() throws IOException {
        boolean wasAmple = ample;
        boolean did = deleteOne() || recycleOne() || prepareOne();
        long now = clock.nanos();
        if (now - nextPollNanos >= 0) {
            nextPollNanos = now + SPACE_POLL_NANOS;
            ample = !full && storage.usableBytes() >= config.reserveBytes();
        }
        return did || ample != wasAmple;
    }

    private boolean deleteOne() throws IOException {
        ColdFile file;
        synchronized (this) {
            file = dead.pollFirst();
        }
        if (file == null) {
            return false;
        }
        file.file().close();
        storage.delete(file.path());
        return true;
    }

    private boolean recycleOne() throws IOException {
        WalFile file;
        boolean keep;
        synchronized (this) {
            file = retired.pollFirst();
            if (file == null) {
                return false;
            }
            long readyBytes = ready.stream().mapToLong(spare -> spare.sizeBytes).sum();
            keep = readyBytes < config.checkpointBytes() && file.sizeBytes >= Math.max(neededBytes, wantedBytes() / 2);
            if (!keep) {
                totalBytes -= file.sizeBytes;
            }
        }
        if (keep) {
            enlist(new WalFile(++lastNumber, file.file(), file.sizeBytes), file.path());
        } else {
            file.file().close();
            storage.delete(file.path());
        }
        return true;
    }

    private boolean prepareOne() throws IOException {
        long wanted;
        long least;
        synchronized (this) {
            if (!ready.isEmpty() || !expected || full && clock.nanos() - nextPollNanos < 0) {
                return false;
            }
            least = Math.max(neededBytes, Math.min(FIRST_BYTES, config.walFileBytes()));
            wanted = Math.max(least, wantedBytes());
        }
        // The rest of the reserve is for checkpoints and index pages, which make space in the end.
        long available = storage.usableBytes() - config.reserveBytes() / (starved ? 8 : 2);
        long bytes = available >= wanted ? wanted : least;
        if (available < bytes) {
            isFull();
            return false;
        }
        try {
            prepare(bytes);
        } catch (OutOfSpaceException e) {
            storage.delete(UNFINISHED);
            isFull();
        }
        return true;
    }

    private void isFull() {
        full = true;
        ample = false;
        nextPollNanos = clock.nanos() + SPACE_POLL_NANOS;
    }

    private void prepare(long bytes) throws IOException {
        if (storage.exists(UNFINISHED)) {
            storage.delete(UNFINISHED);
        }
        var file = storage.createDirect(UNFINISHED);
        boolean done = false;
        try {
            done = fill(file, bytes);
        } finally {
            if (!done) {
                file.close();
            }
        }
        if (!done) {
            storage.delete(UNFINISHED);
            return;
        }
        synchronized (this) {
            totalBytes += bytes;
        }
        enlist(new WalFile(++lastNumber, file, bytes), UNFINISHED);
    }

    /// @return false if it was given up because the log is being closed
    private boolean fill(StorageFile file, long bytes) throws IOException {
        for (long at = 0; at < bytes; at += CHUNK_BYTES) {
            if (stopped) {
                return false;
            }
            long began = clock.nanos();
            file.write(ZEROS.duplicate().limit((int) Math.min(CHUNK_BYTES, bytes - at)), at);
            if (!starved) {
                // leave the device to the writer as long as we had it
                file.force();
                LockSupport.parkNanos(clock.nanos() - began);
            }
        }
        file.force();
        return true;
    }

    /// The new name is durable before the first block is written: a committed block under an old name would
    /// be lost.
    private void enlist(WalFile file, String oldPath) throws IOException {
        storage.rename(oldPath, file.path());
        storage.forceDirectory(WalFile.DIRECTORY);
        full = false;
        synchronized (this) {
            ready.addLast(file);
        }
    }

    private long wantedBytes() {
        long share = totalBytes / FILES & -CHUNK_BYTES;
        return Math.min(config.walFileBytes(), Math.max(FIRST_BYTES, share));
    }

    /// Whoever works gives up soon.
    void stop() {
        stopped = true;
    }

    synchronized void close() throws IOException {
        for (var file : ready) {
            file.file().close();
        }
    }
}
