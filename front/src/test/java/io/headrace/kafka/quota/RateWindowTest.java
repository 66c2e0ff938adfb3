package io.headrace.kafka.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.stats.Rate;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RateWindowTest {
    private final RateWindow window = new RateWindow();

    @Test
    void what_ten_seconds_allow_may_come_at_once_and_no_more() {
        window.bound(100);

        assertThat(window.add(1_000, 5_000)).isZero();
        assertThat(window.add(1, 5_000)).isEqualTo(10);
    }

    /// As Kafka's: the wait for a burst is not over before the burst is out of the window, though it is said to be.
    @Test
    void the_wait_is_how_much_too_high_the_rate_is() {
        window.bound(100);

        assertThat(window.add(1_500, 5_000)).isEqualTo(5_000);
        assertThat(window.add(0, 10_000)).isEqualTo(5_000);
        assertThat(window.add(0, 16_000)).isZero();
    }

    @Test
    void what_is_older_than_the_window_counts_no_more() {
        window.bound(100);
        window.add(1_000, 5_000);

        assertThat(window.add(1_000, 5_000 + 11_000)).isZero();
    }

    @Test
    void what_is_taken_back_has_not_been() {
        window.bound(100);
        window.add(1_000, 5_000);
        window.record(-1_000, 5_000);

        assertThat(window.add(1_000, 5_000)).isZero();
    }

    @Test
    void a_steady_rate_below_the_bound_never_waits_and_one_above_it_is_brought_down_to_it() {
        window.bound(1_000);
        for (int second = 0; second < 60; second++) {
            assertThat(window.add(900, second * 1_000L)).isZero();
        }

        long now = 60_000;
        long sent = 0;
        while (now < 160_000) {
            sent += 200;
            now += Math.max(1, window.add(200, now));
        }

        assertThat(sent / 100.0).isCloseTo(1_000, within(100.0));
    }

    /// Kafka's own rate, asked the same.
    @Test
    void it_measures_as_kafka_does() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            var ours = new RateWindow();
            ours.bound(1e-9); // always too much, so that the wait shows the rate
            var config = new MetricConfig().timeWindow(1, TimeUnit.SECONDS).samples(RateWindow.SAMPLES);
            var kafkas = new Rate();
            long now = 1_000_000;
            for (int i = 0; i < 400; i++) {
                now += random.nextInt(10) == 0 ? random.nextInt(30_000) : random.nextInt(700);
                double value = 1 + random.nextInt(1_000);

                long wait = ours.add(value, now);
                kafkas.record(config, value, now);
                double expected = kafkas.measure(config, now) / 1e-9 * kafkas.windowSize(config, now);

                assertThat((double) wait).as("seed %d", seed).isCloseTo(expected, within(expected * 1e-6));
            }
        }
    }
}
