package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: what a batch decompresses to is what was compressed, whatever its size; what is harmed or too large is left to
/// who looks at it record by record.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DecompressedTest {
    private static String[] values(int count, int characters) {
        var random = new Random(count);
        return IntStream.range(0, count)
                .mapToObj(i -> Integer.toString(random.nextInt(10)).repeat(characters))
                .toArray(String[]::new);
    }

    private static boolean take(ByteBuffer batch) {
        return Decompressed.ofThread().take(batch);
    }

    private static void assertTaken(CompressionType compression, String... values) {
        var plain = Batches.of(values);
        assertThat(take(Batches.of(compression, 1_000, values))).isTrue();
        assertThat(Decompressed.ofThread().records()).isEqualTo(plain.position(BatchHeader.BYTES));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void records_are_as_before_the_compression(CompressionType compression) {
        assertTaken(compression, "one");
        assertTaken(compression, values(100, 10));
        assertTaken(compression, values(2_000, 400)); // more room than there was
        assertTaken(compression, "and", "less", "again");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_mebibyte_is_too_large(CompressionType compression) {
        assertThat(take(Batches.of(compression, 1_000, values(1_024, 1_024)))).isFalse();
        assertTaken(compression, values(1_000, 1_024));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "SNAPPY"}) // snappy may end after any chunk
    void a_batch_that_is_cut_off_is_not_taken(CompressionType compression) {
        var batch = Batches.of(compression, 1_000, values(200, 100));

        int taken = 0;
        for (int cut = 1; cut < batch.limit() - BatchHeader.BYTES; cut++) {
            taken += take(batch.duplicate().limit(batch.limit() - cut)) ? 1 : 0;
        }

        assertThat(taken).isZero();
    }
}
