package io.headrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.time.Clock;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: only a run of quick turns is slowed down, and one of turns that many wait for. Method: a clock that the test
/// moves.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TurnPaceTest {
    private long now = 1_000_000_000;
    private final TurnPace pace = new TurnPace(new Clock() {
        @Override
        public long millis() {
            return now / 1_000_000;
        }

        @Override
        public long nanos() {
            return now;
        }
    });

    @Test
    void turns_that_are_apart_never_rest() {
        for (int i = 0; i < 1_000; i++) {
            now += TurnPace.QUICK_NANOS;
            assertThat(pace.turned(false)).isZero();
        }
    }

    @Test
    void a_run_of_quick_turns_rests_until_one_takes_its_time() {
        pace.turned(false);
        for (int i = 1; i < TurnPace.QUICK_TURNS; i++) {
            assertThat(afterNanos(1_000, false)).isZero();
        }

        assertThat(afterNanos(1_000, false)).isEqualTo(TurnPace.REST_NANOS);
        rest();
        assertThat(afterNanos(1_000, false)).isEqualTo(TurnPace.REST_NANOS);
        rest();
        assertThat(afterNanos(TurnPace.QUICK_NANOS, false)).isZero();
    }

    @Test
    void a_turn_that_many_wait_for_rests_for_what_is_left_of_the_period() {
        pace.turned(false);

        assertThat(afterNanos(30_000, true)).isEqualTo(TurnPace.PERIOD_NANOS - 30_000);
        rest();
        assertThat(afterNanos(TurnPace.PERIOD_NANOS, true)).isZero();
    }

    @Test
    void it_is_no_quick_turn() {
        pace.turned(false);
        for (int i = 1; i < TurnPace.QUICK_TURNS; i++) {
            afterNanos(1_000, false);
        }

        afterNanos(1_000, true);

        assertThat(afterNanos(1_000, false)).isZero();
    }

    private long afterNanos(long nanos, boolean manyAwaited) {
        now += nanos;
        return pace.turned(manyAwaited);
    }

    private void rest() {
        now += 80_000;
        pace.rested();
    }
}
