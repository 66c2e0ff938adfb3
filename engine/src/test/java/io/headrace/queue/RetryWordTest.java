package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RetryWordTest {
    @Test
    void both_are_read_as_they_were_written() {
        long word = RetryWord.of(17, 1_800_000_000_123L);

        assertThat(RetryWord.failures(word)).isEqualTo(17);
        assertThat(RetryWord.due(word)).isEqualTo(1_800_000_000_123L);
        assertThat(RetryWord.ready(word)).isEqualTo(RetryWord.of(17, 0));
    }

    @Test
    void what_is_beyond_the_highest_is_the_highest() {
        long word = RetryWord.of(Integer.MAX_VALUE, Long.MAX_VALUE);

        assertThat(RetryWord.failures(word)).isEqualTo(RetryWord.FAILURES_MAX);
        assertThat(RetryWord.due(word)).isEqualTo(RetryWord.DUE_MAX);
    }

    @Test
    void a_delay_never_overflows() {
        var retry = new DelayedRetry(DelayedRetry.Type.ALL, Long.MAX_VALUE / 2, Long.MAX_VALUE);

        assertThat(retry.delayMillis(true, 1)).isEqualTo(Long.MAX_VALUE / 2);
        assertThat(retry.delayMillis(true, 3)).isEqualTo(Long.MAX_VALUE);
    }
}
