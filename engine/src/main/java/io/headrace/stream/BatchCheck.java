package io.headrace.stream;

import io.headrace.time.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ProduceResponse.RecordError;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;

/// Checks what a producer sent, in Kafka's order and with its errors, before it may get an offset.
///
/// Records that have nothing unusual are walked where they are, or where they were decompressed to ([RecordWalk]).
/// Everything else goes through Kafka's `LogValidator`, which also compresses anew where the topic wants it.
///
/// Threads: any; keeps nothing of the partition's state.
final class BatchCheck {
    private final TopicSettings settings;
    private final TopicPartition name; // for messages only
    private final long nowMillis;

    BatchCheck(TopicSettings settings, TopicPartition name, Clock clock) {
        this.settings = settings;
        this.name = name;
        this.nowMillis = clock.millis();
    }

    /// What became of it.
    sealed interface Checked {
        /// @param batch one batch from position to limit, to be stored as it is but for its place
        /// @param logAppendTimeMillis -1 if records keep their producers' times; else the batch has it
        record Good(ByteBuffer batch, long logAppendTimeMillis) implements Checked {}

        record Bad(Append.Rejected rejected) implements Checked {}
    }

    /// What can be told without looking at the records: empty if nothing is wrong.
    Optional<Append.Rejected> header(ByteBuffer records) {
        int at = records.position();
        int bytes = records.remaining();
        if (bytes < BatchHeader.BYTES
                || BatchHeader.magic(records, at) != BatchHeader.MAGIC
                || BatchHeader.sizeBytes(records, at) != bytes) {
            return bad(
                    Errors.INVALID_RECORD,
                    "Produce requests are only allowed to contain exactly one record batch, with magic version 2");
        }
        if (BatchHeader.baseOffset(records, at) != 0) {
            return bad(
                    Errors.INVALID_RECORD,
                    "The baseOffset of the record batch in the append to %s should be 0, but it is %d"
                            .formatted(name, BatchHeader.baseOffset(records, at)));
        }
        if (bytes > settings.maxMessageBytes()) {
            return tooLarge(bytes);
        }
        if (!BatchHeader.intact(records, at, bytes)) {
            return bad(
                    Errors.CORRUPT_MESSAGE, "Record is corrupt (stored crc does not match) in topic partition " + name);
        }
        int count = BatchHeader.recordCount(records, at);
        int delta = BatchHeader.lastOffsetDelta(records, at);
        if (count <= 0 || delta != count - 1) {
            return bad(
                    Errors.INVALID_RECORD,
                    "Inconsistent batch offset range [0, %d] and count of records %d".formatted(delta, count));
        }
        if (BatchHeader.control(records, at)) {
            return bad(Errors.INVALID_RECORD, "Clients are not allowed to write control records");
        }
        if (BatchHeader.producerId(records, at) != RecordBatch.NO_PRODUCER_ID
                && BatchHeader.baseSequence(records, at) < 0) {
            return bad(
                    Errors.INVALID_RECORD,
                    "Invalid sequence number %d in record batch with producerId %d"
                            .formatted(BatchHeader.baseSequence(records, at), BatchHeader.producerId(records, at)));
        }
        return Optional.empty();
    }

    /// To how many bytes [#records] decompresses at most. `Long.MAX_VALUE` if that cannot be told, or if it has to
    /// compress.
    long effort(ByteBuffer records) {
        int compression = BatchHeader.compression(records, records.position());
        if (compression > CompressionType.ZSTD.id) {
            return 0; // it is refused
        }
        return settings.keeps(compression) ? Inflation.bytesAtMost(records) : Long.MAX_VALUE;
    }

    /// Looks at the records of a batch whose header is good.
    Checked records(ByteBuffer records) {
        int at = records.position();
        int compression = BatchHeader.compression(records, at);
        if (compression > CompressionType.ZSTD.id) {
            return new Checked.Bad(
                    new Append.Rejected(Errors.INVALID_RECORD, "Unknown compression type id: " + compression));
        }
        if (compression != CompressionType.NONE.id && !Inflation.withinBounds(records)) {
            return bomb();
        }
        if (!settings.keeps(compression) || BatchHeader.logAppendTime(records, at) || !unremarkable(records)) {
            return validated(records);
        }
        long logAppendTime = -1;
        if (settings.logAppendTime()) {
            logAppendTime = nowMillis;
            BatchHeader.stampLogAppendTime(records, at, records.remaining(), nowMillis);
        }
        return new Checked.Good(records, logAppendTime);
    }

