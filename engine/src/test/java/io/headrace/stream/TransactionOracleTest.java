package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: with transactions a partition answers as Kafka's own log and its `ProducerStateManager` do, and is stable up
/// to the same offset. Method: both are given the same batches and markers, good and bad, of both versions of
/// transactions, from a seed; verdicts, what is known of producers, the last stable offset, aborted transactions and
/// bytes must be equal, also after a crash of ours. One seed alone: `-Dheadrace.seed=N`; how many:
/// `-Dheadrace.seeds=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransactionOracleTest {
    private static final int SEEDS = 100;
    private static final int STEPS = 150;
    private static final int PRODUCERS = 4;
    private static final List<Map<String, String>> SETTINGS = List.of(
            Map.of("internal.segment.bytes", "1500"),
            Map.of("message.timestamp.type", "LogAppendTime"),
            Map.of("compression.type", "zstd", "internal.segment.bytes", "4000"));

    @TempDir
    Path directory;

    @Test
    void a_partition_judges_transactions_as_kafkas_own_log_does() throws IOException {
        Long only = Long.getLong("headrace.seed");
        var verdicts = new HashMap<String, Integer>();
        int seeds = Integer.getInteger("headrace.seeds", SEEDS);
        for (long seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
            try {
                new Run(seed, directory.resolve("t" + seed + "-0"), verdicts).go();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", e);
            }
        }
        if (only == null) {
            assertThat(verdicts.keySet()).as("what the seeds reach").contains(REACHED);
        }
    }

    private static final String[] REACHED = {
        "appended",
        "duplicate",
        "INVALID_PRODUCER_EPOCH",
        "OUT_OF_ORDER_SEQUENCE_NUMBER",
        "INVALID_TXN_STATE",
        "marker",
        "marker INVALID_PRODUCER_EPOCH",
        "marker TRANSACTION_COORDINATOR_FENCED"
    };

    private static final class Run {
        private final Random random;
        private final LyingStorage storage;
        private final SimulatedBroker broker;
        private final UnifiedLog theirs;
        private final Map<String, Integer> verdicts;
        private final boolean epochsMove;
        private final boolean likeOffsets; // a topic as that of groups' offsets is
        private final Map<Long, Short> epochs = new HashMap<>();
        private final Map<Long, Integer> sequences = new HashMap<>();
        private final Set<Long> admitted = new HashSet<>();
        private final List<ByteBuffer> sent = new ArrayList<>();
        private Partition ours;
        private int coordinatorEpoch = 3;

        Run(long seed, Path directory, Map<String, Integer> verdicts) throws IOException {
            random = new Random(seed);
            storage = new LyingStorage(seed);
            broker = new SimulatedBroker(storage, seed);
            broker.boot();
            this.verdicts = verdicts;
            epochsMove = random.nextBoolean();
            var settings = SETTINGS.get((int) (seed % SETTINGS.size()));
            likeOffsets = settings.equals(SETTINGS.getFirst());
            broker.topics().create("t", 1, settings, _ -> {});
            broker.settle();
            ours = partition();
            theirs = KafkaLog.open(directory, settings, new BrokersClock(broker), true);
        }

        private Partition partition() {
            var topics = broker.topics();
            return topics.partition(topics.topic("t").orElseThrow(), 0).orElseThrow();
        }

        void go() throws IOException {
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(16)) {
                    case 0 -> broker.advance(random.nextInt(2_000));
                    case 1 -> commit();
                    case 2 -> again();
                    case 3 -> offsets();
                    case 4 -> admitted.add(producer());
                    case 5, 6, 7, 8 -> end();
                    case 9 -> plain();
                    default -> data();
                }
                compare();
                if (random.nextInt(60) == 0) {
                    crash();
                }
            }
            commit();
            compare();
            compareBytes();
            KafkaLog.close(theirs);
            broker.close();
        }

        private long producer() {
            return 1 + random.nextInt(PRODUCERS);
        }

        private short epoch(long producer) {
            int epoch = epochs.getOrDefault(producer, (short) 0);
            if (random.nextInt(15) == 0) {
                epoch = Math.max(0, epoch + random.nextInt(3) - 1);
            }
            return (short) epoch;
        }

        // ---- what is done to both ----

        private void data() throws IOException {
            long producer = producer();
            short epoch = epoch(producer);
            int sequence = sequences.getOrDefault(producer, 0);
            if (random.nextInt(10) == 0) {
                sequence = Math.max(0, sequence + random.nextInt(4) - 1);
            }
            boolean transactional = random.nextInt(8) > 0;
            if (transactional && random.nextInt(3) > 0) {
                admitted.add(producer);
            }
            var records = records();
            var batch = transactional
                    ? MemoryRecords.withTransactionalRecords(Compression.NONE, producer, epoch, sequence, records)
                    : MemoryRecords.withIdempotentRecords(Compression.NONE, producer, epoch, sequence, records);
            sent.add(copy(batch.buffer()));
            appendBoth(batch.buffer());
        }

        private void plain() throws IOException {
            appendBoth(MemoryRecords.withRecords(Compression.NONE, records()).buffer());
        }

        private void again() throws IOException {
            if (!sent.isEmpty()) {
                appendBoth(copy(sent.get(Math.max(0, sent.size() - 1 - random.nextInt(8)))));
            }
        }

        private SimpleRecord[] records() {
            var records = new SimpleRecord[1 + random.nextInt(3)];
            for (int i = 0; i < records.length; i++) {
                var value = "v".repeat(random.nextInt(100)).getBytes(StandardCharsets.US_ASCII);
                records[i] = new SimpleRecord(broker.loop().clock().millis() - random.nextInt(1_000), null, value);
            }
            return records;
        }

        private void appendBoth(ByteBuffer batch) throws IOException {
            var answers = new ArrayList<Append>();
            long end = ours.endOffset();
            var theirBatch = copy(batch);
            var sentBatch = copy(batch);
            ours.append(batch, gate(), answers::add);
            for (int i = 0; answers.isEmpty() && i < 1_000; i++) {
                broker.loop().turn(); // it is compressed on another thread
            }
            var our = told(answers.getFirst());
            assertThat(our).isEqualTo(theirs(theirBatch, AppendOrigin.CLIENT));
            count(
                    answers.getFirst() instanceof Append.Rejected(Errors error, String _, List<Append.BadRecord> _)
                            ? error.name()
                            : ours.endOffset() > end ? "appended" : "duplicate");
            if (ours.endOffset() > end) {
                note(MemoryRecords.readableRecords(sentBatch).firstBatch());
            }
        }

        private void note(RecordBatch sentBatch) {
            if (sentBatch.hasProducerId()) {
                sequences.put(sentBatch.producerId(), sentBatch.lastSequence() + 1);
                epochs.merge(sentBatch.producerId(), sentBatch.producerEpoch(), (a, b) -> (short) Math.max(a, b));
            }
        }

        private TransactionGate gate() {
            return new TransactionGate() {
                @Override
                public Errors admit(long producerId, short producerEpoch) {
                    return admitted.contains(producerId) ? Errors.NONE : Errors.INVALID_TXN_STATE;
                }

                @Override
                public boolean addsPartition() {
                    return epochsMove;
                }
            };
        }

        // as ReplicaManager does: who has nothing open is verified first
        private String theirs(ByteBuffer batch, AppendOrigin origin) throws IOException {
            var records = MemoryRecords.readableRecords(batch);
            var first = records.firstBatch();
            try {
                var guard = VerificationGuard.SENTINEL;
                if (first.isTransactional()) {
                    guard = theirs.maybeStartTransactionVerification(
                            first.producerId(), first.baseSequence(), first.producerEpoch(), epochsMove);
                    boolean refused = origin == AppendOrigin.CLIENT && !admitted.contains(first.producerId());
                    if (guard != VerificationGuard.SENTINEL && refused) {
                        return Errors.INVALID_TXN_STATE.name();
                    }
                }
                LogAppendInfo info = theirs.appendAsLeader(
                        records, 0, origin, RequestLocal.noCaching(), guard, TransactionVersion.TV_UNKNOWN);
                return info.firstOffset() + ".." + info.lastOffset() + " at " + info.logAppendTime();
            } catch (RuntimeException e) {
                return Errors.forException(e).name();
            } finally {
                // it remembers what it began to verify; here nothing happens between that and the append
                theirs.producerStateManager().clearVerificationStateEntry(first.producerId());
            }
        }

        // what a group's coordinator writes for a transaction
        private void offsets() throws IOException {
            if (!likeOffsets) {
                return;
            }
            long producer = 100 + random.nextInt(2);
            var batch = MemoryRecords.withTransactionalRecords(
                            Compression.NONE, producer, epoch(producer), 0, records())
                    .buffer();
            var theirBatch = copy(batch);
            var our = ours.appendInternal(batch);
            assertThat(
                            our instanceof Append.Rejected(Errors error, String _, List<Append.BadRecord> _)
                                    ? error.name()
                                    : "appended")
                    .isEqualTo(theirs(theirBatch, AppendOrigin.COORDINATOR).replaceFirst("^[0-9].*", "appended"));
        }

        private void end() throws IOException {
            long producer = random.nextInt(6) == 0 ? 100 + random.nextInt(2) : producer();
            int epoch = epoch(producer) + (epochsMove && random.nextInt(8) > 0 ? 1 : 0);
            if (random.nextInt(40) == 0) {
                epoch = Short.MAX_VALUE;
            }
            if (random.nextInt(25) == 0) {
                coordinatorEpoch++;
            }
            int by = random.nextInt(12) == 0 ? coordinatorEpoch - 1 : coordinatorEpoch;
            boolean commit = random.nextInt(3) == 0;
            var end = new TransactionEnd(producer, (short) epoch, commit, by, epochsMove);
            long before = ours.endOffset();
            var our = ours.end(end);
            var marker = MemoryRecords.withEndTransactionMarker(
                    broker.loop().clock().millis(),
                    producer,
                    (short) epoch,
                    new EndTransactionMarker(commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, by));
            assertThat(told(our)).isEqualTo(theirMarker(marker));
            count("marker"
                    + (our instanceof Append.Rejected(Errors error, String _, List<Append.BadRecord> _)
                            ? " " + error
                            : ""));
            if (ours.endOffset() > before) {
                if (epoch > epochs.getOrDefault(producer, (short) 0)) {
                    sequences.remove(producer);
                    epochs.put(producer, (short) epoch);
                }
                admitted.remove(producer);
            }
        }

        private String theirMarker(MemoryRecords marker) throws IOException {
            try {
                short version =
                        epochsMove ? TransactionVersion.TV_2.featureLevel() : TransactionVersion.TV_1.featureLevel();
                var info = theirs.appendAsLeader(
                        marker,
                        0,
                        AppendOrigin.COORDINATOR,
                        RequestLocal.noCaching(),
                        VerificationGuard.SENTINEL,
                        version);
                return info.firstOffset() + ".." + info.lastOffset() + " at " + info.logAppendTime();
            } catch (RuntimeException e) {
                return Errors.forException(e).name();
            }
        }

        private static String told(Append answer) {
            return switch (answer) {
                case Append.Appended(long base, long last, long time) -> base + ".." + last + " at " + time;
                case Append.Duplicate(long base, long last, long time) -> base + ".." + last + " at " + time;
                case Append.Rejected(Errors error, String _, List<Append.BadRecord> _) -> error.name();
            };
        }

        private void count(String verdict) {
            verdicts.merge(verdict, 1, Integer::sum);
        }

        private void commit() {
            broker.settle();
        }

        private void crash() throws IOException {
            commit();
            storage.crash();
            broker.boot();
            ours = partition();
        }

        // ---- what must be equal ----

        private void compare() throws IOException {
            assertThat(ours.endOffset()).isEqualTo(theirs.logEndOffset());
            theirs.updateHighWatermark(ours.highWatermark());
            assertThat(ours.lastStableOffset()).as("last stable offset").isEqualTo(theirs.lastStableOffset());
            assertThat(ours.producerStates().stream()
                            .map(state -> state.producerId() + ": " + state.epoch() + " " + state.lastSequence() + " "
                                    + state.lastTimestampMillis() + " " + state.coordinatorEpoch() + " "
                                    + state.transactionStart().orElse(-1))
                            .toList())
                    .isEqualTo(theirs.activeProducers().stream()
                            .sorted(Comparator.comparingLong(DescribeProducersResponseData.ProducerState::producerId))
                            .map(state -> state.producerId() + ": " + state.producerEpoch() + " "
                                    + state.lastSequence() + " " + state.lastTimestamp() + " "
                                    + state.coordinatorEpoch() + " " + state.currentTxnStartOffset())
                            .toList());
            compareAborted();
        }

        private void compareAborted() {
            long end = ours.endOffset();
            if (end == 0) {
                return;
            }
            long from = random.nextLong(end);
            long to = from + 1 + random.nextLong(end - from);
            var found = new ArrayList<List<AbortedTransaction>>();
            ours.aborted(from, to, found::add);
            for (int i = 0; found.isEmpty() && i < 1_000; i++) {
                broker.loop().turn();
            }
            assertThat(found.getFirst())
                    .as("aborted in [%d, %d)", from, to)
                    .isEqualTo(theirs.collectAbortedTransactions(from, to).stream()
                            .filter(aborted -> aborted.lastOffset() >= from) // theirs looks from the log's start on
                            .sorted(Comparator.comparingLong(AbortedTxn::firstOffset))
                            .map(aborted -> new AbortedTransaction(aborted.producerId(), aborted.firstOffset()))
                            .toList());
        }

        private void compareBytes() throws IOException {
            for (long offset = 0; offset < ours.highWatermark(); ) {
                var into = new ByteBuffer[1];
                ours.read(offset, ours.highWatermark(), 1, true, size -> into[0] = ByteBuffer.allocate(size), _ -> {});
                broker.settle();
                var batch = MemoryRecords.readableRecords(into[0].rewind()).firstBatch();
                assertThat(batch).as("batch at " + offset).isEqualTo(theirBatch(offset));
                offset = batch.nextOffset();
            }
        }

        private RecordBatch theirBatch(long offset) throws IOException {
            var their = (FileRecords) theirs.read(offset, 1, FetchIsolation.HIGH_WATERMARK, true).records;
            var bytes = ByteBuffer.allocate(their.sizeInBytes());
            their.readInto(bytes, 0);
            return MemoryRecords.readableRecords(bytes).firstBatch();
        }

        private static ByteBuffer copy(ByteBuffer batch) {
            return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        }
    }
}
