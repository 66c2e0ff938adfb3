package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a queue's capacity is the share of time in which somebody could take a message, of the last seconds.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConsumerUseTest {
    private static final long SECOND = 1_000_000_000;
    private static final Offset<Double> CLOSE = within(0.001);

    private final ConsumerUse use = new ConsumerUse(0);

    @Test
    void consumers_that_are_never_full_are_a_whole() {
        assertThat(use.capacity(0)).isEqualTo(1);
        assertThat(use.capacity(100 * SECOND)).isEqualTo(1);
    }

    @Test
    void consumers_that_are_full_from_now_on_are_half_as_much_after_a_second() {
        use.busy(0);

        assertThat(use.capacity(SECOND)).isEqualTo(0.5, CLOSE);
        assertThat(use.capacity(10 * SECOND)).isEqualTo(0.001, CLOSE);
    }

    @Test
    void consumers_that_are_full_by_turns_are_the_share_of_their_free_time() {
        long now = 0;
        for (int i = 0; i < 1_000; i++) {
            use.busy(now + SECOND / 100);
            use.ready(now + SECOND / 25);
            now += SECOND / 25;
        }

        assertThat(use.capacity(now)).isEqualTo(0.25, CLOSE);
    }

    @Test
    void what_was_long_ago_is_forgotten() {
        use.busy(0);
        use.ready(100 * SECOND);

        assertThat(use.capacity(100 * SECOND)).isEqualTo(0, CLOSE);
        assertThat(use.capacity(101 * SECOND)).isEqualTo(0.5, CLOSE);
        assertThat(use.capacity(120 * SECOND)).isEqualTo(1, CLOSE);
    }
}
