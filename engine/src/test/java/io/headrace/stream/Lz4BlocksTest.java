package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: what lz4 made is never said to become less than it does, and little is not said to become much.
@DisplayNameGeneration(ReplaceUnderscores.class)
class Lz4BlocksTest {
    private static final int BLOCK_BYTES = 64 << 10; // what Kafka's producer writes

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 16_384, BLOCK_BYTES, BLOCK_BYTES + 1, 5_000_000})
    void the_bound_holds_and_is_at_most_a_block_above(int bytes) throws IOException {
        long seed = System.nanoTime();
        for (int letters : new int[] {1, 4, 256}) {
            var content = content(seed, bytes, letters);

            long most = Lz4Blocks.bytesAtMost(compressed(content));

            assertThat(most)
                    .as("%d bytes of %d letters, seed %d", bytes, letters, seed)
                    .isBetween((long) bytes, (long) bytes + BLOCK_BYTES);
        }
    }

    @ParameterizedTest
    @EnumSource(BLOCKSIZE.class)
    void sizes_of_blocks_and_what_else_a_head_says_are_understood(BLOCKSIZE size) throws IOException {
        var content = content(1, 3_000_000, 4);
        var written = new ByteArrayOutputStream();
        try (var out = new LZ4FrameOutputStream(
                written,
                size,
                content.length,
                Bits.BLOCK_INDEPENDENCE,
                Bits.BLOCK_CHECKSUM,
                Bits.CONTENT_SIZE,
                Bits.CONTENT_CHECKSUM)) {
            out.write(content);
        }

        assertThat(Lz4Blocks.bytesAtMost(ByteBuffer.wrap(written.toByteArray())))
                .isBetween((long) content.length, content.length + (4L << 20));
    }

    @Test
    void what_is_cut_off_or_no_lz4_is_not_known() throws IOException {
        var frame = compressed(content(2, 100_000, 4));

        for (int end = 1; end < frame.limit(); end++) {
            assertThat(Lz4Blocks.bytesAtMost(frame.duplicate().limit(end)))
                    .as("cut off at %d", end)
                    .isEqualTo(Lz4Blocks.UNKNOWN);
        }
        assertThat(Lz4Blocks.bytesAtMost(ByteBuffer.wrap("not at all".getBytes())))
                .isEqualTo(Lz4Blocks.UNKNOWN);
    }

    private static byte[] content(long seed, int bytes, int letters) {
        var content = new byte[bytes];
        var random = new Random(seed);
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) random.nextInt(letters);
        }
        return content;
    }

    private static ByteBuffer compressed(byte[] content) throws IOException {
        var target = new ByteBufferOutputStream(content.length + 100);
        try (var out = Compression.lz4().build().wrapForOutput(target, RecordBatch.CURRENT_MAGIC_VALUE)) {
            out.write(content);
        }
        return target.buffer().flip();
    }
}
