package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: a partition answers as Kafka's own log does, and keeps the same bytes. Method: both are given the same
/// batches, good and bad, from a seed; errors, offsets, what is read and what is found by time must be equal. One seed
/// alone: `-Dheadrace.seed=N`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnifiedLogOracleTest {
    private static final int SEEDS = 200;
    private static final int STEPS = 120;
    private static final List<Map<String, String>> SETTINGS = List.of(
            Map.of(),
            Map.of("message.timestamp.type", "LogAppendTime"),
            Map.of("compression.type", "uncompressed"),
            Map.of("compression.type", "zstd"),
            Map.of("compression.type", "lz4", "message.timestamp.type", "LogAppendTime"),
            Map.of("cleanup.policy", "compact"),
            Map.of("max.message.bytes", "600"),
            Map.of("message.timestamp.before.max.ms", "5000", "message.timestamp.after.max.ms", "2000"),
            Map.of("internal.segment.bytes", "1500"));

    @TempDir
    Path directory;

    @Test
    void a_partition_answers_as_kafkas_own_log_does() throws IOException {
        Long only = Long.getLong("headrace.seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            try {
                new Run(seed, directory.resolve("t" + seed + "-0")).go();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dheadrace.seed=" + seed + ")", e);
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final SimulatedBroker broker;
        private final Partition ours;
        private final UnifiedLog theirs;
        private final Map<Long, Integer> sequences = new HashMap<>();
        private final List<ByteBuffer> sent = new ArrayList<>();

        Run(long seed, Path directory) throws IOException {
            random = new Random(seed);
            broker = new SimulatedBroker(new LyingStorage(seed), seed);
            broker.boot();
            var settings = new HashMap<>(SETTINGS.get((int) (seed % SETTINGS.size())));
            var topics = broker.topics();
            topics.create("t", 1, settings, _ -> {});
            broker.settle();
            ours = topics.partition(topics.topic("t").orElseThrow(), 0).orElseThrow();
            theirs = KafkaLog.open(directory, settings, broker.loop().clock());
        }

        void go() throws IOException {
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(10)) {
                    case 0 -> broker.advance(random.nextInt(2_000));
                    case 1 -> compareRead();
                    case 2 -> compareTime();
                    case 3 -> appendBoth(spoilt(batch()));
                    case 4 -> appendBoth(again());
                    default -> appendBoth(batch());
                }
            }
            compareEverything();
            KafkaLog.close(theirs);
            broker.close();
        }

        private void appendBoth(ByteBuffer batch) throws IOException {
            var copy = ByteBuffer.allocate(batch.remaining())
                    .put(batch.duplicate())
                    .flip();
            var answers = new ArrayList<Append>();
            ours.append(batch, answers::add);
            broker.settle();
            assertThat(answers).hasSize(1);
            assertThat(told(answers.getFirst())).isEqualTo(theirAnswer(copy));
            assertThat(ours.endOffset()).isEqualTo(theirs.logEndOffset());
        }

        private String told(Append answer) {
            return switch (answer) {
                case Append.Appended(long base, long last, long time) -> base + ".." + last + " at " + time;
                case Append.Duplicate(long base, long last, long time) -> base + ".." + last + " at " + time;
                case Append.Rejected(Errors error, String _, List<Append.BadRecord> bad) ->
                    error + " " + bad.stream().map(Append.BadRecord::index).toList();
            };
        }

        private String theirAnswer(ByteBuffer batch) throws IOException {
            try {
                LogAppendInfo info = theirs.appendAsLeader(MemoryRecords.readableRecords(batch), 0);
                theirs.updateHighWatermark(theirs.logEndOffset());
                return info.firstOffset() + ".." + info.lastOffset() + " at " + info.logAppendTime();
            } catch (RecordValidationException e) {
                return Errors.forException(e.invalidException()) + " "
                        + e.recordErrors().stream()
                                .map(error -> error.batchIndex)
                                .toList();
            } catch (RuntimeException e) {
                return Errors.forException(e) + " []";
            }
        }

        private ByteBuffer batch() {
            var compression =
                    Compression.of(CompressionType.values()[random.nextInt(5)]).build();
            long producer = random.nextInt(3) == 0 ? RecordBatch.NO_PRODUCER_ID : 1 + random.nextInt(3);
            boolean idempotent = producer != RecordBatch.NO_PRODUCER_ID;
            int records = 1 + random.nextInt(5);
            int sequence = sequences.getOrDefault(producer, 0);
            if (idempotent && random.nextInt(15) == 0) {
                sequence = Math.max(0, sequence + random.nextInt(4) - 1); // a gap, or one that was
            }
            short epoch = (short) (idempotent ? random.nextInt(40) == 0 ? 1 : 0 : -1);
            var batch = build(compression, producer, epoch, idempotent ? sequence : -1, records);
            if (idempotent && sequence == sequences.getOrDefault(producer, 0)) {
                sequences.put(producer, sequence + records);
            }
            sent.add(ByteBuffer.allocate(batch.remaining())
                    .put(batch.duplicate())
                    .flip());
            return batch;
        }

        private ByteBuffer build(Compression compression, long producer, short epoch, int sequence, int records) {
            try (var builder = new MemoryRecordsBuilder(
                    ByteBuffer.allocate(512),
                    RecordBatch.CURRENT_MAGIC_VALUE,
                    compression,
                    TimestampType.CREATE_TIME,
                    0,
                    RecordBatch.NO_TIMESTAMP,
                    producer,
                    epoch,
                    sequence,
                    false,
                    false,
                    RecordBatch.NO_PARTITION_LEADER_EPOCH,
                    512)) {
                for (int i = 0; i < records; i++) {
                    builder.append(record());
                }
                return builder.build().buffer();
            }
        }

        private SimpleRecord record() {
            long now = broker.loop().clock().millis();
            long timestamp =
                    random.nextInt(12) == 0 ? now + random.nextInt(5_000_000) - 1_000_000 : now - random.nextInt(3_000);
            var key = random.nextInt(15) == 0 ? null : new byte[] {(byte) random.nextInt(5)};
            var value = random.nextInt(10) == 0 ? null : new byte[random.nextInt(200)];
            return new SimpleRecord(timestamp, key, value);
        }

        private ByteBuffer spoilt(ByteBuffer batch) {
            boolean mendChecksum = random.nextInt(4) > 0;
            switch (random.nextInt(6)) {
                case 0 -> batch.putInt(57, batch.getInt(57) + random.nextInt(3) - 1); // count
                case 1 -> batch.putInt(23, batch.getInt(23) + random.nextInt(3) - 1); // last offset delta
                case 2 ->
                    batch.put(22, (byte) (batch.get(22) | 1 << 3 + 2 * random.nextInt(2))); // log append time, control
                case 3 -> batch.putLong(35, batch.getLong(35) + random.nextInt(2_000) - 1_000); // greatest time
                case 4 -> batch.putInt(53, -1 - random.nextInt(2)); // sequence
                case 5 -> batch.putLong(0, random.nextInt(2)); // base offset
                default -> throw new IllegalStateException();
            }
            if (mendChecksum) {
                var crc = new java.util.zip.CRC32C();
                crc.update(batch.slice(21, batch.remaining() - 21));
                batch.putInt(17, (int) crc.getValue());
            }
            return batch;
        }

        private ByteBuffer again() {
            if (sent.isEmpty()) {
                return batch();
            }
            var earlier = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(20)));
            return ByteBuffer.allocate(earlier.remaining())
                    .put(earlier.duplicate())
                    .flip();
        }

        private void compareRead() throws IOException {
            long end = ours.highWatermark();
            if (end == 0) {
                return;
            }
            long offset = random.nextLong(end);
            int maxBytes = 1 + random.nextInt(2_000);
            var read = read(offset, maxBytes);
            var kept = theirs.read(offset, maxBytes, FetchIsolation.HIGH_WATERMARK, true).records;
            var bytes = ByteBuffer.allocate(kept.sizeInBytes());
            ((org.apache.kafka.common.record.internal.FileRecords) kept).readInto(bytes, 0);
            int common = Math.min(read.remaining(), bytes.remaining());
            assertThat(common).as("read at " + offset).isPositive();
            assertThat(read.slice(0, common)).isEqualTo(bytes.slice(0, common));
        }

        private void compareEverything() throws IOException {
            for (long offset = 0; offset < ours.highWatermark(); ) {
                var read = read(offset, 1 << 20);
                for (var batch : MemoryRecords.readableRecords(read).batches()) {
                    var their = theirs.read(batch.baseOffset(), 1, FetchIsolation.HIGH_WATERMARK, true).records;
                    var bytes = ByteBuffer.allocate(their.sizeInBytes());
                    ((org.apache.kafka.common.record.internal.FileRecords) their).readInto(bytes, 0);
                    assertThat(MemoryRecords.readableRecords(bytes)
                                    .batches()
                                    .iterator()
                                    .next())
                            .isEqualTo(batch);
                    offset = batch.nextOffset();
                }
            }
        }

        private ByteBuffer read(long offset, int maxBytes) {
            var into = new ByteBuffer[1];
            ours.read(
                    offset, ours.highWatermark(), maxBytes, true, size -> into[0] = ByteBuffer.allocate(size), _ -> {});
            broker.settle();
            return into[0].rewind();
        }

        private void compareTime() {
            var found = new ArrayList<Optional<TimedOffset>>();
            long wanted = broker.loop().clock().millis() - 4_000 + random.nextInt(5_000);
            boolean greatest = random.nextInt(3) == 0;
            if (greatest) {
                ours.offsetOfMaxTime(found::add);
            } else {
                ours.offsetOfTime(wanted, found::add);
            }
            broker.settle();
            var their = theirs.fetchOffsetByTimestamp(greatest ? -3 : wanted, Optional.empty())
                    .timestampAndOffsetOpt()
                    .map(at -> at.offset + " at " + at.timestamp);
            assertThat(found.getFirst().map(at -> at.offset() + " at " + at.timestampMillis()))
                    .as(greatest ? "greatest" : "time " + wanted)
                    .isEqualTo(their);
        }
    }
}
