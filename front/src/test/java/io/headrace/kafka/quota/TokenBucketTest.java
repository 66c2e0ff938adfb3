package io.headrace.kafka.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Quota;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TokenBucketTest {
    private final TokenBucket bucket = new TokenBucket();

    @Test
    void who_has_any_may_take_more_than_he_has_and_waits_then() {
        bucket.rate(2);

        assertThat(bucket.takeIfAny(30, 1_000)).isZero(); // 22 are saved at first
        assertThat(bucket.takeIfAny(1, 1_000)).isEqualTo(4_000);
        assertThat(bucket.takeIfAny(1, 4_999)).isEqualTo(1);
        assertThat(bucket.takeIfAny(1, 5_000)).isZero();
    }

    @Test
    void who_cannot_be_refused_waits_afterwards() {
        bucket.rate(2);

        assertThat(bucket.take(22, 1_000)).isZero();
        assertThat(bucket.take(4, 1_000)).isEqualTo(2_000);
        assertThat(bucket.take(4, 1_000)).isEqualTo(4_000);
    }

    @Test
    void it_counts_as_kafka_does() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var config = new MetricConfig()
                .timeWindow(1, TimeUnit.SECONDS)
                .samples(RateWindow.SAMPLES)
                .quota(Quota.upperBound(5));
        var kafkas = new org.apache.kafka.common.metrics.stats.TokenBucket();
        bucket.rate(5);
        long now = 1_000_000;
        for (int i = 0; i < 100_000; i++) {
            now += random.nextInt(1_500);
            int count = random.nextInt(20);
            double before = kafkas.measure(config, now);
            if (before >= 0) {
                kafkas.record(config, count, now);
            }

            assertThat(bucket.takeIfAny(count, now))
                    .as("seed %d", seed)
                    .isEqualTo(before < 0 ? Math.round(-before / 5 * 1000) : 0);
        }
    }
}
