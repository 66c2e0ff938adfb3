package io.headrace.kafka;

import io.headrace.stream.txn.Producer;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;

/// What a producer sent for one partition, as far as its front cares: exactly one batch of the second format
/// (`ProduceRequest.validateRecords`). What is in it is the partition's business.
///
/// ```text
///   0 base offset i64 | 8 length i32, of what follows | 12 epoch i32 | 16 magic i8 | 17 crc u32 | 21 attributes i16
///  23 last offset delta i32 | 27 ... | 43 producer id i64 | 51 producer epoch i16 | 57 record count i32 |
///  61 records
/// ```
final class SentBatch {
    private static final int LENGTH_AT = 8;
    private static final int LENGTH_END = 12;
    private static final int MAGIC_AT = 16;
    private static final int ATTRIBUTES_AT = 21;
    private static final int PRODUCER_AT = 43;
    private static final int HEADER_BYTES = 61;
    private static final int OLD_HEADER_BYTES = 14;
    private static final int TRANSACTIONAL = 1 << 4;
    private static final int CODEC = 7;
    private static final int FIRST_VERSION_WITH_ZSTD = 7;

    private SentBatch() {}

    /// The one batch in `records`. Bytes after it that are no batch are left out, as Kafka does.
    static ByteBuffer only(ByteBuffer records, short version) {
        int bytes = bytes(records, 0);
        if (bytes < 0) {
            throw new InvalidRecordException(
                    "Produce requests with version " + version + " must have at least one record batch per partition");
        }
        if (records.get(records.position() + MAGIC_AT) != RecordBatch.MAGIC_VALUE_V2) {
            throw new InvalidRecordException("Produce requests with version " + version
                    + " are only allowed to contain record batches with magic version 2");
        }
        if (bytes < HEADER_BYTES) {
            throw new CorruptRecordException("Record batch of " + bytes + " bytes is smaller than its header");
        }
        int codec = records.getShort(records.position() + ATTRIBUTES_AT) & CODEC;
        if (version < FIRST_VERSION_WITH_ZSTD && codec == CompressionType.ZSTD.id) {
            throw new UnsupportedCompressionTypeException(
                    "Produce requests with version " + version + " are not allowed to use ZStandard compression");
        }
        if (bytes(records, bytes) >= 0) {
            throw new InvalidRecordException("Produce requests with version " + version
                    + " are only allowed to contain exactly one record batch per partition");
        }
        return records.slice(records.position(), bytes);
    }

    /// Size of the batch that begins at `at`; -1 if there is no whole one.
    private static int bytes(ByteBuffer records, int at) {
        int left = records.remaining() - at;
        if (left <= MAGIC_AT) {
            return -1;
        }
        int length = records.getInt(records.position() + at + LENGTH_AT);
        if (length < OLD_HEADER_BYTES) {
            throw new CorruptRecordException("Record size " + length + " is less than the minimum record overhead");
        }
        byte magic = records.get(records.position() + at + MAGIC_AT);
        if (magic < 0 || magic > RecordBatch.CURRENT_MAGIC_VALUE) {
            throw new CorruptRecordException("Invalid magic found in record: " + magic);
        }
        return length > left - LENGTH_END ? -1 : LENGTH_END + length;
    }

    /// Whether it belongs to a transaction; false also for what is no batch.
    static boolean transactional(ByteBuffer records) {
        return records.remaining() >= HEADER_BYTES
                && (records.getShort(records.position() + ATTRIBUTES_AT) & TRANSACTIONAL) != 0;
    }

    /// Of a batch that belongs to a transaction.
    static Producer producer(ByteBuffer records) {
        int at = records.position() + PRODUCER_AT;
        return new Producer(records.getLong(at), records.getShort(at + Long.BYTES));
    }
}
