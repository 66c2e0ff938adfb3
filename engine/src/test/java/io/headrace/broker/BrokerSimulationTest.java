package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Refusal;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.StoredMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: whatever the disk does to what was not forced, a crash loses nothing that was confirmed, invents
/// nothing, keeps the order, and marks what was seen before. Method: log, catalog and queues in one thread
/// on a disk that lies, from a seed. One seed alone: `-Dheadrace.seed=N`; how many: `-Dheadrace.seeds=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BrokerSimulationTest {
    private static final int SEEDS = 2_000;
    private static final List<String> QUEUES = List.of("a", "b", "quorum");

    @Test
    void no_seed_loses_invents_reorders_or_hides_a_message() throws IOException {
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
            } finally {
                SimulatedBroker.closeAll();
            }
        }
    }

    /// What the model knows of a message.
    private static final class Known {
        final long number;
        final Set<String> queues;
        final boolean persistent;
        boolean confirmed;
        final Set<String> delivered = new HashSet<>();
        final Set<String> settled = new HashSet<>();

        Known(long number, Set<String> queues, boolean persistent) {
            this.number = number;
            this.queues = queues;
            this.persistent = persistent;
        }
    }

    private record Delivered(Session.Lease lease, long sequence, Known message, String queue) {}

    private static final class Run {
        private final Random random;
        private final SimulatedBroker broker;
        private final LyingStorage storage;
        private final TreeMap<Long, Known> messages = new TreeMap<>();
        private final List<Delivered> outstanding = new ArrayList<>();
        private final Map<Long, Known> bySequence = new HashMap<>();
        private Session.Publisher publisher;
        private long confirmSequence;
        private long confirmedUpTo;
        private long nextNumber;

        Run(long seed) {
            random = new Random(seed);
            storage = new LyingStorage(seed);
            broker = new SimulatedBroker(storage, seed);
        }

        void go() throws IOException {
            boot();
            broker.declareQueue("a", true);
            broker.declareQueue("b", true);
            broker.declare(quorum());
            broker.declare(new Command.Bind(binding("a")));
            broker.declare(new Command.Bind(binding("b")));
            for (int life = 0; life < 3; life++) {
                int steps = 20 + random.nextInt(200);
                for (int i = 0; i < steps; i++) {
                    act();
                }
                crash();
            }
        }

        private Command quorum() {
            var type = FieldValue.LongString.of("quorum");
            var arguments = new FieldTable(Map.of("x-queue-type", type));
            return new Command.DeclareQueue("quorum", false, true, false, false, arguments);
        }

        private BindingKey binding(String queue) {
            return new BindingKey("amq.fanout", false, queue, "", FieldTable.EMPTY);
        }

        private void boot() throws IOException {
            broker.boot();
            confirmSequence = 0;
            confirmedUpTo = 0;
            bySequence.clear();
            publisher = broker.session.publisher(new Session.Confirms() {
                @Override
                public void confirmed(long sequence, boolean multiple) {
                    for (long s = multiple ? confirmedUpTo + 1 : sequence; s <= sequence; s++) {
                        bySequence.get(s).confirmed = true;
                    }
                    confirmedUpTo = multiple ? Math.max(confirmedUpTo, sequence) : confirmedUpTo;
                }

                @Override
                public void rejected(long sequence) {
                    throw new AssertionError("rejected " + sequence);
                }
            });
        }

        private void act() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> publish();
                case 4, 5 -> get();
                case 6 -> settleOne();
                case 7 -> {
                    for (int i = random.nextInt(6); i > 0; i--) {
                        broker.step();
                    }
                }
                case 8 -> broker.advance(random.nextInt(700));
                case 9 -> broker.settle();
                default -> throw new IllegalStateException();
            }
        }

        private void publish() {
            boolean fanout = random.nextInt(3) == 0;
            String key = QUEUES.get(random.nextInt(QUEUES.size()));
            var queues = fanout ? Set.of("a", "b") : Set.of(key);
            boolean persistent = random.nextInt(4) > 0;
            var message = new Known(nextNumber++, queues, persistent || !fanout && key.equals("quorum"));
            messages.put(message.number, message);
            var names = ((fanout ? "amq.fanout" : "") + key).getBytes(StandardCharsets.UTF_8);
            int exchangeBytes = fanout ? "amq.fanout".length() : 0;
            int size = random.nextInt(20) == 0 ? random.nextInt(60_000) : random.nextInt(300);
            var text = message.number + ":" + "x".repeat(size);
            bySequence.put(++confirmSequence, message);
            try {
                int routed = publisher.publish(
                        names,
                        exchangeBytes,
                        names.length - exchangeBytes,
                        TestContent.of(text, persistent),
                        confirmSequence);
                assertThat(routed).isEqualTo(queues.size());
            } catch (RefusedException e) {
                throw new AssertionError(e);
            }
        }

        private void get() {
            String queue = QUEUES.get(random.nextInt(QUEUES.size()));
            take(queue);
        }

        // the answer is true once a message has come: perhaps later, when it has been read from disk
        private boolean[] take(String queue) {
            boolean[] got = {false};
            broker.session.get(queue, true, new Session.GetPort() {
                @Override
                public void message(
                        Session.Lease lease,
                        long sequence,
                        StoredMessage stored,
                        boolean redelivered,
                        int attempts,
                        long remaining) {
                    got[0] = true;
                    var message = messages.get(number(stored));
                    assertThat(message).as("a message nobody published").isNotNull();
                    assertThat(message.queues).contains(queue);
                    if (message.delivered.contains(queue)) {
                        assertThat(redelivered)
                                .as("message %d of %s was seen before", message.number, queue)
                                .isTrue();
                    }
                    message.delivered.add(queue);
                    outstanding.add(new Delivered(lease, sequence, message, queue));
                }

                @Override
                public void empty() {}

                @Override
                public void refused(Refusal refusal) {
                    throw new AssertionError(refusal);
                }
            });
            return got;
        }

        private void settleOne() {
            if (outstanding.isEmpty()) {
                return;
            }
            var one = outstanding.remove(random.nextInt(outstanding.size()));
            if (random.nextInt(4) == 0) {
                one.lease.requeue(one.sequence);
            } else {
                one.lease.ack(one.sequence);
                one.message.settled.add(one.queue);
            }
        }

        private void crash() throws IOException {
            storage.crash();
            outstanding.clear();
            boot();
            for (var queue : QUEUES) {
                check(queue);
            }
            broker.settle();
        }

        // takes everything, compares, and puts it back
        private void check(String queue) {
            for (boolean more = true; more; ) {
                var got = take(queue);
                broker.settle();
                more = got[0];
            }
            var present = new ArrayList<Known>();
            for (var delivered : List.copyOf(outstanding)) {
                if (delivered.queue.equals(queue)) {
                    present.add(delivered.message);
                    outstanding.remove(delivered);
                    delivered.lease.requeue(delivered.sequence);
                }
            }
            assertThat(present.stream().map(message -> message.number))
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(present).allMatch(message -> message.persistent);
            for (var message : messages.values()) {
                if (message.queues.contains(queue)
                        && message.persistent
                        && message.confirmed
                        && !message.settled.contains(queue)) {
                    assertThat(present)
                            .as("confirmed message %d of %s", message.number, queue)
                            .contains(message);
                }
            }
            // what is not there any more will never be again
            messages.values().removeIf(message -> message.queues.equals(Set.of(queue)) && !present.contains(message));
            for (var message : messages.values()) {
                if (message.queues.contains(queue) && !present.contains(message)) {
                    message.settled.add(queue);
                } else if (message.queues.contains(queue)) {
                    message.settled.remove(queue);
                }
            }
        }

        private static long number(StoredMessage stored) {
            long number = 0;
            for (int at = stored.bodyStart(); stored.page().get(at) != ':'; at++) {
                number = number * 10 + stored.page().get(at) - '0';
            }
            return number;
        }
    }
}
