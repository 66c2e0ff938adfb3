package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.CommitLog.Urgency;
import io.headrace.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Goal: the log on its own threads and a real file system does what it does when stepped. Method: several
/// loops append at once; the listener's word is waited for.
@Timeout(60)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ThreadedLogTest {
    private static final LogConfig CONFIG = new LogConfig(1 << 20, 64 << 20, 1 << 20, 1000, 10, 0);
    private static final int LOOPS = 3;
    private static final int ENTRIES = 3000;

    @TempDir
    private Path directory;

    @Test
    void entries_of_several_loops_are_committed_read_back_and_replayed() throws Exception {
        var stamps = new ConcurrentHashMap<Long, Long>();
        try (var arena = new PageArena(256 << 20)) {
            try (var log = open(arena)) {
                log.start();
                var committed = committedUpTo(log, (long) LOOPS * ENTRIES - 1);
                var loops = new ArrayList<Thread>();
                for (int loop = 0; loop < LOOPS; loop++) {
                    long first = 1 + (long) loop * ENTRIES;
                    loops.add(Thread.ofPlatform().start(() -> appendAll(log, arena, first, stamps)));
                }
                for (var loop : loops) {
                    loop.join();
                }
                committed.await();
                assertThat(stamps).hasSize(LOOPS * ENTRIES);
                for (long offset = 0; offset < LOOPS * ENTRIES; offset += 997) {
                    assertThat(readStamp(log, arena, offset)).isEqualTo(stamps.get(offset));
                }
            }

            var replayed = new HashMap<Long, Long>();
            try (var log = open(arena)) {
                log.replay(null, collector(replayed));
                assertThat(replayed).isEqualTo(stamps);
            }
        }
    }

    @Test
    void a_lazy_entry_is_committed_without_anyone_waking_the_log() throws Exception {
        try (var arena = new PageArena(16 << 20);
                var log = open(arena)) {
            log.start();
            var committed = committedUpTo(log, 0);
            var page = arena.acquire(0).orElseThrow();

            log.commits().append(CommitLog.DATA, 1, page, 0, TestEntries.write(page, 0, 100, 1), Urgency.LAZY);

            assertThat(committed.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closing_commits_what_is_pending() throws Exception {
        try (var arena = new PageArena(16 << 20)) {
            try (var log = open(arena)) {
                log.start();
                var page = arena.acquire(0).orElseThrow();
                log.commits().append(CommitLog.DATA, 1, page, 0, TestEntries.write(page, 0, 100, 1), Urgency.LAZY);
            }

            Map<Long, Long> replayed = new HashMap<>();
            try (var log = open(arena)) {
                log.replay(null, collector(replayed));
            }
            assertThat(replayed).containsExactly(Map.entry(0L, 1L));
        }
    }

    private HeadraceLog open(PageArena arena) throws IOException {
        return HeadraceLog.open(FileStorage.open(directory), CONFIG, Clock.system(), arena);
    }

    private static void appendAll(HeadraceLog log, PageArena arena, long first, Map<Long, Long> stamps) {
        var page = arena.acquire(0).orElseThrow();
        int at = 0;
        for (long stamp = first; stamp < first + ENTRIES; stamp++) {
            int bytes = (int) (stamp % 2000);
            if (page.sizeBytes() - at < bytes + EntryFrame.OVERHEAD_BYTES) {
                page = arena.acquire(0).orElseThrow();
                at = 0;
            }
            int length = TestEntries.write(page, at, bytes, stamp);
            var urgency = stamp % 3 == 0 ? Urgency.LAZY : Urgency.SOON;
            stamps.put(log.commits().append(CommitLog.DATA, 1, page, at, length, urgency), stamp);
            at = WalBlock.alignEntry(at + length);
        }
    }

    private static CountDownLatch committedUpTo(HeadraceLog log, long target) {
        var latch = new CountDownLatch(1);
        log.commits().addListener((group, offset) -> {
            if (offset >= target) {
                latch.countDown();
            }
        });
        return latch;
    }

    private static long readStamp(HeadraceLog log, PageArena arena, long offset) {
        var answer = new CompletableFuture<EntryReader.Result>();
        log.reader().read(CommitLog.DATA, Location.of(offset, 0), answer::complete);
        return switch (answer.join()) {
            case EntryReader.Result.Stretch stretch -> {
                long stamp = TestEntries.seedOf(stretch.page().bytes(), stretch.starts()[0]);
                int bytes = EntryFrame.valueBytes(stretch.page().bytes(), stretch.starts()[0]);
                assertThat(TestEntries.isWhole(stretch.page().bytes(), stretch.starts()[0], bytes))
                        .isTrue();
                arena.release(stretch.page());
                yield stamp;
            }
            case EntryReader.Result.Failed(Throwable cause) -> throw new AssertionError(cause);
        };
    }

    private static StateMachine collector(Map<Long, Long> stamps) {
        return new StateMachine() {
            @Override
            public void apply(long offset, long timestampMillis, ByteBuffer page, int entryStart, int valueBytes) {
                stamps.put(offset, timestampMillis);
            }

            @Override
            public void restore(ByteBuffer snapshot) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void reset() {
                throw new UnsupportedOperationException();
            }
        };
    }
}
