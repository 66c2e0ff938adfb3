package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: a block that a durable checkpoint names is there after a power cut, as it was. Method: on a lying
/// disk.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BlockFilesTest {
    private final LyingStorage storage = new LyingStorage(1);

    @Test
    void a_forced_block_survives_a_power_cut() throws IOException {
        var blocks = BlockFiles.open(storage);
        int number = blocks.write(block(1));
        blocks.force();

        storage.crash();

        assertThat(read(BlockFiles.open(storage), number)).isEqualTo(block(1));
    }

    @Test
    void a_freed_block_is_used_again_only_after_a_checkpoint() throws IOException {
        var blocks = BlockFiles.open(storage);
        int number = blocks.write(block(1));
        int other = blocks.write(block(2));
        blocks.free(number);
        assertThat(blocks.write(block(3))).isNotIn(number, other);
        assertThat(read(blocks, number)).isEqualTo(block(1));

        blocks.checkpointed();

        assertThat(blocks.write(block(4))).isEqualTo(number);
    }

    @Test
    void after_a_start_blocks_that_nobody_names_are_free() throws IOException {
        var blocks = BlockFiles.open(storage);
        int first = blocks.write(block(1));
        int second = blocks.write(block(2));
        blocks.force();

        var again = BlockFiles.open(storage);
        again.inUse(second);

        assertThat(again.usedBlocks()).isEqualTo(1);
        assertThat(again.write(block(3))).isEqualTo(first);
        assertThat(read(again, second)).isEqualTo(block(2));
    }

    @Test
    void a_harmed_block_is_not_taken_for_whole() throws IOException {
        var blocks = BlockFiles.open(storage);
        int number = blocks.write(block(1));
        storage.flipBit("idx/0000000000.idx", 5000);

        assertThatThrownBy(() -> read(blocks, number))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("idx/0000000000.idx");
    }

    @Test
    void files_without_a_used_block_are_deleted_from_the_end() throws IOException {
        var blocks = BlockFiles.open(storage);
        for (int i = 0; i <= 1024; i++) {
            blocks.write(ByteBuffer.allocate(8));
        }
        assertThat(storage.list("idx")).hasSize(2);

        blocks.free(1024);
        blocks.checkpointed();

        assertThat(storage.list("idx")).containsExactly("0000000000.idx");
    }

    @Test
    void a_queue_index_page_fits_and_nothing_larger_does() throws IOException {
        var blocks = BlockFiles.open(storage);
        assertThat(blocks.blockBytes()).isGreaterThanOrEqualTo(4096 * 16 + 512 + 64);

        assertThatThrownBy(() -> blocks.write(ByteBuffer.allocate(blocks.blockBytes() + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ByteBuffer read(BlockFiles blocks, int number) throws IOException {
        var target = ByteBuffer.allocate(blocks.blockBytes());
        blocks.read(number, target);
        return target.flip();
    }

    private static ByteBuffer block(int fill) {
        var block = ByteBuffer.allocate(BlockFiles.PAYLOAD_BYTES - fill);
        for (int i = 0; i < block.capacity(); i++) {
            block.put(i, (byte) (fill + i));
        }
        return block;
    }
}
