package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: whatever expires, overflows, is rejected or comes back too often, and whenever the machine stops, a message
/// is in one place. Method: queues with random traits whose dead all end in one queue that keeps everything; the whole
/// engine in one thread on a disk that lies, from a seed. One seed alone: `-Dheadrace.seed=N`; how many:
/// `-Dheadrace.seeds=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeathSimulationTest {
    private static final int SEEDS = 400;
    private static final int LONGEST_DELAY_MILLIS = 600;
    private static final List<String> QUEUES = List.of("work", "strict", "overflowing", "quorum", "retry", "grave");

    @Test
    void no_seed_has_a_message_nowhere_or_twice() throws IOException {
        Long only = Long.getLong("headrace.seed");
        if (only != null) {
            new Run(only).go();
            return;
        }
        int seeds = Integer.getInteger("headrace.seeds", SEEDS);
        for (long seed = 0; seed < seeds; seed++) {
            try {
                new Run(seed).go();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", e);
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final QueueWorld world;
        private final Map<Long, String> byConfirm = new HashMap<>(); // this life's confirm numbers
        private final Map<String, String> sentTo = new HashMap<>();
        private final Set<String> confirmed = new HashSet<>(); // persistent, and the broker said so
        private final Set<String> refused = new HashSet<>();
        private final Set<String> acked = new HashSet<>();
        private final Map<String, Long> expiries = new HashMap<>(); // in the queue it was sent to
        private final List<QueueWorld.Received> held = new ArrayList<>();
        private long next;

        Run(long seed) throws IOException {
            random = new Random(seed);
            world = QueueWorld.open(seed);
        }

        void go() throws IOException {
            world.declare("grave");
            world.declare("retry", dead("grave", "x-message-ttl", random.nextInt(300)));
            world.declare(
                    "work",
                    dead(
                            "retry",
                            "x-message-ttl",
                            random.nextInt(1_000),
                            "x-max-length",
                            random.nextInt(20),
                            "x-max-priority",
                            1 + random.nextInt(10)));
            world.declare("strict", dead("grave", "x-max-length", random.nextInt(10), "x-overflow", "reject-publish"));
            world.declare(
                    "overflowing",
                    dead("retry", "x-max-length-bytes", random.nextInt(2_000), "x-overflow", "reject-publish-dlx"));
            world.declare(
                    "quorum",
                    dead(
                            "retry",
                            "x-queue-type",
                            "quorum",
                            "x-delivery-limit",
                            random.nextInt(3),
                            "x-delayed-retry-type",
                            random.nextBoolean() ? "all" : "disabled",
                            "x-delayed-retry-min",
                            random.nextInt(300),
                            "x-delayed-retry-max",
                            random.nextInt(600)));
            for (int life = 0; life < 3; life++) {
                int steps = 20 + random.nextInt(150);
                for (int i = 0; i < steps; i++) {
                    act();
                }
                learnAnswers();
                crash();
            }
            world.broker.close();
        }

        private static Object[] dead(String queue, Object... more) {
            var arguments =
                    new ArrayList<Object>(List.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", queue));
            arguments.addAll(List.of(more));
            return arguments.toArray();
        }

        private void act() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> publish();
                case 4, 5 -> world.getNow(any(QUEUES)).ifPresent(this::take);
                case 6 -> settleOne();
                case 7 -> {
                    for (int i = random.nextInt(6); i > 0; i--) {
                        world.broker.step();
                    }
                }
                case 8 -> {
                    world.broker.loop.turn(); // a turn has one time
                    world.broker.advance(random.nextInt(400));
                }
                case 9 -> world.settle();
                default -> throw new IllegalStateException();
            }
        }

        private void publish() {
            var queue = any(QUEUES.subList(0, 4));
            int size = random.nextInt(30) == 0 ? random.nextInt(40_000) : random.nextInt(200);
            var name = Long.toString(next++);
            var message = TestMessage.of(name + ":" + "x".repeat(size)).withPriority(random.nextInt(12));
            if (random.nextInt(3) == 0) {
                int millis = random.nextInt(800);
                message = message.expiringIn(millis);
                expiries.put(name, now() + millis);
            }
            if (random.nextInt(4) == 0 && !queue.equals("quorum")) {
                message = message.inMemory();
                sentTo.put(name, "memory");
            } else {
                sentTo.put(name, queue);
            }
            byConfirm.put(world.send(queue, message), name);
        }

        private void take(QueueWorld.Received received) {
            var name = name(received);
            assertThat(sentTo).as("a message nobody sent").containsKey(name);
            if (received.headers().isEmpty() && expiries.containsKey(name)) {
                assertThat(now()).as("message %s in its life", name).isLessThanOrEqualTo(expiries.get(name));
            }
            held.add(received);
        }

        private void settleOne() {
            if (held.isEmpty()) {
                return;
            }
            var one = held.remove(random.nextInt(held.size()));
            switch (random.nextInt(3)) {
                case 0 -> one.requeue();
                case 1 -> {
                    if (one.lease().equals(grave())) { // from there the dead have nowhere to go
                        one.requeue();
                    } else {
                        one.reject();
                    }
                }
                case 2 -> {
                    one.ack();
                    acked.add(name(one));
                }
                default -> throw new IllegalStateException();
            }
        }

        private Session.Lease grave() {
            var definition = world.broker.engine.catalog().queue("/", "grave").orElseThrow();
            return new QueueLease(world.broker.engine.queues().byId(definition.id()));
        }

        private void learnAnswers() {
            world.confirmed.stream()
                    .map(byConfirm::get)
                    .filter(name -> !sentTo.get(name).equals("memory"))
                    .forEach(confirmed::add);
            world.rejected.stream().map(byConfirm::get).forEach(refused::add);
            byConfirm.clear();
        }

        private void crash() throws IOException {
            world.crash();
            held.clear();
            check();
        }

        // takes everything, compares, and puts it back
        private void check() {
            var places = new HashMap<String, List<String>>();
            world.pass(LONGEST_DELAY_MILLIS); // what came back is ready again
            for (var queue : QUEUES) {
                for (var got = world.get(queue); got.isPresent(); got = world.get(queue)) {
                    held.add(got.get());
                    places.computeIfAbsent(name(got.get()), _ -> new ArrayList<>())
                            .add(queue);
                }
            }
            places.forEach((name, queues) -> {
                assertThat(queues).as("message %s", name).hasSize(1);
                assertThat(sentTo).containsKey(name);
                if (refused.contains(name) && !queues.equals(List.of("strict"))) {
                    assertThat(sentTo.get(name))
                            .as("%s was refused and is in %s", name, queues)
                            .isNotEqualTo("strict");
                }
            });
            for (var name : confirmed) {
                if (!acked.contains(name)) {
                    assertThat(places)
                            .as("confirmed message %s of %s", name, sentTo.get(name))
                            .containsKey(name);
                }
            }
            // an ack that the log did not keep is undone, one that it kept is done for ever
            acked.removeIf(places::containsKey);
            confirmed.retainAll(places.keySet());
            held.forEach(QueueWorld.Received::requeue);
            held.clear();
            world.settle();
        }

        private long now() {
            return world.broker.loop.clock().millis();
        }

        private String any(List<String> names) {
            return names.get(random.nextInt(names.size()));
        }

        private static String name(QueueWorld.Received received) {
            return received.body().substring(0, received.body().indexOf(':'));
        }
    }
}
