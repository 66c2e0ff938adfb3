package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.log.CommitLog.Urgency;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: committed means forced; who waits is served at once, who does not rides along; a device that
/// refuses stops the log. Method: the real log, stepped, on a lying disk.
@ExtendWith(Quiet.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LocalCommitterTest {
    private static final int MUCH = (int) LocalCommitter.COMPANY_BYTES;

    @Test
    void an_urgent_entry_is_committed_by_one_step() throws IOException {
        try (var log = TestLog.started()) {
            log.append(1, Urgency.SOON);
            assertThat(log.committed).isEqualTo(-1);

            log.log.step();

            assertThat(log.committed).isZero();
            assertThat(log.log.commits().committedOffset(CommitLog.DATA)).isZero();
        }
    }

    @Test
    void a_lazy_entry_waits_for_its_deadline() throws IOException {
        try (var log = TestLog.started()) {
            log.append(1, Urgency.LAZY);
            log.run();
            assertThat(log.committed).isEqualTo(-1);

            log.clock.advance(Duration.ofMillis(10));
            log.run();

            assertThat(log.committed).isZero();
        }
    }

    @Test
    void a_lazy_entry_rides_along_with_the_next_urgent_one() throws IOException {
        try (var log = TestLog.started()) {
            log.append(1, Urgency.LAZY);
            log.append(2, Urgency.SOON);
            log.log.step();

            assertThat(log.committed).isEqualTo(1);
        }
    }

    @Test
    void much_that_nobody_waits_for_is_written_at_once_and_forced_at_its_deadline() throws IOException {
        try (var log = TestLog.started(LogConfig.defaults())) {
            log.append(CommitLog.DATA, 1, (int) LocalCommitter.LAZY_BYTES, Urgency.LAZY);
            log.run();
            assertThat(log.written).isZero();
            assertThat(log.committed).isEqualTo(-1);

            log.clock.advance(Duration.ofMillis(10));
            log.run();

            assertThat(log.committed).isZero();
        }
    }

    @Test
    void much_that_arrives_meanwhile_goes_beside_the_block_on_its_way_and_is_committed_after_it() throws IOException {
        try (var log = TestLog.started(LogConfig.defaults())) {
            var first = log.begin(1, WalWriter.LARGE_BYTES);
            var second = log.begin(2, MUCH);
            assertThat(log.begin(3, MUCH)).isNull();

            log.fly(second);
            assertThat(log.written).isEqualTo(-1);
            assertThat(log.committed).isEqualTo(-1);

            log.fly(first);
            assertThat(log.committed).isEqualTo(1);
            log.run();
            assertThat(log.committed).isEqualTo(2);
            log.kill();
            assertThat(log.replayed).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void little_waits_for_the_block_on_its_way() throws IOException {
        try (var log = TestLog.started(LogConfig.defaults())) {
            var first = log.begin(1, WalWriter.LARGE_BYTES);

            assertThat(log.begin(2, 1000)).isNull();

            log.fly(first);
            log.run();
            assertThat(log.committed).isEqualTo(1);
        }
    }

    @Test
    void two_batches_of_a_producer_with_defaults_go_beside_the_one_on_its_way() throws IOException {
        try (var log = TestLog.started(LogConfig.defaults())) {
            int batch = 14 * 1100; // as many records as 16 KiB hold
            var first = log.begin(1, batch);
            assertThat(log.begin(2, batch)).isNull();

            var second = log.begin(3, batch);

            assertThat(second).isNotNull();
            log.fly(second);
            log.fly(first);
            assertThat(log.committed).isEqualTo(2);
        }
    }

    @Test
    void a_block_that_shares_its_last_unit_with_the_next_gets_no_company() throws IOException {
        try (var log = TestLog.started(LogConfig.defaults())) {
            var first = log.begin(1, 1000);

            assertThat(log.begin(2, MUCH)).isNull();

            log.fly(first);
            log.run();
            assertThat(log.committed).isEqualTo(1);
        }
    }

    @Test
    void what_needs_the_next_file_waits_for_the_block_on_its_way_and_keeps_nobody_busy() throws IOException {
        try (var log = TestLog.started()) {
            var first = log.begin(1, WalWriter.LARGE_BYTES);

            assertThat(log.begin(2, 48 << 10)).isNull();
            assertThat(log.committer().hasWork()).isFalse();

            log.fly(first);
            assertThat(log.committer().hasWork()).isTrue();
            log.run();
            assertThat(log.committed).isEqualTo(1);
        }
    }

    @Test
    void a_block_without_the_one_before_it_is_not_there_after_a_crash() throws IOException {
        try (var log = TestLog.started(LogConfig.defaults())) {
            log.begin(1, WalWriter.LARGE_BYTES);
            log.fly(log.begin(2, MUCH));

            log.kill();

            assertThat(log.replayed).isEmpty();
            log.append(3, Urgency.SOON);
            log.run();
            log.kill();
            assertThat(log.replayed).containsExactly(3L);
        }
    }

    @Test
    void each_group_counts_its_own_offsets() throws IOException {
        try (var log = TestLog.started()) {
            assertThat(log.append(CommitLog.CATALOG, 1, 10, Urgency.SOON)).isZero();
            assertThat(log.append(CommitLog.DATA, 2, 10, Urgency.SOON)).isZero();
            assertThat(log.append(CommitLog.DATA, 3, 10, Urgency.SOON)).isEqualTo(1);
            assertThat(log.log.commits().nextOffset(CommitLog.DATA)).isEqualTo(2);
            log.run();

            log.kill();

            assertThat(log.replayed).containsExactly(1L, 2L, 3L);
            assertThat(log.append(CommitLog.CATALOG, 4, 10, Urgency.SOON)).isEqualTo(1);
        }
    }

    @Test
    void an_entry_decided_in_another_epoch_is_not_taken() throws IOException {
        try (var log = TestLog.started()) {
            log.append(1, Urgency.SOON);
            log.run();
            var page = log.page();
            int start = 2048;
            int length = TestEntries.write(page, start, 100, 2);
            var before = page.bytes().slice(start, length);
            var copy = ByteBuffer.allocate(length).put(before.duplicate()).flip();

            for (int epoch : List.of(CommitLog.NOT_LEADING, 2)) {
                assertThat(log.log.commits().append(CommitLog.DATA, epoch, page, start, length, Urgency.SOON))
                        .isEqualTo(CommitLog.NO_OFFSET);
            }

            assertThat(before).isEqualTo(copy);
            assertThat(page.pinned()).isFalse();
            assertThat(log.log.commits().pendingBytes()).isZero();
            assertThat(log.log.commits().nextOffset(CommitLog.DATA)).isEqualTo(1);
            log.run();
            assertThat(log.committed).isZero();
        }
    }

    @Test
    void a_node_leads_every_group_once_the_log_is_started() throws IOException {
        try (var log = TestLog.started()) {
            log.append(1, Urgency.SOON);
            log.append(2, Urgency.SOON);
            log.run();
            log.storage.kill();
            try (var unstarted = HeadraceLog.open(log.storage, TestLog.SMALL_FILES, log.clock, log.arena)) {
                assertThat(unstarted.commits().epoch(CommitLog.DATA)).isEqualTo(CommitLog.NOT_LEADING);
            }

            log.kill();

            assertThat(log.led)
                    .hasSize(WalFile.GROUPS_MAX)
                    .startsWith("group 0 in epoch 1 from 0", "group 1 in epoch 1 from 2")
                    .doesNotHaveDuplicates();
            assertThat(log.log.commits().epoch(CommitLog.DATA)).isEqualTo(1);
        }
    }

    @Test
    void an_entry_that_takes_several_offsets_is_committed_up_to_its_last() throws IOException {
        try (var log = TestLog.started()) {
            assertThat(log.append(1, Urgency.SOON)).isZero();
            assertThat(log.appendControl(2, 3)).isEqualTo(1);
            assertThat(log.log.commits().nextOffset(CommitLog.DATA)).isEqualTo(4);

            log.run();

            assertThat(log.written).isEqualTo(3);
            assertThat(log.committed).isEqualTo(3);
            assertThat(log.append(3, Urgency.SOON)).isEqualTo(4);
        }
    }

    @Test
    void a_page_is_pinned_until_its_entries_are_written() throws IOException {
        try (var log = TestLog.started()) {
            log.append(1, Urgency.SOON);
            assertThat(log.page().pinned()).isTrue();
            assertThat(log.log.commits().pendingBytes()).isPositive();

            log.run();

            assertThat(log.page().pinned()).isFalse();
            assertThat(log.log.commits().pendingBytes()).isZero();
        }
    }

    @Test
    void an_entry_larger_than_a_file_is_refused_before_it_gets_an_offset() throws IOException {
        try (var log = TestLog.started()) {
            assertThatThrownBy(() -> log.append(CommitLog.DATA, 1, 64 << 10, Urgency.SOON))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a WAL file takes 63488");

            assertThat(log.log.commits().nextOffset(CommitLog.DATA)).isZero();
            assertThat(log.page().pinned()).isFalse();
        }
    }

    @Test
    void the_largest_entry_makes_room_for_itself() throws IOException {
        var config = new LogConfig(32 << 20, 64 << 20, 1 << 20, 1000, 10, 0);
        int bytes = (32 << 20) - 2048 - EntryFrame.OVERHEAD_BYTES;
        try (var log = TestLog.started(config)) {
            log.append(1, Urgency.SOON);
            log.append(CommitLog.DATA, 2, bytes, Urgency.SOON);
            log.append(3, Urgency.SOON);
            log.run();
            assertThat(log.committed).isEqualTo(2);

            log.kill();

            assertThat(log.replayed).containsExactly(1L, 2L, 3L);
            log.assertReadable(1, 2, bytes);
        }
    }

    @Test
    void a_failed_force_stops_the_log_and_is_not_tried_again() throws IOException {
        try (var log = TestLog.started()) {
            log.storage.failForceAfter(0);
            log.append(1, Urgency.SOON);
            while (log.log.step()) {
                assertThat(log.failures).hasSizeLessThan(2);
            }
            log.append(2, Urgency.SOON);
            log.log.step();

            assertThat(log.failures)
                    .singleElement()
                    .satisfies(cause -> assertThat(cause).hasMessageContaining("force"));
            assertThat(log.committed).isEqualTo(-1);
        }
    }

    @Test
    void a_failed_write_stops_the_log() throws IOException {
        try (var log = TestLog.started()) {
            log.run();
            log.storage.failWriteAfter(0);
            log.append(1, Urgency.SOON);
            log.log.step();
            log.append(2, Urgency.SOON);
            log.log.step();

            assertThat(log.failures).hasSize(1);
            assertThat(log.committed).isEqualTo(-1);
        }
    }

    @Test
    void entries_that_lie_anywhere_in_their_pages_come_back_as_they_were() throws IOException {
        try (var log = TestLog.started();
                var arena = new PageArena(16 << 20)) {
            var odd = arena.acquire(PageArena.PAGE_BYTES + 3).orElseThrow();
            int valueBytes = 1001;
            int length = valueBytes + EntryFrame.OVERHEAD_BYTES;
            int last = odd.sizeBytes() - length;
            TestEntries.write(odd, 5, valueBytes, 1);
            TestEntries.write(odd, last, valueBytes, 2);
            log.log.commits().append(CommitLog.DATA, 1, odd, last, length, Urgency.SOON);
            log.log.commits().append(CommitLog.DATA, 1, odd, 5, length, Urgency.SOON);
            log.run();

            log.kill();

            assertThat(log.replayed).containsExactly(2L, 1L);
        }
    }
}
