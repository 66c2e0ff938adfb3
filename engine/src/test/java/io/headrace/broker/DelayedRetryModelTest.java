package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a queue with a delayed retry does what the plainest one would, through crashes too. Method: publish, get, ack,
/// reject, nack, purge, let time pass, crash, against maps from number to what is known of it; the whole engine in one
/// thread. One seed alone: `-Dheadrace.seed=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DelayedRetryModelTest {
    private static final int SEEDS = 60;
    private static final int OPERATIONS = 400;
    private static final int LATE_MAX = 5;
    private static final List<String> TYPES = List.of("all", "failed", "returned");

    @Test
    void random_operations_match_the_model() throws IOException {
        Long only = Long.getLong("headrace.seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            try {
                new Run(seed).go();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", e);
            }
        }
    }

    private static final class Run {
        private record Held(QueueWorld.Received received, long number) {}

        private final Random random;
        private final QueueWorld world;
        private final TreeMap<Long, Integer> ready = new TreeMap<>(); // number → failures
        private final TreeMap<Long, long[]> delayed = new TreeMap<>(); // number → failures, due
        private final TreeMap<Long, Integer> out = new TreeMap<>(); // number → failures
        private final List<Held> held = new ArrayList<>();
        private final String type;
        private final int min;
        private final int max;
        private long next;

        Run(long seed) throws IOException {
            random = new Random(seed);
            world = QueueWorld.open(seed);
            type = TYPES.get(random.nextInt(TYPES.size()));
            min = random.nextInt(400);
            max = random.nextInt(1_500);
        }

        void go() throws IOException {
            world.declare(
                    "q",
                    "x-queue-type",
                    "quorum",
                    "x-delivery-limit",
                    -1,
                    "x-delayed-retry-type",
                    type,
                    "x-delayed-retry-min",
                    min,
                    "x-delayed-retry-max",
                    max);
            for (int i = 0; i < OPERATIONS; i++) {
                act();
                comeDue();
                for (int late = 0; late < LATE_MAX && world.ready("q") != ready.size(); late++) {
                    world.pass(1); // the body is being read back
                    comeDue();
                }
                var report = world.report("q");
                assertThat(report.ready()).as("ready").isEqualTo(ready.size());
                assertThat(report.delayed()).as("delayed").isEqualTo(delayed.size());
                assertThat(report.unacked()).as("out").isEqualTo(out.size());
            }
            world.broker.close();
        }

        private void act() throws IOException {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> {
                    world.send("q", Long.toString(next));
                    ready.put(next++, 0);
                }
                case 3, 4, 5 -> get();
                case 6, 7 -> comeBack(true);
                case 8 -> comeBack(false);
                case 9 -> ack();
                case 10, 11, 12 -> {
                    world.broker.loop.turn(); // a turn has one time
                    world.broker.advance(random.nextInt(300));
                }
                case 13 -> {
                    switch (random.nextInt(12)) {
                        case 0 -> purge();
                        case 1, 2 -> crash();
                        case 3 -> world.pass(3_000); // checkpoints are taken
                        default -> {}
                    }
                }
                default -> throw new IllegalStateException();
            }
        }

        private void get() {
            var got = world.get("q");
            comeDue();
            if (ready.isEmpty()) {
                assertThat(got).isEmpty();
                return;
            }
            var first = ready.pollFirstEntry();
            assertThat(got.orElseThrow().body()).isEqualTo(Long.toString(first.getKey()));
            assertThat(got.get().attempts()).isEqualTo(first.getValue());
            held.add(new Held(got.get(), first.getKey()));
            out.put(first.getKey(), first.getValue());
        }

        private void comeBack(boolean failed) {
            if (held.isEmpty()) {
                return;
            }
            var one = held.remove(random.nextInt(held.size()));
            int failures = out.remove(one.number) + (failed ? 1 : 0);
            if (failed) {
                one.received.requeue();
            } else {
                one.received.release();
            }
            boolean waits = type.equals("all") || type.equals(failed ? "failed" : "returned");
            long delay = waits ? Math.min((long) min * Math.max(1, failures), max) : 0;
            if (delay > 0) {
                delayed.put(one.number, new long[] {failures, now() + delay});
            } else {
                ready.put(one.number, failures);
            }
        }

        private void ack() {
            if (!held.isEmpty()) {
                var one = held.remove(random.nextInt(held.size()));
                one.received.ack();
                out.remove(one.number);
            }
        }

        private void purge() {
            world.settle();
            comeDue();
            var answers = new ArrayList<Answer>();
            world.broker.session.perform(new Command.PurgeQueue("q"), answers::add);
            world.settle();
            assertThat(answers).containsExactly(new Answer.Removed(ready.size() + delayed.size()));
            ready.clear();
            delayed.clear();
        }

        private void crash() throws IOException {
            world.pass(100); // all that was decided is on disk
            comeDue();
            world.crash();
            ready.putAll(out);
            out.clear();
            held.clear();
        }

        private void comeDue() {
            world.settle();
            delayed.entrySet().removeIf(entry -> {
                boolean due = entry.getValue()[1] <= now();
                if (due) {
                    ready.put(entry.getKey(), (int) entry.getValue()[0]);
                }
                return due;
            });
        }

        private long now() {
            return world.broker.loop.clock().millis();
        }
    }
}
