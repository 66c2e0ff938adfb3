package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.LyingStorage;
import io.headrace.stream.Append;
import io.headrace.stream.Partition;
import io.headrace.stream.ReadResult;
import io.headrace.stream.TransactionGate;
import io.headrace.stream.txn.Outcome;
import io.headrace.stream.txn.Producer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: wherever a crash comes, a transaction whose commit was answered is there in all of its partitions, one whose
/// abort was answered in none, one whose end was not answered in all or in none; one that is open stays open and can
/// be ended; and nothing stays open that nobody can end. Method: log, catalog, partitions and coordinator in one
/// thread on a disk that lies, from a seed. One seed alone: `-Dheadrace.seed=N`; how many: `-Dheadrace.seeds=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransactionSimulationTest {
    private static final int SEEDS = 500;
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 3;
    private static final int IDS = 3;
    private static final int TIMEOUT = 900_000;

    @Test
    void no_seed_tears_loses_or_holds_up_a_transaction() throws IOException {
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

    private enum End {
        OPEN,
        COMMITTING,
        ABORTING,
        COMMITTED,
        ABORTED,
        /// A new life of the producer came while the end was not answered.
        EITHER
    }

    /// A transaction and what was sent in it, by partition.
    private static final class Transaction {
        final Map<String, Integer> sent = new HashMap<>();
        int unanswered;
        End end = End.OPEN;
    }

    /// A client with a transactional id.
    private static final class Client {
        final String id;
        final TransactionVersion version;
        final Map<Integer, Integer> sequences = new HashMap<>(); // by partition
        Optional<Producer> producer = Optional.empty();
        Optional<Transaction> transaction = Optional.empty();
        boolean waits; // for an answer

        Client(String id, TransactionVersion version) {
            this.id = id;
            this.version = version;
        }
    }

    private static final class Run {
        private final Random random;
        private final SimulatedBroker broker;
        private final LyingStorage storage;
        private final List<Client> clients = new ArrayList<>();
        private final List<Transaction> all = new ArrayList<>();
        private TopicSession session;
        private int number;
        private int life;

        Run(long seed) {
            random = new Random(seed);
            storage = new LyingStorage(seed);
            broker = new SimulatedBroker(storage, seed);
            for (int i = 0; i < IDS; i++) {
                clients.add(new Client("t" + i, i == 0 ? TransactionVersion.TV_0 : TransactionVersion.TV_2));
            }
        }

        void go() throws IOException {
            boot();
            session.create(TOPIC, PARTITIONS, Map.of("retention.ms", "-1"), _ -> {});
            broker.settle();
            for (life = 0; life < 4; life++) {
                for (int i = 20 + random.nextInt(150); i > 0; i--) {
                    act(clients.get(random.nextInt(IDS)));
                }
                storage.crash();
                boot();
                clients.forEach(this::afterCrash);
                check();
            }
            clients.forEach(this::beginAndSettle);
            clients.forEach(this::beginAndSettle); // the first may have had to abort
            check();
            for (int i = 0; i < PARTITIONS; i++) {
                assertThat(partition(i).lastStableOffset())
                        .as("nothing is open in %d", i)
                        .isEqualTo(partition(i).highWatermark());
            }
        }

        private void boot() throws IOException {
            broker.boot();
            session = broker.topics();
        }

        private Partition partition(int index) {
            return session.partition(session.topic(TOPIC).orElseThrow(), index).orElseThrow();
        }

        private void act(Client client) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    for (int i = random.nextInt(8); i > 0; i--) {
                        broker.step();
                    }
                }
                case 3 -> broker.settle();
                case 4 -> broker.advance(random.nextInt(1_000));
                default -> {
                    if (client.waits) {
                        return;
                    }
                    if (client.producer.isEmpty() || random.nextInt(20) == 0) {
                        begin(client);
                    } else if (client.transaction.isPresent() && random.nextInt(3) == 0) {
                        end(client, random.nextInt(3) > 0);
                    } else {
                        send(client, random.nextInt(PARTITIONS));
                    }
                }
            }
        }

        private void begin(Client client) {
            client.transaction.ifPresent(open -> {
                switch (open.end) {
                    case OPEN, ABORTING -> open.end = End.ABORTING;
                    case COMMITTING -> open.end = End.EITHER;
                    case COMMITTED, ABORTED, EITHER -> {}
                }
            });
            var open = client.transaction;
            client.waits = true;
            client.producer = Optional.empty();
            client.transaction = Optional.empty();
            int asked = life;
            session.transactions().begin(client.id, TIMEOUT, Optional.empty(), outcome -> {
                if (outcome.error() != Errors.NONE) {
                    assertThat(outcome.error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
                }
                answered(asked, () -> {
                    client.waits = false;
                    client.sequences.clear();
                    client.producer =
                            outcome.error() == Errors.NONE ? Optional.of(outcome.producer()) : Optional.empty();
                    open.filter(ended -> ended.end == End.ABORTING).ifPresent(ended -> ended.end = End.ABORTED);
                });
            });
        }

        private void beginAndSettle(Client client) {
            client.waits = false;
            begin(client);
            broker.settle();
        }

        private void send(Client client, int index) {
            var producer = client.producer.orElseThrow();
            if (client.transaction.isEmpty()) {
                client.transaction = Optional.of(new Transaction());
                all.add(client.transaction.get());
            }
            var transaction = client.transaction.get();
            var name = new TopicPartition(TOPIC, index);
            var transactions = session.transactions();
            assertThat(transactions.add(client.id, producer, Set.of(name), client.version))
                    .isEqualTo(Errors.NONE);
            int sequence = client.sequences.merge(index, 1, Integer::sum) - 1;
            var value = client.id + "-" + number++;
            var batch = MemoryRecords.withTransactionalRecords(
                    Compression.NONE,
                    producer.id(),
                    producer.epoch(),
                    sequence,
                    new SimpleRecord(1_000, value.getBytes(StandardCharsets.UTF_8)));
            transaction.sent.put(value, index);
            transaction.unanswered++;
            int asked = life;
            partition(index).append(batch.buffer(), gate(client, producer, name), append -> {
                assertThat(append).isInstanceOf(Append.Appended.class);
                answered(asked, () -> transaction.unanswered--);
            });
        }

        private TransactionGate gate(Client client, Producer producer, TopicPartition name) {
            return new TransactionGate() {
                @Override
                public Errors admit(long producerId, short producerEpoch) {
                    return session.transactions().verify(client.id, producer, name);
                }

                @Override
                public boolean addsPartition() {
                    return client.version.supportsEpochBump();
                }
            };
        }

        // as a producer does, it waits for its records before it commits
        private void end(Client client, boolean commit) {
            var transaction = client.transaction.orElseThrow();
            if (transaction.unanswered == 0) {
                transaction.end = commit ? End.COMMITTING : End.ABORTING;
                finish(client, transaction);
            }
        }

        private void finish(Client client, Transaction transaction) {
            boolean commit = transaction.end == End.COMMITTING;
            client.waits = true;
            int asked = life;
            session.transactions().end(client.id, client.producer.orElseThrow(), commit, client.version, outcome -> {
                assertThat(outcome.error()).as("end of " + transaction.sent).isEqualTo(Errors.NONE);
                answered(asked, () -> ended(client, transaction, outcome));
            });
        }

        private static void ended(Client client, Transaction transaction, Outcome outcome) {
            transaction.end = transaction.end == End.COMMITTING ? End.COMMITTED : End.ABORTED;
            client.waits = false;
            client.transaction = Optional.empty();
            if (client.version.supportsEpochBump()) {
                client.producer = Optional.of(outcome.producer());
                client.sequences.clear();
            }
        }

        // what a client hears, if the broker lives that long
        private void answered(int asked, Runnable then) {
            session.whenCommitted(() -> {
                assertThat(life).as("an answer from before the crash").isEqualTo(asked);
                then.run();
            });
        }

        /// What was not answered is asked again, or another life of the client begins.
        private void afterCrash(Client client) {
            boolean waited = client.waits;
            client.waits = false;
            if (client.producer.isEmpty()) {
                return;
            }
            var open = client.transaction;
            if (open.isPresent() && open.get().end == End.OPEN && open.get().unanswered == 0) {
                staysOpen(client, open.get());
            } else if (open.isPresent() && open.get().end != End.OPEN && waited && random.nextBoolean()) {
                finish(client, open.get());
                broker.settle();
            } else if (open.isPresent()) {
                beginAndSettle(client);
            }
        }

        private void staysOpen(Client client, Transaction transaction) {
            var report = session.transactions().report(client.id).orElseThrow();
            assertThat(report.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(report.producer()).isEqualTo(client.producer.orElseThrow());
            transaction
                    .sent
                    .values()
                    .forEach(index -> assertThat(report.partitions()).contains(new TopicPartition(TOPIC, index)));
            if (random.nextBoolean()) {
                end(client, random.nextBoolean());
                broker.settle();
            }
        }

        private void check() {
            broker.settle();
            var visible = new HashSet<String>();
            for (int i = 0; i < PARTITIONS; i++) {
                for (var value : committed(partition(i))) {
                    assertThat(visible.add(value)).as(value + " is there twice").isTrue();
                }
            }
            for (var transaction : all) {
                var there = transaction.sent.keySet().stream()
                        .filter(visible::contains)
                        .count();
                switch (transaction.end) {
                    case COMMITTED -> assertThat(visible).containsAll(transaction.sent.keySet());
                    case OPEN, ABORTING, ABORTED ->
                        assertThat(there).as("of " + transaction.sent).isZero();
                    case COMMITTING, EITHER ->
                        assertThat(there).as("of " + transaction.sent).isIn(0L, (long) transaction.sent.size());
                }
            }
        }

        /// The values whose transactions a marker commits, read from the batches.
        private List<String> committed(Partition partition) {
            var committed = new ArrayList<String>();
            var open = new HashMap<Long, List<String>>();
            for (long offset = partition.startOffset(); offset < partition.endOffset(); ) {
                for (RecordBatch batch : read(partition, offset)) {
                    offset = batch.nextOffset();
                    var record = batch.iterator().next();
                    if (!batch.isControlBatch()) {
                        open.computeIfAbsent(batch.producerId(), _ -> new ArrayList<>())
                                .add(StandardCharsets.UTF_8
                                        .decode(record.value())
                                        .toString());
                        continue;
                    }
                    var ended = open.remove(batch.producerId());
                    if (ended != null && ControlRecordType.parse(record.key()) == ControlRecordType.COMMIT) {
                        committed.addAll(ended);
                    }
                }
            }
            return committed;
        }

        private Iterable<? extends RecordBatch> read(Partition partition, long offset) {
            var into = new ByteBuffer[1];
            var results = new ArrayList<ReadResult>();
            partition.read(
                    offset,
                    partition.endOffset(),
                    1 << 20,
                    true,
                    bytes -> into[0] = ByteBuffer.allocate(bytes),
                    results::add);
            broker.settle();
            assertThat(results).singleElement().isInstanceOf(ReadResult.Batches.class);
            return MemoryRecords.readableRecords(into[0].rewind()).batches();
        }
    }
}
