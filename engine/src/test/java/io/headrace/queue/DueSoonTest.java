package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what is due first is first, and what is due at the same time keeps its order. Method: random changes against
/// a sorted map.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DueSoonTest {
    @Test
    void messages_come_out_by_time_and_then_by_number() {
        var soon = new DueSoon();
        var expected = new TreeMap<Long, Integer>(); // time and number in one
        var random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            if (random.nextInt(2) == 0 || i < 1_000) {
                long at = 1 + random.nextInt(50);
                soon.add(at, i % 7, i, i, 1);
                expected.put(at << 32 | i, i % 7);
            } else if (!expected.isEmpty()) {
                var first = expected.pollFirstEntry();
                assertThat(soon.nextMillis()).isEqualTo(first.getKey() >> 32);
                assertThat(soon.nextSequence()).isEqualTo(first.getKey() & 0xffff_ffffL);
                assertThat(soon.nextQueue()).isEqualTo(first.getValue());
                soon.removeFirst();
            }
            assertThat(soon.size()).isEqualTo(expected.size());
        }
    }
}
