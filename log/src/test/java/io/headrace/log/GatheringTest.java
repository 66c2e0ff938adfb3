package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.CommitLog.Urgency;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: messages from all over the log are copied together, and what is gone is no trouble. Method: the real log,
/// stepped; entries of 1000 bytes in files of 64 KiB.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GatheringTest {
    private static final int VALUE_BYTES = 1000;

    @Test
    void messages_from_several_files_are_copied_as_they_were_written() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(4);
            var wanted = LongStream.range(0, log.committed)
                    .filter(offset -> offset % 7 == 3)
                    .toArray();

            var gathered = gather(log, 2, wanted);

            assertThat(gathered.count()).isEqualTo(wanted.length);
            for (long offset : wanted) {
                assertCopied(log, gathered, offset);
            }
            assertThat(gathered.find(location(4))).as("not asked for").isEqualTo(-1);
        }
    }

    @Test
    void what_the_log_has_given_away_is_left_out_and_the_log_goes_on() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(4);
            log.checkpoint(log.committed);
            log.log.reclaim().live(CommitLog.DATA, Reclaim.LiveCounts.NONE);
            log.run();
            log.fillFiles(6);

            var gathered = gather(log, 1, 1, 2, log.committed - 1);

            assertThat(log.failures).isEmpty();
            assertCopied(log, gathered, log.committed - 1);
            log.append(log.committed + 1, Urgency.SOON);
            log.run();
            assertThat(log.failures).isEmpty();
        }
    }

    @Test
    void what_has_no_room_is_left_out() throws IOException {
        var large = new LogConfig(1 << 20, 64 << 20, 1 << 20, 1000, 10, 0);
        try (var log = TestLog.started(large)) {
            log.fillFiles(3);
            var all = LongStream.range(0, log.committed).toArray();

            var gathered = gather(log, 1, all);

            assertThat(gathered.count()).isEqualTo(PageArena.PAGE_BYTES / VALUE_BYTES);
            assertCopied(log, gathered, 0);
            assertCopied(log, gathered, gathered.count() - 1);
        }
    }

    private static EntryReader.Gathered gather(TestLog log, int pages, long... offsets) {
        var into = new ArrayList<Page>();
        for (int i = 0; i < pages; i++) {
            into.add(log.arena.acquire(0).orElseThrow());
        }
        var locations = LongStream.of(offsets).map(GatheringTest::location).toArray();
        var answer = new AtomicReference<EntryReader.Gathered>();
        log.log.reader().gather(CommitLog.DATA, locations, (_, _) -> VALUE_BYTES, into, answer::set);
        assertThat(answer.get().pages()).isEqualTo(List.copyOf(into));
        return answer.get();
    }

    private static long location(long offset) {
        return Location.of(offset, EntryFrame.VALUE_START);
    }

    /// The number of an entry that [TestLog#fillFiles] wrote is its offset.
    private static void assertCopied(TestLog log, EntryReader.Gathered gathered, long offset) {
        int place = gathered.find(location(offset));
        assertThat(place).as("entry " + offset).isNotNegative();
        var expected = log.arena.acquire(0).orElseThrow();
        TestEntries.write(expected, 0, VALUE_BYTES, offset);
        assertThat(gathered.page(place).slice(gathered.start(place), VALUE_BYTES))
                .isEqualTo(expected.bytes().slice(EntryFrame.VALUE_START, VALUE_BYTES));
        log.arena.release(expected);
    }
}
