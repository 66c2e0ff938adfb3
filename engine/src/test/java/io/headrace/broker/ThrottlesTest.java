package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ThrottlesTest {
    private final Throttles throttles = new Throttles();

    @Test
    void the_average_is_of_the_last_seconds_and_the_count_of_all() {
        throttles.told(Throttles.Quota.FETCH, "ann", "app", 100, 1_100_000);
        throttles.told(Throttles.Quota.FETCH, "ann", "app", 300, 1_101_000);
        assertThat(throttles.reports(1_102_000).getFirst().averageMillis()).isEqualTo(200);

        throttles.told(Throttles.Quota.FETCH, "ann", "app", 50, 1_100_000 + 10 * Throttles.WINDOW_MILLIS);
        var last = throttles.reports(1_100_000 + 10 * Throttles.WINDOW_MILLIS).getFirst();
        assertThat(last.averageMillis()).isEqualTo(50);
        assertThat(last.count()).isEqualTo(3);
        assertThat(last.sumMillis()).isEqualTo(450);

        var later = throttles.reports(1_100_000 + 20 * Throttles.WINDOW_MILLIS).getFirst();
        assertThat(later.averageMillis()).isZero();
    }

    @Test
    void who_invents_client_ids_does_not_fill_the_memory() {
        for (int i = 0; i < Throttles.CLIENTS_MAX + 10; i++) {
            throttles.told(Throttles.Quota.PRODUCE, "ann", "app " + i, 1, 0);
        }

        assertThat(throttles.reports(0)).hasSize(Throttles.CLIENTS_MAX);
    }
}
