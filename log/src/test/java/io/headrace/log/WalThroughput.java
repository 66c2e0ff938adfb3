package io.headrace.log;

import io.headrace.time.Clock;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// Measures the log on this machine: `WalThroughput DIRECTORY [seconds]`.
///
/// Prints entries per second and processor time per entry when one loop appends 1 KiB entries as fast as it
/// may with 8 MiB pending, and the time from append to commit when each entry waits for the one before.
public final class WalThroughput {
    private static final int VALUE_BYTES = 1024 - EntryFrame.OVERHEAD_BYTES;
    private static final long PENDING_BYTES_MAX = 8 << 20;

    private WalThroughput() {}

    public static void main(String[] arguments) throws IOException {
        var directory = Files.createTempDirectory(Path.of(arguments[0]), "wal");
        long seconds = arguments.length > 1 ? Long.parseLong(arguments[1]) : 5;
        try (var arena = new PageArena(96 << 20)) {
            long opening = System.nanoTime();
            try (var log = HeadraceLog.open(FileStorage.open(directory), LogConfig.defaults(), Clock.system(), arena)) {
                log.replay();
                log.start();
                System.out.printf("open and start: %.1f ms%n", (System.nanoTime() - opening) / 1e6);
                for (int round = 0; round < 3; round++) {
                    latency(log, arena, seconds);
                    throughput(log, arena, seconds);
                }
            }
        }
    }

    private static void throughput(HeadraceLog log, PageArena arena, long seconds) throws IOException {
        var commits = log.commits();
        var pages = new ArrayDeque<Page>();
        var page = arena.acquire(0).orElseThrow();
        int at = 0;
        long entries = 0;
        long cpu = processNanos();
        long own = threadNanos();
        long began = System.nanoTime();
        long nextReclaim = 0;
        while (System.nanoTime() - began < seconds * 1_000_000_000) {
            for (int i = 0; i < 64; i++) {
                if (page.sizeBytes() - at < 1024) {
                    pages.addLast(page);
                    page = next(arena, pages);
                    at = 0;
                }
                int length = EntryFrame.close(page.bytes(), at, VALUE_BYTES, 0);
                commits.append(CommitLog.DATA, 1, page, at, length, CommitLog.Urgency.SOON);
                at += length;
                entries++;
            }
            while (commits.pendingBytes() > PENDING_BYTES_MAX) {
                LockSupport.parkNanos(20_000);
            }
            if (entries > nextReclaim) {
                checkpoint(log);
                nextReclaim = entries + 200_000;
            }
        }
        long committed = commits.committedOffset(CommitLog.DATA);
        long took = System.nanoTime() - began;
        cpu = processNanos() - cpu;
        own = threadNanos() - own;
        System.out.printf(
                "stream: %,d entries/s, %.0f MB/s, %.3f us CPU per entry in all, %.3f of it the appender (%d)%n",
                entries * 1_000_000_000 / took,
                entries * 1024e3 / took,
                cpu / 1e3 / entries,
                own / 1e3 / entries,
                committed);
        while (commits.pendingBytes() > 0) {
            LockSupport.parkNanos(100_000);
        }
        pages.forEach(arena::release);
        arena.release(page);
    }

    private static Page next(PageArena arena, ArrayDeque<Page> pages) {
        while (true) {
            if (pages.size() > 16 && !pages.peekFirst().pinned()) {
                return pages.removeFirst();
            }
            var fresh = pages.size() < 32 ? arena.acquire(0) : java.util.Optional.<Page>empty();
            if (fresh.isPresent()) {
                return fresh.get();
            }
            LockSupport.parkNanos(20_000);
        }
    }

    private static void checkpoint(HeadraceLog log) throws IOException {
        long applied = log.commits().committedOffset(CommitLog.DATA);
        log.checkpoints()
                .write(new Checkpoints.Checkpoint(
                        java.util.List.of(
                                new Checkpoints.Section(CommitLog.DATA, applied, 1, java.nio.ByteBuffer.allocate(0))),
                        false));
        log.reclaim().live(CommitLog.DATA, Reclaim.LiveCounts.NONE);
    }

    private static void latency(HeadraceLog log, PageArena arena, long seconds) {
        var commits = log.commits();
        var waiter = Thread.currentThread();
        commits.addListener((group, offset) -> LockSupport.unpark(waiter));
        var page = arena.acquire(0).orElseThrow();
        var nanos = new long[1_000_000];
        int count = 0;
        long began = System.nanoTime();
        while (System.nanoTime() - began < seconds * 1_000_000_000) {
            int length = EntryFrame.close(page.bytes(), 0, VALUE_BYTES, 0);
            long start = System.nanoTime();
            long offset = commits.append(CommitLog.DATA, 1, page, 0, length, CommitLog.Urgency.SOON);
            while (commits.committedOffset(CommitLog.DATA) < offset) {
                LockSupport.park();
            }
            nanos[count++] = System.nanoTime() - start;
        }
        arena.release(page);
        Arrays.sort(nanos, 0, count);
        System.out.printf(
                "one at a time: %d/s, append to commit p50 %.0f us, p99 %.0f us, p99.9 %.0f us%n",
                count / seconds,
                nanos[count / 2] / 1e3,
                nanos[count * 99 / 100] / 1e3,
                nanos[(int) (count * 999L / 1000)] / 1e3);
    }

    private static long processNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long threadNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
