package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: a compaction leaves what Kafka's own cleaner leaves, batch for batch and byte for byte: last records of keys,
/// tombstones for their time, markers for theirs, nothing that was aborted, and the headers that keep sequences.
/// Method: both logs get the same keyed records, with and without transactions, from a seed, and are cleaned at the
/// same times. One seed alone: `-Dheadrace.seed=N`; how many: `-Dheadrace.seeds=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CleanerOracleTest {
    private static final int SEEDS = 40;
    private static final int ROUNDS = 6;
    private static final int STEPS = 40;
    private static final Map<String, String> SETTINGS = Map.of(
            "cleanup.policy",
            "compact",
            "internal.segment.bytes",
            "1500",
            "min.cleanable.dirty.ratio",
            "0",
            "delete.retention.ms",
            "20000");

    @TempDir
    Path directory;

    @Test
    void a_compaction_leaves_what_kafkas_cleaner_leaves() throws Exception {
        Long only = Long.getLong("headrace.seed");
        var cleanings = new AtomicInteger();
        int seeds = Integer.getInteger("headrace.seeds", SEEDS);
        for (long seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
            try {
                new Run(seed, directory.resolve("t" + seed + "-0"), cleanings).go();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", e);
            }
        }
        assertThat(cleanings.get())
                .as("how often there was something to clean")
                .isGreaterThan(only == null ? seeds * ROUNDS / 2 : 0);
    }

    private static final class Run {
        private final Random random;
        private final LyingStorage storage;
        private final SimulatedBroker broker;
        private final UnifiedLog theirs;
        private final Cleaner cleaner;
        private final AtomicInteger cleanings;
        private final Map<Long, Integer> sequences = new HashMap<>();
        private Partition ours;
        private long cleaned;

        Run(long seed, Path directory, AtomicInteger cleanings) throws IOException, NoSuchAlgorithmException {
            random = new Random(seed);
            storage = new LyingStorage(seed);
            broker = new SimulatedBroker(storage, seed);
            this.cleanings = cleanings;
            broker.boot();
            broker.topics().create("t", 1, SETTINGS, _ -> {});
            broker.settle();
            ours = partition();
            var clock = new BrokersClock(broker);
            theirs = KafkaLog.open(directory, SETTINGS, clock);
            var time = new KafkaLog.TestTime(clock);
            var unthrottled = new Throttler(Double.MAX_VALUE, Long.MAX_VALUE, "throttled", "bytes", time);
            cleaner = new Cleaner(0, new SkimpyOffsetMap(1 << 20), 64 << 10, 1 << 20, 0.9, unthrottled, time, _ -> {});
        }

        private Partition partition() {
            var topics = broker.topics();
            return topics.partition(topics.topic("t").orElseThrow(), 0).orElseThrow();
        }

        void go() throws IOException, DigestException {
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < STEPS; i++) {
                    if (random.nextInt(4) == 0) {
                        end();
                    } else {
                        append();
                    }
                }
                broker.settle();
                theirs.updateHighWatermark(theirs.logEndOffset());
                clean();
                compare();
                if (random.nextInt(4) == 0) {
                    storage.crash();
                    broker.boot();
                    ours = partition();
                    compare();
                }
            }
            KafkaLog.close(theirs);
            broker.close();
        }

        private void append() throws IOException {
            int kind = random.nextInt(4);
            long producer = kind == 0 ? RecordBatch.NO_PRODUCER_ID : kind == 1 ? 10 : 1 + random.nextInt(3);
            var compression =
                    Compression.of(CompressionType.values()[random.nextInt(5)]).build();
            var records = new SimpleRecord[1 + random.nextInt(3)];
            for (int i = 0; i < records.length; i++) {
                records[i] = record();
            }
            int sequence = sequences.getOrDefault(producer, 0);
            var batch = switch (kind) {
                case 0 -> MemoryRecords.withRecords(compression, records);
                case 1 -> MemoryRecords.withIdempotentRecords(compression, producer, (short) 0, sequence, records);
                default -> MemoryRecords.withTransactionalRecords(compression, producer, (short) 0, sequence, records);
            };
            sequences.put(producer, sequence + records.length);
            var copy = ByteBuffer.allocate(batch.sizeInBytes())
                    .put(batch.buffer().duplicate())
                    .flip();
            ours.append(batch.buffer(), OPEN, answer -> assertThat(answer).isInstanceOf(Append.Appended.class));
            broker.settle();
            theirs.appendAsLeader(MemoryRecords.readableRecords(copy), 0);
        }

        private SimpleRecord record() {
            var key = ("k" + random.nextInt(12)).getBytes(StandardCharsets.US_ASCII);
            var value = random.nextInt(5) == 0 ? null : new byte[random.nextInt(80)];
            return new SimpleRecord(broker.loop().clock().millis() - random.nextInt(5_000), key, value);
        }

        private void end() throws IOException {
            long producer = 1 + random.nextInt(3);
            boolean commit = random.nextBoolean();
            assertThat(ours.end(new TransactionEnd(producer, (short) 0, commit, 0, false)))
                    .isInstanceOf(Append.Appended.class);
            broker.settle();
            var type = commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
            theirs.appendAsLeader(
                    MemoryRecords.withEndTransactionMarker(
                            broker.loop().clock().millis(), producer, (short) 0, new EndTransactionMarker(type, 0)),
                    0,
                    AppendOrigin.COORDINATOR,
                    RequestLocal.noCaching(),
                    VerificationGuard.SENTINEL,
                    (short) 1);
        }

        private void clean() throws IOException, DigestException {
            broker.advance(15_000);
            broker.settle();
            long uncleanable =
                    Math.min(theirs.lastStableOffset(), theirs.activeSegment().baseOffset());
            var toClean = new LogToClean(theirs, cleaned, uncleanable, true);
            if (toClean.firstUncleanableOffset() > cleaned) {
                cleaned = cleaner.clean(toClean).getKey();
                cleanings.incrementAndGet();
            }
        }

        private void compare() throws IOException {
            var our = new ArrayList<String>();
            for (long offset = 0; offset < ours.highWatermark(); ) {
                var batch = read(offset);
                our.add(told(batch));
                offset = batch.nextOffset();
            }
            var their = new ArrayList<String>();
            for (var segment : theirs.logSegments()) {
                for (var batch : segment.log().batches()) {
                    their.add(told(batch));
                }
            }
            assertThat(our).isEqualTo(their);
            assertThat(ours.lastStableOffset()).isEqualTo(theirs.lastStableOffset());
        }

        private RecordBatch read(long offset) {
            var into = new ByteBuffer[1];
            ours.read(offset, ours.highWatermark(), 1, true, size -> into[0] = ByteBuffer.allocate(size), _ -> {});
            broker.settle();
            return MemoryRecords.readableRecords(into[0].rewind()).firstBatch();
        }

        private static String told(RecordBatch batch) {
            var records = new ArrayList<String>();
            for (Record record : batch) {
                records.add(record.toString());
            }
            return "%d..%d of %d/%d seq %d %s horizon %s crc %d %s %s"
                    .formatted(
                            batch.baseOffset(),
                            batch.lastOffset(),
                            batch.producerId(),
                            batch.producerEpoch(),
                            batch.baseSequence(),
                            batch.isControlBatch() ? "marker" : batch.isTransactional() ? "transactional" : "",
                            batch.deleteHorizonMs(),
                            batch.checksum(),
                            batch.compressionType(),
                            records);
        }
    }

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
}
