package io.headrace.log;

import io.headrace.time.Clock;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The log of one data directory on this machine.
///
/// Runs on threads of its own after [#start], or, after [#startStepped], only when [#step] is called: then
/// a simulator owns it, with its clock and its storage.
///
/// Threads: one opens, replays, starts and closes.
public final class HeadraceLog implements DurableLog {
    private static final int SCAN_WINDOW_BYTES = 256 << 10;

    private final Storage storage;
    private final CheckpointFiles checkpoints;
    private final BlockFiles indexPages;
    private final Recovery recovery;
    private final LogEnd end;
    private final Extents extents;
    private final SpareFiles files;
    private final WalWriter writer;
    private final WriterThreads threads = new WriterThreads();
    private final LocalCommitter committer;
    private final LogReader reader;
    private final FileReclaim reclaim;
    private final boolean cleanlyClosed;
    private boolean started;
    private boolean stepped;

    private HeadraceLog(Storage storage, LogConfig config, Clock clock, PageArena arena, OnCorruption onCorruption)
            throws IOException {
        this.storage = storage;
        this.checkpoints = CheckpointFiles.open(storage, this::settle);
        this.indexPages = BlockFiles.open(storage);
        var cursor = new BlockCursor(SCAN_WINDOW_BYTES);
        var folder = WalFolder.read(storage, cursor);
        this.recovery = new Recovery(onCorruption, checkpoints.applied(), cursor);
        this.end = recovery.find(folder);
        var found = ExtentsFound.in(storage, folder);
        this.extents = new Extents(found.extents());
        this.files = new SpareFiles(storage, config, clock, folder.existing());
        found.leftOver().forEach(files::giveBack);
        this.writer = new WalWriter(extents, end);
        this.committer = new LocalCommitter(config, clock, files, writer, end.nextOffsets(), threads);
        this.reader = new LogReader(extents, arena);
        this.reclaim = new FileReclaim(
                extents,
                checkpoints,
                files,
                new Cleaner(storage, config, extents, files, arena, found.lastColdNumber()));
        this.cleanlyClosed =
                checkpoints.latest().map(Checkpoints.Checkpoint::cleanShutdown).orElse(false)
                        && Arrays.equals(
                                Arrays.stream(checkpoints.applied())
                                        .map(offset -> offset + 1)
                                        .toArray(),
                                end.nextOffsets());
    }

    /// Opens the log in `storage` and finds its end. The log owns `storage` from now on, and closes it if
    /// opening fails.
    ///
    /// @throws CorruptLogException what was committed is missing or harmed; the message names it
    public static HeadraceLog open(Storage storage, LogConfig config, Clock clock, PageArena arena) throws IOException {
        return open(storage, config, clock, arena, OnCorruption.REFUSE);
    }

    public static HeadraceLog open(
            Storage storage, LogConfig config, Clock clock, PageArena arena, OnCorruption onCorruption)
            throws IOException {
        boolean done = false;
        try {
            var log = new HeadraceLog(storage, config, clock, arena, onCorruption);
            done = true;
            return log;
        } finally {
            if (!done) {
                storage.close();
            }
        }
    }

    @Override
    public CommitLog commits() {
        return committer;
    }

    @Override
    public EntryReader reader() {
        return reader;
    }

    @Override
    public Reclaim reclaim() {
        return reclaim;
    }

    @Override
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    @Override
    public PageFile indexPages() {
        return indexPages;
    }

    @Override
    public void restore(int group, StateMachine machine) {
        checkpoints.latest().map(Checkpoints.Checkpoint::groups).orElse(List.of()).stream()
                .filter(section -> section.group() == group)
                .findFirst()
                .ifPresentOrElse(section -> machine.restore(section.snapshot().duplicate()), machine::reset);
    }

    @Override
    public void replayThrough(long[] through, StateMachine... machines) throws IOException {
        if (through.length != machines.length) {
            throw new IllegalArgumentException(machines.length + " machines and " + through.length + " bounds");
        }
        recovery.replay(through, machines);
    }

    @Override
    public boolean wasCleanlyClosed() {
        return cleanlyClosed;
    }

    @Override
    public void start() throws IOException {
        openRun();
        reader.start();
        threads.start(committer, files);
    }

    /// Starts without threads: [#step] does the writer's work, and reads are answered inline.
    public void startStepped() throws IOException {
        stepped = true;
        openRun();
    }

    /// Does at most one block of the writer's work, and one piece of the work on spare files.
    ///
    /// @return false if there was nothing to do; later there may be, by the clock alone
    public boolean step() {
        if (committer.failed()) {
            return false;
        }
        boolean did = committer.step();
        try {
            return files.work() || did;
        } catch (IOException e) {
            committer.fail(e);
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        try (storage) {
            try {
                if (started && !committer.failed()) {
                    settle();
                }
            } finally {
                if (started && !stepped) {
                    threads.stop();
                }
                reader.stop();
                closeFiles();
            }
        }
    }

    private void settle() throws IOException {
        committer.drain(stepped ? this::step : threads::awaitProgress);
    }

    private void openRun() throws IOException {
        checkpoints.forgetSnapshots();
        end.secure();
        if (end.damaged() || writer.roomBytes() < 2 * WalBlock.SECTOR_BYTES) {
            writer.roll(firstFile());
        }
        writer.openRun();
        started = true;
        committer.lead();
    }

    private WalFile firstFile() throws IOException {
        Optional<WalFile> file = files.take(0);
        while (file.isEmpty()) {
            if (!files.work() && !files.ample()) {
                throw new OutOfSpaceException(
                        "The device is full: there is no space to begin a write-ahead file.", null);
            }
            file = files.take(0);
        }
        return file.get();
    }

    private void closeFiles() throws IOException {
        files.close();
        indexPages.close();
        for (var extent : extents.all()) {
            extent.home().file().close();
        }
    }
}
