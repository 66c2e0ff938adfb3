package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: quantiles are right to an eighth, whatever the size of the times, and forget what is long ago.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestTimesTest {
    private static final long MILLI = 1_000_000;
    private static final long MINUTE = 60_000 * MILLI;

    private final RequestTimes times = new RequestTimes("Produce");

    @Test
    void a_quantile_is_the_time_within_which_so_many_ended() {
        for (int i = 1; i <= 1_000; i++) {
            times.ended(i * MILLI, i * MILLI / 2, 0);
        }

        var report = times.report();
        assertThat(report.total().millis().getFirst()).isCloseTo(500, Percentage.withPercentage(12.5));
        assertThat(report.total().millis().getLast()).isCloseTo(999, Percentage.withPercentage(12.5));
        assertThat(report.local().millis().getFirst()).isCloseTo(250, Percentage.withPercentage(12.5));
        assertThat(report.total().sumMillis()).isCloseTo(500_500, within(0.001));
    }

    @Test
    void the_shortest_and_the_longest_times_are_counted() {
        for (long time : new long[] {0, 1, 7, 8, 15, 16, Long.MAX_VALUE}) {
            times.ended(time, 0, 0);
        }

        assertThat(times.report().ended()).isEqualTo(7);
        assertThat(times.report().total().millis().getFirst()).isEqualTo(8 / 1e6);
    }

    @Test
    void what_is_long_ago_weighs_little() {
        for (int i = 0; i < 1_000; i++) {
            times.ended(1_000 * MILLI, 0, 0);
        }
        for (int minute = 6; minute < 66; minute += 6) {
            for (int i = 0; i < 10; i++) {
                times.ended(MILLI, 0, minute * MINUTE);
            }
        }

        assertThat(times.report().total().millis().getFirst()).isLessThan(2);
        assertThat(times.report().ended()).isEqualTo(1_100);
    }

    @Test
    void what_began_and_did_not_end_is_under_way() {
        times.begun();
        times.begun();
        times.ended(MILLI, MILLI, 0);

        assertThat(times.report().underWay()).isEqualTo(1);
    }
}
