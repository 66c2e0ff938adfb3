package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what is remembered of attempts is what was put. Method: random changes against a sorted map.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AttemptsTest {
    private final Attempts attempts = new Attempts();

    @Test
    void random_changes_match_a_map() {
        var random = new Random(23);
        var expected = new TreeMap<Long, Integer>();
        for (int i = 0; i < 200_000; i++) {
            long sequence = random.nextInt(500) + ((long) random.nextInt(3) << 48);
            if (random.nextInt(3) > 0) {
                expected.put(sequence, 1 + i);
                attempts.put(sequence, 1 + i);
            } else {
                expected.remove(sequence);
                attempts.remove(sequence);
            }
            assertThat(attempts.get(sequence)).isEqualTo(expected.getOrDefault(sequence, 0));
            assertThat(attempts.size()).isEqualTo(expected.size());
        }

        var found = new TreeMap<Long, Integer>();
        attempts.forEach(found::put);
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void of_a_message_that_never_came_back_there_is_none() {
        assertThat(attempts.get(7)).isZero();
        attempts.remove(7);
        assertThat(attempts.isEmpty()).isTrue();
    }
}
