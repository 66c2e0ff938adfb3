package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headrace.log.LyingStorage;
import io.headrace.stream.AbortedTransaction;
import io.headrace.stream.Append;
import io.headrace.stream.Batches;
import io.headrace.stream.Partition;
import io.headrace.stream.ProducerState;
import io.headrace.stream.ReadResult;
import io.headrace.stream.TransactionEnd;
import io.headrace.stream.TransactionGate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: whatever the disk does to what was not forced, a crash loses no record that was acknowledged, moves none to
/// another offset, brings none that nobody sent, and lets no idempotent producer append a batch twice. What is open,
/// committed and aborted is what was appended says. Method: log, catalog and partitions in one thread on a disk that
/// lies, from a seed. One seed alone: `-Dheadrace.seed=N`; how many: `-Dheadrace.seeds=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TopicSimulationTest {
    private static final int SEEDS = 2_000;
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 2;
    private static final long TRANSACTIONAL = 1_000; // the first producer's id
    private static final String MARKER = "\0\0\0\0\0\0"; // its version and the coordinator's epoch

    private static final TransactionGate OPEN = new TransactionGate() {
        @Override
        public Errors admit(long producerId, short producerEpoch) {
            return Errors.NONE;
        }

        @Override
        public boolean addsPartition() {
            return false;
        }
    };

    @Test
    void no_seed_loses_moves_invents_or_doubles_a_record() throws IOException {
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

    /// A batch that was sent, and where it went.
    private record Sent(String value, long offset, long producer, int sequence) {}

    /// What the model knows of one partition.
    private static final class Model {
        final TreeMap<Long, String> acknowledged = new TreeMap<>();
        final Map<Long, List<String>> possible = new HashMap<>(); // by offset: what may be there
        final Map<Long, Sent> last = new HashMap<>(); // by producer, acknowledged
        final Map<Long, Integer> sequences = new HashMap<>();
        final TransactionModel transactions = new TransactionModel();
        long start; // acknowledged
        long startMax; // asked for
    }

    private static final class Run {
        private final Random random;
        private final SimulatedBroker broker;
        private final LyingStorage storage;
        private final List<Model> models = new ArrayList<>();
        private TopicSession session;
        private int number;
        private int life;

        Run(long seed) {
            random = new Random(seed);
            storage = new LyingStorage(seed);
            broker = new SimulatedBroker(storage, seed);
        }

        void go() throws IOException {
            boot();
            var settings = Map.of("internal.segment.bytes", "3000", "retention.ms", "-1");
            session.create(TOPIC, PARTITIONS, settings, _ -> {});
            broker.settle();
            for (int i = 0; i < PARTITIONS; i++) {
                models.add(new Model());
            }
            for (life = 0; life < 4; life++) {
                int steps = 20 + random.nextInt(150);
                for (int i = 0; i < steps; i++) {
                    act();
                }
                storage.crash();
                boot();
                for (int i = 0; i < PARTITIONS; i++) {
                    check(i);
                }
            }
            broker.close();
        }

        private void boot() throws IOException {
            broker.boot();
            session = broker.topics();
        }

        private Partition partition(int index) {
            return session.partition(session.topic(TOPIC).orElseThrow(), index).orElseThrow();
        }

        private void act() {
            int index = random.nextInt(PARTITIONS);
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4 -> produce(index);
                case 5 -> repeat(index);
                case 6, 7 -> {
                    for (int i = random.nextInt(6); i > 0; i--) {
                        broker.step();
                    }
                }
                case 8, 9 -> broker.advance(random.nextInt(700));
                case 10 -> {
                    broker.settle();
                    readSome(index);
                }
                case 11 -> trim(index);
                case 12, 13 -> transact(index);
                case 14, 15 -> end(index);
                default -> throw new IllegalStateException();
            }
        }

        private void produce(int index) {
            var model = models.get(index);
            var partition = partition(index);
            long producer = 1 + random.nextInt(3) + 10L * life; // none goes on after a crash
            int sequence = model.sequences.getOrDefault(producer, 0);
            int size = random.nextInt(10) == 0 ? random.nextInt(2_000) : random.nextInt(100);
            var value = number++ + "-" + "x".repeat(size);
            var sent = new Sent(value, partition.endOffset(), producer, sequence);
            partition.append(Batches.idempotent(producer, 0, sequence, value), answer -> {
                assertThat(answer).isEqualTo(new Append.Appended(sent.offset, sent.offset, -1));
                model.sequences.put(producer, sequence + 1);
                model.possible
                        .computeIfAbsent(sent.offset, _ -> new ArrayList<>())
                        .add(value);
                session.whenCommitted(() -> {
                    assertThat(partition.highWatermark()).isGreaterThan(sent.offset);
                    model.acknowledged.put(sent.offset, value);
                    model.last.put(producer, sent);
                });
            });
        }

        // producers of transactions go on after a crash, from what survived
        private void transact(int index) {
            var model = models.get(index);
            var partition = partition(index);
            long producer = TRANSACTIONAL + random.nextInt(3);
            int sequence = model.transactions.of(producer).nextSequence();
            var value = number++ + "-of a transaction";
            long offset = partition.endOffset();
            partition.append(Batches.transactional(producer, 0, sequence, value), OPEN, answer -> {
                assertThat(answer).isEqualTo(new Append.Appended(offset, offset, -1));
                model.transactions.add(new TransactionModel.Event.Sent(offset, producer, sequence, 1));
                placed(model, partition, offset, value);
            });
        }

        private void end(int index) {
            var model = models.get(index);
            var partition = partition(index);
            long producer = TRANSACTIONAL + random.nextInt(3);
            boolean commit = random.nextBoolean();
            long offset = partition.endOffset();
            assertThat(partition.end(new TransactionEnd(producer, (short) 0, commit, 0, false)))
                    .isEqualTo(new Append.Appended(offset, offset, -1));
            model.transactions.add(new TransactionModel.Event.Ended(offset, producer, commit));
            placed(model, partition, offset, MARKER);
        }

        private void placed(Model model, Partition partition, long offset, String value) {
            model.possible.computeIfAbsent(offset, _ -> new ArrayList<>()).add(value);
            session.whenCommitted(() -> {
                assertThat(partition.highWatermark()).isGreaterThan(offset);
                model.acknowledged.put(offset, value);
            });
        }

        private void checkTransactions(int index) {
            var model = models.get(index).transactions;
            var partition = partition(index);
            long start = partition.startOffset();
            long end = partition.endOffset();
            model.lost(end);
            assertThat(partition.lastStableOffset()).as("stable").isEqualTo(model.lastStable(start, end));
            var aborted = new ArrayList<List<AbortedTransaction>>();
            partition.aborted(start, end, aborted::add);
            broker.settle();
            assertThat(aborted).containsExactly(model.aborted(start));
            model.producers().forEach((producer, known) -> {
                assertThat(partition.producerStates())
                        .filteredOn(state -> state.producerId() == producer)
                        .extracting(ProducerState::lastSequence, ProducerState::transactionStart)
                        .containsExactly(tuple(known.nextSequence() - 1, known.openFrom()));
                judge(partition, producer, known);
            });
            assertThat(partition.endOffset()).isEqualTo(end);
        }

        private void judge(Partition partition, long producer, TransactionModel.Known known) {
            int gap = known.nextSequence() + 1;
            assertThat(refused(partition, Batches.transactional(producer, 0, gap, "a gap")))
                    .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            if (known.openFrom().isPresent()) {
                assertThat(refused(partition, Batches.idempotent(producer, 0, known.nextSequence(), "outside")))
                        .isEqualTo(Errors.INVALID_TXN_STATE);
            }
            known.last()
                    .ifPresent(last -> partition.append(
                            Batches.transactional(producer, 0, last.sequence(), "again"),
                            OPEN,
                            answer -> assertThat(answer)
                                    .isEqualTo(new Append.Duplicate(last.offset(), last.offset(), 1_000))));
        }

        private static Errors refused(Partition partition, ByteBuffer batch) {
            var answers = new ArrayList<Append>();
            partition.append(batch, OPEN, answers::add);
            return ((Append.Rejected) answers.getFirst()).error();
        }

        // the newest acknowledged batch of a producer is known, also after a crash
        private void repeat(int index) {
            var model = models.get(index);
            for (var sent : model.last.values()) {
                if (model.sequences.getOrDefault(sent.producer, 0) - sent.sequence <= 5) {
                    long end = partition(index).endOffset();
                    partition(index)
                            .append(
                                    Batches.idempotent(sent.producer, 0, sent.sequence, sent.value),
                                    answer -> assertThat(answer)
                                            .isEqualTo(new Append.Duplicate(sent.offset, sent.offset, 1_000)));
                    assertThat(partition(index).endOffset()).isEqualTo(end);
                }
            }
        }

        private void trim(int index) {
            var model = models.get(index);
            var partition = partition(index);
            long span = partition.highWatermark() - partition.startOffset();
            if (span > 0 && random.nextInt(4) == 0) {
                long to = partition.startOffset() + 1 + random.nextLong(span);
                partition.deleteBefore(to);
                model.startMax = Math.max(model.startMax, to);
                session.whenCommitted(() -> model.start = Math.max(model.start, to));
            }
        }

        private void check(int index) {
            var model = models.get(index);
            var partition = partition(index);
            assertThat(partition.startOffset()).isBetween(model.start, model.startMax);
            assertThat(partition.highWatermark()).isEqualTo(partition.endOffset());
            var content = readAll(partition);
            for (long offset = partition.startOffset(); offset < partition.endOffset(); offset++) {
                assertThat(model.possible.getOrDefault(offset, List.of()))
                        .as("what may be at %d of %d", offset, index)
                        .contains(content.get(offset));
            }
            model.acknowledged
                    .tailMap(partition.startOffset())
                    .forEach((offset, value) -> assertThat(content.get(offset))
                            .as("acknowledged at %d of %d", offset, index)
                            .isEqualTo(value));
            repeat(index);
            checkTransactions(index);
            // what survived is there for good; what did not never was
            model.possible.clear();
            content.forEach((offset, value) -> model.possible.put(offset, new ArrayList<>(List.of(value))));
            model.acknowledged.putAll(content);
            model.start = partition.startOffset();
            model.startMax = partition.startOffset();
        }

        private Map<Long, String> readAll(Partition partition) {
            var content = new TreeMap<Long, String>();
            for (long offset = partition.startOffset(); offset < partition.endOffset(); ) {
                var batches = read(partition, offset, 1 + random.nextInt(5_000));
                assertThat(batches).as("at " + offset).isNotEmpty();
                for (var entry : batches) {
                    int colon = entry.indexOf(':');
                    content.put(Long.parseLong(entry.substring(0, colon)), entry.substring(colon + 1));
                }
                offset = content.lastEntry().getKey() + 1;
            }
            return content;
        }

        private void readSome(int index) {
            var partition = partition(index);
            long span = partition.highWatermark() - partition.startOffset();
            if (span > 0) {
                long offset = partition.startOffset() + random.nextLong(span);
                var first = read(partition, offset, 1 + random.nextInt(3_000)).getFirst();
                assertThat(first).startsWith(offset + ":");
                assertThat(models.get(index).possible.get(offset)).contains(first.substring(first.indexOf(':') + 1));
            }
        }

        private List<String> read(Partition partition, long offset, int maxBytes) {
            var into = new ByteBuffer[1];
            var results = new ArrayList<ReadResult>();
            partition.read(
                    offset,
                    partition.highWatermark(),
                    maxBytes,
                    true,
                    bytes -> into[0] = ByteBuffer.allocate(bytes),
                    results::add);
            broker.settle();
            assertThat(results).singleElement().isInstanceOf(ReadResult.Batches.class);
            return Batches.contents(into[0].rewind());
        }
    }
}
