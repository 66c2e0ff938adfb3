package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.CommitLog.Urgency;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: disk space follows what is alive; what is alive stays readable under the same location. Method:
/// the real log, stepped, on a lying disk.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReclaimTest {
    private static final int VALUE_BYTES = 1000;

    @Test
    void a_file_that_is_covered_and_has_nothing_alive_is_recycled() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(6);
            assertThat(log.files("wal")).hasSize(6);

            reclaim(log, List.of());

            assertThat(log.files("wal"))
                    .doesNotContain("0000000001.wal", "0000000005.wal")
                    .hasSize(6);
            log.fillFiles(11);
            assertThat(log.files("wal")).hasSize(6);
        }
    }

    @Test
    void a_file_with_something_alive_stays() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(6);

            reclaim(log, LongStream.range(0, 30).boxed().toList());

            assertThat(log.files("wal")).contains("0000000001.wal").doesNotContain("0000000002.wal");
            log.assertReadable(29, 29, VALUE_BYTES);
        }
    }

    @Test
    void a_file_that_no_checkpoint_covers_stays() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(4);
            log.checkpoint(50);

            log.log.reclaim().live(CommitLog.DATA, Reclaim.LiveCounts.NONE);
            log.run();

            long covered = log.log.reclaim().extentOf(CommitLog.DATA, 51);
            assertThat(covered).isEqualTo(2);
            assertThat(log.files("wal")).doesNotContain("0000000001.wal").contains("0000000002.wal");
        }
    }

    @Test
    void a_file_stays_until_every_group_with_entries_in_it_has_told() throws IOException {
        try (var log = TestLog.started()) {
            log.append(CommitLog.CATALOG, 99, 10, Urgency.SOON);
            log.fillFiles(4);
            log.log
                    .checkpoints()
                    .write(new Checkpoints.Checkpoint(
                            List.of(section(CommitLog.CATALOG, 0), section(CommitLog.DATA, log.committed)), false));
            log.log.reclaim().live(CommitLog.DATA, Reclaim.LiveCounts.NONE);
            log.run();
            assertThat(log.files("wal")).contains("0000000001.wal").doesNotContain("0000000002.wal");

            log.log.reclaim().live(CommitLog.CATALOG, Reclaim.LiveCounts.NONE);
            log.run();

            assertThat(log.files("wal")).doesNotContain("0000000001.wal");
        }
    }

    @Test
    void few_survivors_of_old_files_move_to_a_cold_file_and_keep_their_location_and_extent() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(6);
            var live = new ArrayList<>(List.of(3L, 5L, 70L, 71L, 140L));
            int extent = log.log.reclaim().extentOf(CommitLog.DATA, 70);
            Collections.shuffle(live);

            reclaim(log, live);

            assertThat(log.files("cold")).containsExactly("0000000001.cold");
            assertThat(log.files("wal")).doesNotContain("0000000001.wal", "0000000002.wal");
            live.forEach(offset -> log.assertReadable(offset, offset, VALUE_BYTES));
            log.kill();
            live.forEach(offset -> log.assertReadable(offset, offset, VALUE_BYTES));
            assertThat(log.log.reclaim().extentOf(CommitLog.DATA, 70)).isEqualTo(extent);
        }
    }

    @Test
    void a_cold_file_is_cleaned_again_when_half_of_it_is_dead_and_goes_with_its_last_message() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(6);
            reclaim(log, List.of(3L, 5L, 70L, 71L));
            assertThat(log.files("cold")).containsExactly("0000000001.cold");

            reclaim(log, List.of(5L));
            assertThat(log.files("cold")).containsExactly("0000000002.cold");
            log.assertReadable(5, 5, VALUE_BYTES);

            reclaim(log, List.of());
            assertThat(log.files("cold")).isEmpty();
        }
    }

    @Test
    void a_file_that_a_crash_left_after_cleaning_is_given_back_at_the_next_start() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(6);
            log.checkpoint(log.committed);
            log.log.reclaim().live(CommitLog.DATA, live(log, List.of(3L, 5L)));
            assertThat(log.files("wal")).contains("0000000001.wal");

            log.kill();
            log.run();

            assertThat(log.files("wal")).doesNotContain("0000000001.wal");
            log.assertReadable(5, 5, VALUE_BYTES);
        }
    }

    @Test
    void many_survivors_fill_a_cold_file_of_many_points() throws IOException {
        var config = new LogConfig(4 << 20, 64 << 20, 1 << 20, 1000, 10, 0);
        try (var log = TestLog.started(config)) {
            log.fillFiles(5);
            long end = log.committed;
            var live = LongStream.range(0, end / 2)
                    .filter(offset -> offset % 3 == 0)
                    .boxed()
                    .toList();

            reclaim(log, live);

            assertThat(log.storage.content("cold/0000000001.cold").length).isGreaterThan(1 << 20);
            for (int i = 0; i < live.size(); i += 11) {
                log.assertReadable(live.get(i), live.get(i), VALUE_BYTES);
            }
        }
    }

    private static void reclaim(TestLog log, List<Long> live) throws IOException {
        log.checkpoint(log.committed);
        log.log.reclaim().live(CommitLog.DATA, live(log, live));
        log.run();
    }

    private static Reclaim.LiveCounts live(TestLog log, List<Long> live) {
        var lengths = Collections.nCopies((int) log.committed + 1, VALUE_BYTES);
        return new SimulatedLive(log.log.reclaim(), CommitLog.DATA, live, lengths, log.committed);
    }

    private static Checkpoints.Section section(int group, long applied) {
        return new Checkpoints.Section(group, applied, 1, ByteBuffer.allocate(0));
    }
}
