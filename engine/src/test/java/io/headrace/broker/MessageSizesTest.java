package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: each size is counted in the bucket with the smallest bound that is not below it.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MessageSizesTest {
    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                63,
                64,
                99,
                100,
                101,
                127,
                128,
                512,
                999,
                1_000,
                1_001,
                8_192,
                9_999,
                10_000,
                10_001,
                65_536,
                100_000,
                100_001,
                131_072,
                1_000_000,
                1_000_001,
                1 << 20,
                10_000_000,
                10_000_001,
                1 << 25,
                50_000_000,
                50_000_001,
                1 << 26,
                100_000_000,
                100_000_001,
                1 << 28,
                Integer.MAX_VALUE
            })
    void a_size_is_in_the_bucket_of_the_next_bound(int bytes) {
        var sizes = new MessageSizes();
        sizes.add(bytes);

        var report = sizes.report();

        int expected =
                (int) report.bounds().stream().filter(bound -> bound < bytes).count();
        assertThat(IntStream.range(0, report.counts().size())
                        .filter(i -> report.counts().get(i) == 1))
                .containsExactly(expected);
        assertThat(report.sum()).isEqualTo(bytes);
    }
}
