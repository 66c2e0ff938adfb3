package io.headrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.time.Clock;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: only a run of quick turns is slowed down. Method: a clock that counts how often it is asked: a
/// rest asks once more.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TurnPaceTest {
    private long now = 1_000_000_000;
    private int asked;
    private final TurnPace pace = new TurnPace(new Clock() {
        @Override
        public long millis() {
            return now / 1_000_000;
        }

        @Override
        public long nanos() {
            asked++;
            return now;
        }
    });

    @Test
    void turns_that_are_apart_never_rest() {
        for (int i = 0; i < 1_000; i++) {
            now += TurnPace.QUICK_NANOS;
            assertThat(rested()).isFalse();
        }
    }

    @Test
    void a_run_of_quick_turns_rests_until_one_takes_its_time() {
        pace.turned();
        for (int i = 1; i < TurnPace.QUICK_TURNS; i++) {
            now += 1_000;
            assertThat(rested()).isFalse();
        }

        now += 1_000;
        assertThat(rested()).isTrue();
        now += 1_000;
        assertThat(rested()).isTrue();
        now += TurnPace.QUICK_NANOS;
        assertThat(rested()).isFalse();
    }

    private boolean rested() {
        int before = asked;
        pace.turned();
        return asked - before == 2;
    }
}
