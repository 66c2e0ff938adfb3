package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.log.CommitLog.Urgency;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: a full device blocks publishers, not consumers; nothing is lost, and space that comes back is
/// enough. Method: the real log, stepped, on a disk of bounded size.
@ExtendWith(Quiet.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FullDiskTest {
    private static final int FILE_BYTES = 64 << 10;

    @Test
    void publishers_are_told_when_the_next_file_cannot_be_prepared_and_settlements_go_on_meanwhile()
            throws IOException {
        try (var log = TestLog.started()) {
            log.run();
            log.storage.capacityBytes(log.storage.usedBytes());

            fillUntilTold(log);

            assertThat(log.space).containsExactly(false);
            for (int i = 0; i < 10; i++) {
                log.append(1000 + i, Urgency.SOON);
            }
            log.run();
            assertThat(log.committed).isEqualTo(log.log.commits().nextOffset(CommitLog.DATA) - 1);
        }
    }

    @Test
    void publishers_go_on_once_there_is_space_again() throws IOException {
        try (var log = TestLog.started()) {
            log.run();
            log.storage.capacityBytes(log.storage.usedBytes());
            fillUntilTold(log);

            log.storage.capacityBytes(Long.MAX_VALUE);
            log.clock.advance(Duration.ofSeconds(1));
            log.run();

            assertThat(log.space).containsExactly(false, true);
        }
    }

    @Test
    void publishers_go_on_once_a_file_is_free_again_though_the_device_has_no_more_space() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(4);
            log.storage.capacityBytes(log.storage.usedBytes() + FILE_BYTES / 2); // a checkpoint fits, a file does not
            fillUntilTold(log);
            assertThat(log.space).containsExactly(false);

            log.checkpoint(log.committed);
            log.log.reclaim().live(CommitLog.DATA, Reclaim.LiveCounts.NONE);
            log.clock.advance(Duration.ofSeconds(1));
            log.run();

            assertThat(log.space).containsExactly(false, true);
        }
    }

    @Test
    void with_the_reserve_used_up_the_log_waits_and_loses_nothing() throws IOException {
        try (var log = TestLog.started()) {
            log.run();
            log.storage.capacityBytes(log.storage.usedBytes());
            for (int i = 0; i < 200; i++) {
                log.append(i, Urgency.SOON);
                log.run();
            }
            long stuckAt = log.committed;
            assertThat(stuckAt).isLessThan(199);
            assertThatThrownBy(() -> log.checkpoint(199)).isInstanceOf(OutOfSpaceException.class);

            log.storage.capacityBytes(Long.MAX_VALUE);
            log.clock.advance(Duration.ofSeconds(1));
            log.run();
            assertThat(log.committed).isEqualTo(199);

            log.kill();
            assertThat(log.replayed).hasSize(200);
        }
    }

    @Test
    void little_free_space_blocks_publishers_before_the_device_is_full() throws IOException {
        long reserve = 10 * FILE_BYTES;
        try (var log = TestLog.started(new LogConfig(FILE_BYTES, 64 << 20, 1 << 20, 1000, 10, reserve))) {
            log.run();
            assertThat(log.space).isEmpty();

            log.storage.capacityBytes(log.storage.usedBytes() + reserve - 1);
            log.clock.advance(Duration.ofSeconds(1));
            log.run();

            assertThat(log.space).containsExactly(false);
        }
    }

    @Test
    void a_checkpoint_that_does_not_fit_leaves_the_one_before_in_force() throws IOException {
        try (var log = TestLog.started()) {
            log.append(1, Urgency.SOON);
            log.run();
            log.log.checkpoints().write(TestLog.checkpoint(0, "before", false));
            log.storage.capacityBytes(log.storage.usedBytes() + 60);

            assertThatThrownBy(() -> log.log.checkpoints().write(TestLog.checkpoint(0, "x".repeat(100), false)))
                    .isInstanceOf(OutOfSpaceException.class);

            log.append(2, Urgency.SOON);
            log.run();
            log.kill();
            assertThat(log.replayed).containsExactly(2L);
            assertThat(log.failures).isEmpty();
        }
    }

    private static void fillUntilTold(TestLog log) {
        for (int i = 0; log.space.isEmpty() && i < FILE_BYTES / 1000; i++) {
            log.append(i, Urgency.SOON);
            log.run();
        }
    }
}
