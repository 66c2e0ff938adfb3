package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: blocks lie where they should, whatever their length, and those before them are left as they were.
/// Method: a file in memory that takes aligned writes only.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BlockBufferTest {
    private final LyingStorage storage = new LyingStorage(1);
    private final byte[] expected = new byte[16 << 20];

    @Test
    void blocks_of_any_length_follow_each_other_with_zeros_between_them() throws IOException {
        var random = new SplittableRandom(1);
        var buffer = new BlockBuffer();
        try (var file = storage.createDirect("x")) {
            long end = 0;
            for (int i = 0; i < 300; i++) {
                int bytes = i % 50 == 0 ? BlockBuffer.BYTES + random.nextInt(10_000) : 1 + random.nextInt(20_000);
                end = write(buffer, file, end, bytes, random);
            }

            assertContent(end);
        }
    }

    @Test
    void a_block_that_ends_with_the_buffer_is_followed_by_the_next() throws IOException {
        var random = new SplittableRandom(2);
        var buffer = new BlockBuffer();
        try (var file = storage.createDirect("x")) {
            long end = write(buffer, file, 0, BlockBuffer.BYTES, random);
            assertThat(end).isEqualTo(BlockBuffer.BYTES);
            end = write(buffer, file, end, 100, random);

            assertContent(end);
        }
    }

    @Test
    void a_start_in_the_middle_of_a_unit_keeps_what_lies_before_it() throws IOException {
        var random = new SplittableRandom(3);
        try (var file = storage.createDirect("x")) {
            long end = write(new BlockBuffer(), file, 0, 700, random);
            end = write(new BlockBuffer(), file, end, 5_000, random);

            assertContent(end);
        }
    }

    private long write(BlockBuffer buffer, StorageFile file, long position, int bytes, SplittableRandom random)
            throws IOException {
        var content = new byte[bytes];
        random.nextBytes(content);
        System.arraycopy(content, 0, expected, (int) position, bytes);
        buffer.begin(file, position);
        buffer.put(ByteBuffer.wrap(content), 0, bytes);
        long end = buffer.end(WalBlock.SECTOR_BYTES);
        assertThat(end).isEqualTo(WalBlock.alignBlock(position + bytes));
        return end;
    }

    private void assertContent(long end) throws IOException {
        assertThat(storage.content("x")).startsWith(Arrays.copyOf(expected, (int) end));
    }
}
