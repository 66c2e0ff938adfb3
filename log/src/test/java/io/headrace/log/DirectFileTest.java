package io.headrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whatever is written in pieces, from wherever to wherever, is there byte for byte, for whoever reads meanwhile
/// and for who opens the file again. Method: stretches of all sizes one after the other, some of them written twice, as
/// after a crash.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DirectFileTest {
    private static final int STRETCHES = 60;
    private static final int SMALL_BYTES = 10_000;
    private static final int LARGE_BYTES = 3 << 20;
    private static final int PIECES = 40;
    private static final int AGAIN_ONE_OF = 5;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    Path directory;

    @Test
    void pieces_of_any_size_lie_one_after_the_other() throws IOException {
        try (var storage = FileStorage.open(directory)) {
            byte[] expected = {};
            try (var file = storage.createDirect("file")) {
                for (int i = 0; i < STRETCHES; i++) {
                    int from = i > 0 && random.nextInt(AGAIN_ONE_OF) == 0
                            ? random.nextInt(expected.length)
                            : expected.length;
                    var stretch = stretch();
                    expected = Arrays.copyOf(expected, Math.max(expected.length, from + stretch.length));
                    System.arraycopy(stretch, 0, expected, from, stretch.length);

                    var pieces = cut(stretch);
                    file.write(pieces, pieces.length, from);

                    assertThat(pieces).as("seed " + seed).noneMatch(ByteBuffer::hasRemaining);
                    assertHolds(file, expected, random.nextInt(expected.length));
                }
                file.force();
            }
            try (var file = storage.openDirect("file")) {
                assertHolds(file, expected, 0);
                assertThat(file.sizeBytes()).isEqualTo(expected.length);
            }
        }
    }

    private byte[] stretch() {
        var bytes = new byte[1 + random.nextInt(random.nextBoolean() ? SMALL_BYTES : LARGE_BYTES)];
        random.nextBytes(bytes);
        return bytes;
    }

    private ByteBuffer[] cut(byte[] stretch) {
        var pieces = new ByteBuffer[PIECES];
        int at = 0;
        for (int i = 0; i < PIECES; i++) {
            int length = i == PIECES - 1 ? stretch.length - at : random.nextInt(1 + (stretch.length - at) / 4);
            pieces[i] =
                    ByteBuffer.allocateDirect(length).put(stretch, at, length).flip();
            at += length;
        }
        return pieces;
    }

    private void assertHolds(StorageFile file, byte[] expected, int from) throws IOException {
        var read = ByteBuffer.allocate(expected.length - from);
        assertThat(file.read(read, from)).isEqualTo(read.capacity());
        assertThat(Arrays.equals(read.array(), 0, read.capacity(), expected, from, expected.length))
                .as("from %d of %d, seed %d", from, expected.length, seed)
                .isTrue();
    }
}
