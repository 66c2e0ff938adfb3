package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.log.CommitLog.Urgency;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: a torn tail ends the log and never comes back; anything else that is missing stops the start.
/// Method: the real log, stepped, on a lying disk whose bits are turned.
@ExtendWith(Quiet.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RecoveryTest {
    private static final String FIRST_FILE = "wal/0000000001.wal";
    /// Of the file's first two blocks: where it begins, and where the run begins.
    private static final int FIRST_ENTRY = 2 * WalBlock.SECTOR_BYTES;
    /// An entry of 1000 bytes with its block.
    private static final int BLOCK_BYTES = 3 * WalBlock.SECTOR_BYTES;

    @Test
    void a_torn_last_block_ends_the_log() throws IOException {
        try (var log = TestLog.started()) {
            appendEach(log, 3);
            log.storage.flipBit(FIRST_FILE, FIRST_ENTRY + 2 * BLOCK_BYTES + 500);

            log.kill();

            assertThat(log.replayed).containsExactly(0L, 1L);
            assertThat(log.log.commits().nextOffset(CommitLog.DATA)).isEqualTo(2);
        }
    }

    @Test
    void a_harmed_block_that_had_been_forced_stops_the_start_and_is_named() throws IOException {
        try (var log = TestLog.started()) {
            appendEach(log, 3);
            int harmed = FIRST_ENTRY + BLOCK_BYTES;
            log.storage.flipBit(FIRST_FILE, harmed + 500);

            assertThatThrownBy(log::kill)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(FIRST_FILE)
                    .hasMessageContaining("position " + harmed)
                    .hasMessageContaining("--accept-loss");
            log.open(OnCorruption.ACCEPT_LOSS);
        }
    }

    @Test
    void what_the_log_wrote_for_itself_takes_offsets_and_is_not_replayed() throws IOException {
        try (var log = TestLog.started()) {
            log.appendControl(1, 3);
            log.append(2, Urgency.SOON);
            log.appendControl(3, 1);
            log.append(4, Urgency.SOON);
            log.appendControl(5, 2);
            log.run();

            log.kill();

            assertThat(log.replayed).containsExactly(2L, 4L);
            assertThat(log.log.commits().nextOffset(CommitLog.DATA)).isEqualTo(8);
            log.assertReadable(3, 2, 1000);
            log.assertReadable(5, 4, 1000);
            log.checkpoint(7);
            log.append(6, Urgency.SOON);
            log.run();
            log.kill();
            assertThat(log.replayed).containsExactly(6L);
        }
    }

    @Test
    void replay_ends_at_each_groups_bound() throws IOException {
        try (var log = TestLog.started()) {
            log.append(CommitLog.CATALOG, 10, 100, Urgency.SOON);
            log.append(CommitLog.CATALOG, 11, 100, Urgency.SOON);
            appendEach(log, 3);
            log.through[CommitLog.CATALOG] = 0;
            log.through[CommitLog.DATA] = 1;

            log.kill();

            assertThat(log.replayed).containsExactly(10L, 0L, 1L);
            assertThat(log.log.commits().nextOffset(CommitLog.DATA)).isEqualTo(3);
        }
    }

    @Test
    void an_entry_of_a_type_not_known_stops_the_start() throws IOException {
        try (var log = TestLog.started()) {
            appendEach(log, 1);
            var block = ByteBuffer.allocate(WalBlock.headBytes(1));
            WalBlock.putSlot(block, 0, CommitLog.DATA, WalBlock.TRUNC, 2, 1, 0, 0, 0);
            WalBlock.seal(block, new CRC32C(), 1, new WalBlock.Stamp(4, 3, 1, 1), block.capacity());
            log.storage.kill();
            try (var file = log.storage.open(FIRST_FILE)) {
                file.write(block, FIRST_ENTRY + BLOCK_BYTES);
            }

            assertThatThrownBy(log::kill)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(FIRST_FILE)
                    .hasMessageContaining("type 2");
        }
    }

    @Test
    void accepted_loss_costs_the_harmed_block_alone_and_is_asked_once() throws IOException {
        try (var log = TestLog.started()) {
            appendEach(log, 3);
            log.storage.flipBit(FIRST_FILE, FIRST_ENTRY + BLOCK_BYTES + 500);
            log.storage.kill();

            log.open(OnCorruption.ACCEPT_LOSS);
            assertThat(log.replayed).containsExactly(0L, 2L);
            log.append(3, Urgency.SOON);
            log.checkpoint(3);
            log.append(4, Urgency.SOON);
            log.run();

            log.kill();
            assertThat(log.replayed).containsExactly(4L);
        }
    }

    @Test
    void what_lay_behind_a_torn_block_does_not_come_back_once_its_place_is_taken() throws IOException {
        int bytes = (int) LocalCommitter.LAZY_BYTES;
        try (var log = TestLog.started(LogConfig.defaults())) {
            log.append(1, Urgency.SOON);
            log.run();
            log.append(CommitLog.DATA, 2, bytes, Urgency.LAZY);
            log.log.step();
            log.append(CommitLog.DATA, 3, bytes, Urgency.LAZY);
            log.log.step();
            assertThat(log.written).isEqualTo(2);
            log.storage.flipBit(FIRST_FILE, FIRST_ENTRY + BLOCK_BYTES + 5000);

            log.kill();
            assertThat(log.replayed).containsExactly(1L);

            // whatever is written now, entry 3 of the first run stays void, though its bytes are whole
            for (int length = 1; length < 2000; length += 512) {
                log.append(CommitLog.DATA, 4, bytes - length, Urgency.SOON);
                log.run();
                log.kill();
                assertThat(log.replayed).startsWith(1L, 4L).doesNotContain(2L, 3L);
            }
        }
    }

    @Test
    void a_block_whose_force_failed_is_written_again_by_the_next_start() throws IOException {
        try (var log = TestLog.started()) {
            appendEach(log, 2);
            log.storage.failForceAfter(0);
            log.append(2, Urgency.SOON);
            log.log.step();
            assertThat(log.failures).hasSize(1);
            log.failures.clear();

            // the system still shows the block, though it is not on the device and no force would put it there
            log.kill();
            assertThat(log.replayed).containsExactly(0L, 1L, 2L);
            log.append(3, Urgency.SOON);
            log.run();
            log.storage.crash();

            log.open(OnCorruption.REFUSE);
            assertThat(log.replayed).containsExactly(0L, 1L, 2L, 3L);
        }
    }

    @Test
    void a_missing_file_stops_the_start() throws IOException {
        try (var log = TestLog.started()) {
            log.fillFiles(4);
            log.storage.delete("wal/0000000002.wal");

            assertThatThrownBy(log::kill)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(FIRST_FILE);
            log.open(OnCorruption.ACCEPT_LOSS);
        }
    }

    @Test
    void a_log_shorter_than_its_checkpoint_stops_the_start() throws IOException {
        try (var log = TestLog.started()) {
            appendEach(log, 3);
            log.checkpoint(2);
            log.storage.flipBit(FIRST_FILE, FIRST_ENTRY + 2 * BLOCK_BYTES + 500);

            assertThatThrownBy(log::kill)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining("ends before entry 2 of group 1");
            log.open(OnCorruption.ACCEPT_LOSS);
            assertThat(log.log.commits().nextOffset(CommitLog.DATA)).isEqualTo(3);
        }
    }

    @Test
    void replay_begins_after_the_checkpoint() throws IOException {
        try (var log = TestLog.started()) {
            appendEach(log, 5);
            log.checkpoint(2);

            log.kill();

            assertThat(log.replayed).containsExactly(3L, 4L);
        }
    }

    @Test
    void a_clean_shutdown_is_known_until_something_is_appended() throws IOException {
        try (var log = TestLog.started()) {
            assertThat(log.log.wasCleanlyClosed()).isFalse();
            appendEach(log, 2);
            log.log.checkpoints().write(TestLog.checkpoint(1, "", true));
            log.log.close();

            log.kill();
            assertThat(log.log.wasCleanlyClosed()).isTrue();
            log.append(2, Urgency.SOON);
            log.run();

            log.kill();
            assertThat(log.log.wasCleanlyClosed()).isFalse();
        }
    }

    private static void appendEach(TestLog log, int count) {
        for (int i = 0; i < count; i++) {
            log.append(i, Urgency.SOON);
            log.run();
        }
    }
}
