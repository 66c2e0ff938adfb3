package io.headrace.log;

import io.headrace.log.Checkpoints.Checkpoint;
import io.headrace.log.Checkpoints.Section;
import io.headrace.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What the log costs the loop that appends, on a real disk, with real forces, its files recycled as in a
/// broker.
///
/// The directory is made in the folder that `BENCH_DATA` names: it should be on the disk in question, and
/// not in memory.
@State(Scope.Thread)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class WalAppendBenchmark {
    private static final int PAGES = 32;
    private static final long PENDING_BYTES_MAX = 8 << 20;
    private static final long CHECKPOINT_BYTES = LogConfig.defaults().checkpointBytes();
    private static final long PARK_NANOS = 20_000;

    /// Of a whole entry: a turn of a quiet loop, and one of a busy loop.
    @Param({"1024", "65536"})
    public int entryBytes;

    private Path directory;
    private PageArena arena;
    private HeadraceLog log;
    private CommitLog commits;
    private int epoch;
    private final Page[] pages = new Page[PAGES];
    private int page;
    private int at;
    private long sinceCheckpoint;

    @Setup
    public void open() throws IOException {
        var parent = Path.of(Optional.ofNullable(System.getenv("BENCH_DATA")).orElse("."));
        directory = Files.createTempDirectory(parent, "wal-append-");
        arena = new PageArena(LogConfig.defaults().memoryBytes());
        for (int i = 0; i < PAGES; i++) {
            pages[i] = arena.acquire(0).orElseThrow();
        }
        log = HeadraceLog.open(FileStorage.open(directory), LogConfig.defaults(), Clock.system(), arena);
        log.replay();
        log.start();
        commits = log.commits();
        epoch = commits.epoch(CommitLog.DATA);
        var appender = Thread.currentThread();
        commits.addListener((group, offset) -> LockSupport.unpark(appender));
    }

    @TearDown
    public void close() throws IOException {
        log.close();
        arena.close();
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// One entry at a time: from the append until it is forced.
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public long appendToCommit() throws IOException {
        long offset = append();
        while (commits.committedOffset(CommitLog.DATA) < offset) {
            LockSupport.park(this);
        }
        return offset;
    }

    /// As many as the disk takes, with 8 MiB on their way.
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public long stream() throws IOException {
        while (commits.pendingBytes() > PENDING_BYTES_MAX) {
            LockSupport.parkNanos(this, PARK_NANOS);
        }
        return append();
    }

    private long append() throws IOException {
        if (at + entryBytes > PageArena.PAGE_BYTES) {
            nextPage();
        }
        int length = EntryFrame.close(pages[page].bytes(), at, entryBytes - EntryFrame.OVERHEAD_BYTES, 0);
        long offset = commits.append(CommitLog.DATA, epoch, pages[page], at, length, CommitLog.Urgency.SOON);
        at += length;
        sinceCheckpoint += length;
        if (sinceCheckpoint >= CHECKPOINT_BYTES) {
            checkpoint();
        }
        return offset;
    }

    /// There are more pages than may be pending, so the next one is soon free if it is not yet.
    private void nextPage() {
        page = (page + 1) % PAGES;
        at = 0;
        while (pages[page].pinned()) {
            LockSupport.parkNanos(this, PARK_NANOS);
        }
    }

    /// Nothing is alive, so every file but the newest is used again.
    private void checkpoint() throws IOException {
        long applied = commits.committedOffset(CommitLog.DATA);
        var section = new Section(CommitLog.DATA, applied, epoch, ByteBuffer.allocate(0));
        log.checkpoints().write(new Checkpoint(List.of(section), false));
        log.reclaim().live(CommitLog.DATA, Reclaim.LiveCounts.NONE);
        sinceCheckpoint = 0;
    }
}
