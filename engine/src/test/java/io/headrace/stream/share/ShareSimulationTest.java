package io.headrace.stream.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: whatever the disk does to what was not forced, a crash forgets no acknowledgement that was answered, and
/// takes no record away that nobody acknowledged. Method: the whole engine in one thread on a disk that lies, from a
/// seed; crashes at any step. One seed alone: `-Dheadrace.seed=N`; how many: `-Dheadrace.seeds=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShareSimulationTest {
    private static final int SEEDS = 500;
    private static final int DELIVERY_LIMIT = 10;

    @Test
    void no_seed_forgets_an_acknowledgement_or_loses_a_record() {
        Long only = Long.getLong("headrace.seed");
        if (only != null) {
            new Run(only).go();
            return;
        }
        int seeds = Integer.getInteger("headrace.seeds", SEEDS);
        for (long seed = 0; seed < seeds; seed++) {
            try {
                new Run(seed).go();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", e);
            } finally {
                SimulatedBroker.closeAll();
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final ShareTopic topic;
        private final Set<Long> answered = new HashSet<>(); // acknowledged, and the answer left
        private final Set<Long> said = new HashSet<>(); // acknowledged, perhaps in vain
        private final Map<Long, Integer> deliveries = new HashMap<>();
        private int number;

        Run(long seed) {
            random = new Random(seed);
            topic = new ShareTopic(seed, "share.delivery.count.limit=" + DELIVERY_LIMIT);
        }

        void go() {
            for (int life = 0; life < 4; life++) {
                for (int steps = 10 + random.nextInt(80); steps > 0; steps--) {
                    act();
                }
                topic.crash();
                check();
            }
            drain();
        }

        private void act() {
            switch (random.nextInt(10)) {
                case 0, 1 -> produce();
                case 2, 3, 4 -> fetch(1 + random.nextInt(10));
                case 5, 6 -> acknowledge();
                case 7, 8 -> {
                    for (int i = random.nextInt(6); i > 0; i--) {
                        topic.broker.step();
                    }
                }
                case 9 -> topic.broker.advance(random.nextInt(700));
                default -> throw new IllegalStateException();
            }
        }

        private void produce() {
            var values = new String[1 + random.nextInt(5)];
            for (int i = 0; i < values.length; i++) {
                values[i] = "m" + number++;
            }
            topic.partition().append(io.headrace.stream.Batches.of(values), _ -> {});
        }

        private void fetch(int most) {
            var wish = new FetchWish(member(), random.nextBoolean(), most, most, 1 << 20, true, () -> true);
            topic.share().fetch(wish, java.nio.ByteBuffer::allocate, acquired -> {
                for (var range : acquired.ranges()) {
                    for (long offset = range.first(); offset <= range.last(); offset++) {
                        assertThat(said).as("acknowledged in this life").doesNotContain(offset);
                        deliveries.merge(offset, 1, Integer::sum);
                        assertThat(range.deliveries()).isLessThanOrEqualTo(deliveries.get(offset));
                    }
                }
            });
        }

        private String member() {
            return random.nextBoolean() ? "a" : "b";
        }

        private void acknowledge() {
            var window = topic.share().window();
            if (window.isEmpty()) {
                return;
            }
            int run = random.nextInt(window.runs());
            if (window.state(run) != RecordState.ACQUIRED) {
                return;
            }
            long first = window.first(run) + random.nextLong(window.end(run) - window.first(run));
            long last = window.end(run) - 1;
            boolean accept = random.nextInt(3) > 0;
            byte type = accept ? Acknowledgement.ACCEPT : Acknowledgement.RELEASE;
            topic.share().acknowledge(window.owner(run), List.of(new Acknowledgement(first, last, List.of(type))));
            if (accept) {
                for (long offset = first; offset <= last; offset++) {
                    said.add(offset);
                }
                topic.session.whenCommitted(() -> {
                    for (long offset = first; offset <= last; offset++) {
                        answered.add(offset);
                    }
                });
            }
        }

        private void check() {
            var window = topic.share().window();
            assertThat(window.end()).isLessThanOrEqualTo(topic.partition().endOffset());
            for (long offset = 0; offset < window.end(); offset++) {
                boolean done = offset < window.start()
                        || window.state(window.runAt(offset)).finished();
                if (answered.contains(offset)) {
                    assertThat(done).as("%d was acknowledged", offset).isTrue();
                }
                if (!said.contains(offset) && deliveries.getOrDefault(offset, 0) < DELIVERY_LIMIT) {
                    assertThat(done).as("%d was not acknowledged", offset).isFalse();
                }
                if (!done) {
                    assertThat(window.state(window.runAt(offset))).isEqualTo(RecordState.AVAILABLE);
                }
            }
            assertThat(answered).allMatch(offset -> offset < window.end());
            said.removeIf(offset -> offset >= window.start()
                    && (offset >= window.end()
                            || !window.state(window.runAt(offset)).finished()));
            deliveries.keySet().removeIf(offset -> offset >= topic.partition().endOffset());
            answered.addAll(said); // what survived is there for good
        }

        private void drain() {
            for (int i = 0;
                    i < 100_000
                            && topic.share().start().orElseThrow()
                                    < topic.partition().endOffset();
                    i++) {
                fetch(100);
                for (int j = 0; j < 100 && !topic.share().window().isEmpty(); j++) {
                    acknowledge();
                }
                topic.broker.settle();
            }
            assertThat(topic.share().start()).hasValue(topic.partition().endOffset());
        }
    }
}
