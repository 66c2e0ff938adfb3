package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Session;
import io.headrace.net.TestLoop;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: the ring of outstanding deliveries agrees with a plain sorted map.
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnackedTest {
    private static final Session.Lease LEASE = new MemoryQueue("q", false, null, false, new TestLoop());

    private final Unacked unacked = new Unacked();

    @Test
    void it_agrees_with_a_sorted_map() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var model = new TreeMap<Long, Long>();
        long tag = 0;
        for (int step = 0; step < 200_000; step++) {
            switch (random.nextInt(7)) {
                case 0, 1, 2 -> {
                    tag += 1 + (random.nextInt(5) == 0 ? random.nextInt(3) : 0); // no-ack deliveries leave gaps
                    unacked.add(tag, tag * 3, LEASE, null, 0);
                    model.put(tag, tag * 3);
                }
                case 3, 4 -> {
                    long wanted = model.isEmpty() ? random.nextInt(10) : model.firstKey() + random.nextInt(40);
                    assertThat(unacked.take(wanted))
                            .as("seed %d step %d", seed, step)
                            .isEqualTo(model.containsKey(wanted));
                    if (model.containsKey(wanted)) {
                        assertThat(unacked.takenSequence()).isEqualTo(model.remove(wanted));
                    }
                }
                case 5 -> {
                    boolean any = unacked.takeFirst(Long.MAX_VALUE);
                    assertThat(any).as("seed %d step %d", seed, step).isEqualTo(!model.isEmpty());
                    if (any) {
                        assertThat(unacked.takenTag()).isEqualTo(model.firstKey());
                        model.pollFirstEntry();
                    }
                }
                case 6 -> {
                    long upTo = tag - random.nextInt(50);
                    while (unacked.takeFirst(upTo)) {
                        assertThat(unacked.takenTag()).isEqualTo(model.firstKey());
                        model.pollFirstEntry();
                    }
                    assertThat(model.isEmpty() || model.firstKey() > upTo).isTrue();
                }
            }
            assertThat(unacked.size()).as("seed %d step %d", seed, step).isEqualTo(model.size());
        }
    }

    @Test
    void one_delivery_that_is_never_settled_does_not_make_it_grow() {
        unacked.add(1, 1, LEASE, null, 0);

        for (long tag = 2; tag < 1_000_000; tag++) {
            unacked.add(tag, tag, LEASE, null, 0);
            unacked.take(tag);
        }

        assertThat(unacked.contains(1)).isTrue();
        assertThat(unacked.capacity()).isLessThanOrEqualTo(16);
    }
}
