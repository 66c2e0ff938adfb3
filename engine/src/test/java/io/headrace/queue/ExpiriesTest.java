package io.headrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: of all pages the one that is due first is found first. Method: random changes against a sorted list.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExpiriesTest {
    private final Expiries expiries = new Expiries();

    @Test
    void pages_come_out_in_the_order_of_their_times_whatever_changed_meanwhile() {
        var random = new Random(17);
        List<PageSlot> waiting = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    var slot = new PageSlot();
                    slot.lookMillis = random.nextInt(1_000);
                    expiries.put(slot);
                    waiting.add(slot);
                }
                case 2 -> {
                    if (!waiting.isEmpty()) {
                        var slot = waiting.get(random.nextInt(waiting.size()));
                        slot.lookMillis = random.nextInt(1_000);
                        expiries.put(slot);
                    }
                }
                case 3 -> {
                    if (!waiting.isEmpty()) {
                        var slot = waiting.remove(random.nextInt(waiting.size()));
                        expiries.remove(slot);
                        expiries.remove(slot);
                    }
                }
                default -> throw new IllegalStateException();
            }
            assertThat(expiries.size()).isEqualTo(waiting.size());
        }

        waiting.sort(Comparator.comparingLong(slot -> slot.lookMillis));
        for (var slot : waiting) {
            assertThat(expiries.nextMillis()).isEqualTo(slot.lookMillis);
            expiries.poll();
        }
        assertThat(expiries.nextMillis()).isEqualTo(Long.MAX_VALUE);
    }
}
