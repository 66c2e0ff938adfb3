package io.headrace.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.management.Measured.Wanted;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: rates and samples are those of RabbitMQ's API, and never those of a ring that has wrapped.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SeriesTest {
    private final Series series = new Series(4);

    @Test
    void a_rate_is_what_came_in_over_at_least_five_seconds() {
        series.add(10_000, new long[] {100});
        series.add(15_000, new long[] {150});

        assertThat(series.measure(16_000, new long[] {220}, 0).rates()[0]).isEqualTo(20.0);
        assertThat(series.measure(20_000, new long[] {250}, 0).rates()[0]).isEqualTo(20.0);
    }

    @Test
    void what_was_never_seen_before_has_no_rate() {
        assertThat(series.measure(1, new long[] {7}, 0).rates()[0]).isZero();
    }

    @Test
    void samples_come_newest_first_as_far_apart_as_asked() {
        for (int i = 1; i <= 6; i++) {
            series.add(i * 5_000L, new long[] {i * 10L});
        }
        var json = Json.object();

        series.measure(31_000, new long[] {60}, 20_000).put(json, "n", 0, new Wanted(20_000, 10_000));

        assertThat(json.toString())
                .isEqualTo("{\"n\":60,\"n_details\":{\"rate\":1.6666666666666667,\"samples\":["
                        + "{\"sample\":60,\"timestamp\":30000},{\"sample\":40,\"timestamp\":20000}],"
                        + "\"avg\":50.0,\"avg_rate\":2.0}}");
    }

    @Test
    void a_thing_is_quiet_since_its_last_change() {
        series.add(5_000, new long[] {1});
        series.add(10_000, new long[] {2});
        series.add(15_000, new long[] {2});

        assertThat(series.quietSinceMillis()).isEqualTo(10_000);
    }
}
