package io.headrace.bridge;

import static io.headrace.bridge.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Command;
import io.headrace.broker.SimulatedBroker;
import io.headrace.message.FieldTable;
import io.headrace.stream.Append;
import io.headrace.stream.TransactionEnd;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: whatever a crash does to what was not forced, a publish that goes to a queue and a stream is in both or in
/// neither, and so is a record with what it feeds. Method: a whole broker in one thread on a disk that lies, from a
/// seed. One seed alone: `-Dheadrace.seed=N`; how many: `-Dheadrace.seeds=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamSimulationTest {
    private static final int SEEDS = 150;

    @Test
    void no_seed_leaves_half_of_a_publish() throws InterruptedException {
        Long only = Long.getLong("headrace.seed");
        if (only != null) {
            new Run(only).go();
            return;
        }
        int seeds = Integer.getInteger("headrace.seeds", SEEDS);
        for (long seed = 0; seed < seeds; seed++) {
            run(seed);
            SimulatedBroker.closeAll();
        }
    }

    // on a thread of its own: what a broker keeps by thread goes with it, and a disk is many megabytes here
    private static void run(long seed) throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        var thread = Thread.ofPlatform()
                .uncaughtExceptionHandler((_, trouble) -> failure.set(trouble))
                .start(() -> new Run(seed).go());
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", failure.get());
        }
    }

    private static final class Run {
        private final Random random;
        private final World world;
        private final List<String> published = new ArrayList<>(); // in this life
        private final List<String> acknowledged = new ArrayList<>(); // appended by a producer, and committed
        private final Map<Long, Integer> sequences = new HashMap<>();
        private final Set<Long> open = new TreeSet<>();
        private int number;

        Run(long seed) {
            random = new Random(seed);
            world = new World(seed);
        }

        void go() {
            world.stream("stream");
            world.done(World.queue("queue", "quorum"));
            world.bind("amq.fanout", "stream", "");
            world.bind("amq.fanout", "queue", "");
            world.topic("topic", 1);
            world.done(new Command.DeclareExchange(
                    "feed", "fanout", false, true, false, false, table("x-from-topic", "topic")));
            world.done(World.queue("fed", "quorum"));
            world.bind("feed", "fed", "");
            var kept = new ArrayList<String>();
            for (int life = 0; life < 3; life++) {
                for (int i = 10 + random.nextInt(100); i > 0; i--) {
                    act();
                }
                var confirmed = List.copyOf(published.subList(0, world.confirmed.size()));
                world.crash();
                var stream = brief(world.reader("stream", "first").bodies());
                assertThat(queue("queue")).isEqualTo(stream);
                assertThat(stream.subList(0, Math.min(kept.size(), stream.size())))
                        .isEqualTo(kept);
                assertThat(stream).containsAll(confirmed);
                kept.clear();
                kept.addAll(stream);
                producersAsTheyAre();
                for (long producer : List.copyOf(open)) {
                    end(producer);
                }
                world.broker.settle();
                var topic = committed();
                assertThat(queue("fed")).isEqualTo(topic);
                assertThat(topic).containsAll(acknowledged);
                published.clear();
            }
        }

        private void act() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> publish();
                case 4 -> produce();
                case 8 -> transact(1 + random.nextInt(2));
                case 9 -> end(1 + random.nextInt(2));
                case 5, 6 -> {
                    for (int i = random.nextInt(6); i > 0; i--) {
                        world.broker.step();
                    }
                }
                default -> world.broker.advance(random.nextInt(700));
            }
        }

        private void publish() {
            for (int i = random.nextInt(4); i >= 0; i--) {
                var body = body();
                published.add(brief(body));
                assertThat(world.publish("amq.fanout", "", body)).isEqualTo(2);
            }
        }

        private void produce() {
            var values = new ArrayList<String>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                values.add(body());
            }
            var records = values.stream()
                    .map(value -> new SimpleRecord(1, null, value.getBytes(StandardCharsets.UTF_8)))
                    .toArray(SimpleRecord[]::new);
            world.partition("topic", 0)
                    .append(MemoryRecords.withRecords(Compression.NONE, records).buffer(), answer -> {
                        assertThat(answer).isInstanceOf(Append.Appended.class);
                        world.topics.whenCommitted(() -> acknowledged.addAll(brief(values)));
                    });
        }

        private void transact(long producer) {
            var value = body();
            var record = new SimpleRecord(1, null, value.getBytes(StandardCharsets.UTF_8));
            int sequence = sequences.merge(producer, 1, Integer::sum) - 1;
            world.partition("topic", 0)
                    .append(
                            MemoryRecords.withTransactionalRecords(
                                            Compression.NONE, producer, (short) 0, sequence, record)
                                    .buffer(),
                            World.OPEN,
                            answer -> assertThat(answer).isInstanceOf(Append.Appended.class));
            open.add(producer);
        }

        // a crash may have taken what they sent last
        private void producersAsTheyAre() {
            open.clear();
            sequences.clear();
            for (var state : world.partition("topic", 0).producerStates()) {
                sequences.put(state.producerId(), state.lastSequence() + 1);
                if (state.transactionStart().isPresent()) {
                    open.add(state.producerId());
                }
            }
        }

        private void end(long producer) {
            open.remove(producer);
            boolean commit = random.nextInt(3) > 0;
            assertThat(world.partition("topic", 0).end(new TransactionEnd(producer, (short) 0, commit, 0, false)))
                    .isInstanceOf(Append.Appended.class);
        }

        // what somebody sees who reads committed records only
        private List<String> committed() {
            var partition = world.partition("topic", 0);
            assertThat(partition.lastStableOffset()).isEqualTo(partition.endOffset());
            var reader = new RecordReader(partition, () -> {});
            reader.seek(0);
            var found = new ArrayList<String>();
            while (reader.position() < partition.endOffset()) {
                reader.next()
                        .ifPresentOrElse(
                                record -> found.add(brief(StandardCharsets.UTF_8
                                        .decode(record.value())
                                        .toString())),
                                world.broker::settle);
            }
            return found;
        }

        // now and then so much that an entry is full before its turn ends
        private String body() {
            int size = random.nextInt(6) == 0 ? random.nextInt(120_000) : random.nextInt(100);
            return number++ + "-" + "x".repeat(size);
        }

        // so that a failure can be read
        private static String brief(String body) {
            return body.substring(0, body.indexOf('-') + 1) + body.length();
        }

        private static List<String> brief(List<String> bodies) {
            return bodies.stream().map(Run::brief).toList();
        }

        private List<String> queue(String name) {
            var reader = world.reader(name, FieldTable.EMPTY);
            reader.subscription.cancel();
            for (int i = 0; i < reader.leases.size(); i++) {
                reader.leases.get(i).requeue(reader.numbers.get(i));
            }
            world.broker.settle();
            return brief(reader.bodies());
        }
    }
}
