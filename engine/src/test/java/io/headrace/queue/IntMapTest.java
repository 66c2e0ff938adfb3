package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IntMapTest {
    @Test
    void it_holds_what_a_hash_map_holds_over_random_changes() {
        long seed = Long.getLong("headrace.seed", System.nanoTime());
        var random = new Random(seed);
        var map = new IntMap<String>();
        var model = new HashMap<Integer, String>();

        for (int step = 0; step < 100_000; step++) {
            int key = random.nextInt(500);
            if (random.nextBoolean()) {
                map.put(key, "v" + step);
                model.put(key, "v" + step);
            } else {
                assertThat(map.remove(key)).as("seed %d step %d", seed, step).isEqualTo(model.remove(key));
            }
            int probe = random.nextInt(500);
            assertThat(map.get(probe)).as("seed %d step %d", seed, step).isEqualTo(model.get(probe));
            assertThat(map.size()).isEqualTo(model.size());
        }
    }
}