    private boolean unremarkable(ByteBuffer batch) {
        int at = batch.position();
        if (BatchHeader.compression(batch, at) == CompressionType.NONE.id) {
            return unremarkable(batch, batch, at + BatchHeader.BYTES);
        }
        var decompressed = Decompressed.ofThread();
        return decompressed.take(batch) && unremarkable(batch, decompressed.records(), 0);
    }

    private boolean unremarkable(ByteBuffer batch, ByteBuffer records, int at) {
        boolean createTime = !settings.logAppendTime();
        return RecordWalk.unremarkable(
                batch,
                records,
                at,
                settings.compacted(),
                createTime ? nowMillis - Math.min(nowMillis, settings.timestampBeforeMaxMillis()) : Long.MIN_VALUE,
                createTime ? saturatedAdd(nowMillis, settings.timestampAfterMaxMillis()) : Long.MAX_VALUE);
    }

    private static long saturatedAdd(long a, long b) {
        return b > Long.MAX_VALUE - a ? Long.MAX_VALUE : a + b;
    }

    private Checked validated(ByteBuffer records) {
        var source = CompressionType.forId(BatchHeader.compression(records, records.position()));
        var validator = new LogValidator(
                MemoryRecords.readableRecords(records.slice()),
                name,
                new FixedTime(nowMillis),
                source,
                settings.compression(source),
                settings.compacted(),
                RecordBatch.CURRENT_MAGIC_VALUE,
                settings.timestampType(),
                settings.timestampBeforeMaxMillis(),
                settings.timestampAfterMaxMillis(),
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                AppendOrigin.CLIENT);
        try {
            var result = validator.validateMessagesAndAssignOffsets(
                    PrimitiveRef.ofLong(0), Uncounted.INSTANCE, ScratchBuffers.ofThread());
            var buffer = result.validatedRecords().buffer();
            if (buffer.remaining() > settings.maxMessageBytes()) {
                return new Checked.Bad(tooLarge(buffer.remaining()).orElseThrow());
            }
            return new Checked.Good(buffer, settings.logAppendTime() ? result.logAppendTimeMs() : -1);
        } catch (RecordValidationException e) {
            var bad = new ArrayList<Append.BadRecord>();
            for (RecordError error : e.recordErrors()) {
                bad.add(new Append.BadRecord(error.batchIndex, error.message));
            }
            return new Checked.Bad(new Append.Rejected(
                    Errors.forException(e.invalidException()),
                    e.invalidException().getMessage(),
                    bad));
        } catch (VirtualMachineError e) {
            throw e;
        } catch (RuntimeException | Error e) { // what decompressors throw at a stranger's bytes is not one type
            var error = Errors.forException(e);
            return new Checked.Bad(new Append.Rejected(
                    error == Errors.UNKNOWN_SERVER_ERROR ? Errors.CORRUPT_MESSAGE : error,
                    String.valueOf(e.getMessage())));
        }
    }

    private Checked bomb() {
        return new Checked.Bad(new Append.Rejected(
                Errors.INVALID_RECORD,
                "The record batch in the append to %s does not decompress to at most %d bytes of records"
                        .formatted(name, Inflation.BYTES_MAX)));
    }

    private Optional<Append.Rejected> tooLarge(int bytes) {
        return bad(
                Errors.MESSAGE_TOO_LARGE,
                "The record batch size in the append to %s is %d bytes which exceeds the maximum configured value of %d."
                        .formatted(name, bytes, settings.maxMessageBytes()));
    }

    private static Optional<Append.Rejected> bad(Errors error, String message) {
        return Optional.of(new Append.Rejected(error, message));
    }

    /// The moment of the check, as Kafka's classes want it.
    private record FixedTime(long millis) implements Time {
        @Override
        public long milliseconds() {
            return millis;
        }

        @Override
        public long nanoseconds() {
            return millis * 1_000_000;
        }

        @Override
        public void sleep(long ms) {
            throw new UnsupportedOperationException("a fixed moment");
        }

        @Override
        public void waitObject(Object obj, Supplier<Boolean> condition, long deadlineMs) {
            throw new UnsupportedOperationException("a fixed moment");
        }
    }

    /// `LogValidator` counts what it refuses for Kafka's own metrics.
    private enum Uncounted implements LogValidator.MetricsRecorder {
        INSTANCE;

        @Override
        public void recordInvalidMagic() {}

        @Override
        public void recordInvalidOffset() {}

        @Override
        public void recordInvalidSequence() {}

        @Override
        public void recordInvalidChecksums() {}

        @Override
        public void recordNoKeyCompactedTopic() {}
    }
}
