package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what comes back leaves again lowest first, whatever the order it came in.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReturnedTest {
    @Test
    void the_lowest_leaves_first_over_random_additions_and_removals() {
        long seed = Long.getLong("headrace.seed", System.nanoTime());
        var random = new Random(seed);
        var returned = new Returned();
        var model = new TreeSet<Long>();

        for (int step = 0; step < 20_000; step++) {
            if (model.isEmpty() || random.nextInt(3) > 0) {
                long sequence = random.nextInt(1_000_000);
                if (model.add(sequence)) {
                    returned.add(sequence);
                }
            } else {
                assertThat(returned.removeLowest())
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(model.pollFirst());
            }
        }

        assertThat(returned.toArray()).as("seed %d", seed).containsExactly(model.toArray(Long[]::new));
    }
}
