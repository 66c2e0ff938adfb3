package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: what zstd made is never said to become less than it does, and no bomb to become little.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ZstdBlocksTest {
    private static final int BLOCK_BYTES = 128 << 10;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 16_384, BLOCK_BYTES, BLOCK_BYTES + 1, 5_000_000})
    void the_bound_holds_and_is_at_most_a_block_above(int bytes) throws IOException {
        long seed = System.nanoTime();
        for (int letters : new int[] {1, 4, 256}) {
            var content = new byte[bytes];
            var random = new Random(seed);
            for (int i = 0; i < bytes; i++) {
                content[i] = (byte) random.nextInt(letters);
            }

            long most = ZstdBlocks.bytesAtMost(compressed(content));

            long blocks = (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
            assertThat(most)
                    .as("%d bytes of %d letters, seed %d", bytes, letters, seed)
                    .isBetween((long) bytes, (blocks + 1) * BLOCK_BYTES);
        }
    }

    @Test
    void frames_one_after_the_other_are_summed_and_skipped_ones_are_nothing() throws IOException {
        var frame = compressed(new byte[300_000]);
        var both = ByteBuffer.allocate(2 * frame.remaining() + 12);
        both.put(frame.duplicate())
                .putInt(0x552A4D18)
                .putInt(0x04000000)
                .putInt(0)
                .put(frame.duplicate());

        assertThat(ZstdBlocks.bytesAtMost(both.flip())).isEqualTo(2 * ZstdBlocks.bytesAtMost(frame));
    }

    @Test
    void repeated_bytes_count_as_often_as_they_are_repeated() {
        int blocks = 3_000;
        var bomb = ByteBuffer.allocate(6 + 4 * blocks)
                .putInt(0x28B52FFD)
                .put((byte) 0)
                .put((byte) 0x38);
        for (int i = 1; i <= blocks; i++) {
            int head = BLOCK_BYTES << 3 | 1 << 1 | (i == blocks ? 1 : 0);
            bomb.put((byte) head)
                    .put((byte) (head >> 8))
                    .put((byte) (head >> 16))
                    .put((byte) 'x');
        }

        assertThat(ZstdBlocks.bytesAtMost(bomb.flip())).isEqualTo((long) blocks * BLOCK_BYTES);
    }

    @Test
    void a_window_that_no_stream_would_allow_is_not_known() {
        var frame = ByteBuffer.allocate(9).putInt(0x28B52FFD).put((byte) 0);
        byte[] emptyBlock = {1, 0, 0};

        frame.put((byte) (17 << 3)).put(emptyBlock).flip();
        assertThat(ZstdBlocks.bytesAtMost(frame)).isZero();

        frame.put(5, (byte) (17 << 3 | 1));
        assertThat(ZstdBlocks.bytesAtMost(frame)).isEqualTo(ZstdBlocks.UNKNOWN);
    }

    @Test
    void what_is_cut_off_or_no_zstd_is_not_known() throws IOException {
        var frame = compressed(new byte[1_000]);

        for (int end = 1; end < frame.limit(); end++) {
            assertThat(ZstdBlocks.bytesAtMost(frame.duplicate().limit(end))).isEqualTo(ZstdBlocks.UNKNOWN);
        }
        assertThat(ZstdBlocks.bytesAtMost(ByteBuffer.wrap("not at all".getBytes())))
                .isEqualTo(ZstdBlocks.UNKNOWN);
    }

    private static ByteBuffer compressed(byte[] content) throws IOException {
        var target = new ByteBufferOutputStream(content.length + 100);
        try (var out = Compression.zstd().build().wrapForOutput(target, RecordBatch.CURRENT_MAGIC_VALUE)) {
            out.write(content);
        }
        return target.buffer().flip();
    }
}
