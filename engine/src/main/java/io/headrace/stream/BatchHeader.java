package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Where the fields of a record batch lie, in a big-endian buffer.
///
/// ```text
///  0   baseOffset i64      21  attributes i16       43  producerId i64
///  8   batchLength i32     23  lastOffsetDelta i32  51  producerEpoch i16
///  12  leaderEpoch i32     27  baseTimestamp i64    53  baseSequence i32
///  16  magic i8            35  maxTimestamp i64     57  recordCount i32
///  17  crc u32, of everything from 21 on            61  records
/// ```
/// Attributes: bits 0 to 2 compression, 3 LogAppendTime, 4 transactional, 5 control. KIP-98.
final class BatchHeader {
    static final int BYTES = 61;
    /// So much has to be there to know how long a batch is.
    static final int LENGTH_BYTES = 12;
    static final byte MAGIC = 2;

    private static final int NONE = -1;
    private static final int COMPRESSION = 7;
    private static final int LOG_APPEND_TIME = 1 << 3;
    private static final int TRANSACTIONAL = 1 << 4;
    private static final int CONTROL = 1 << 5;

    private BatchHeader() {}

    static long baseOffset(ByteBuffer batch, int at) {
        return batch.getLong(at);
    }

    /// Of the whole batch; may be anything if the bytes are a stranger's.
    static long sizeBytes(ByteBuffer batch, int at) {
        return (long) batch.getInt(at + 8) + LENGTH_BYTES;
    }

    static int leaderEpoch(ByteBuffer batch, int at) {
        return batch.getInt(at + 12);
    }

    static byte magic(ByteBuffer batch, int at) {
        return batch.get(at + 16);
    }

    static int compression(ByteBuffer batch, int at) {
        return batch.getShort(at + 21) & COMPRESSION;
    }

    static boolean logAppendTime(ByteBuffer batch, int at) {
        return (batch.getShort(at + 21) & LOG_APPEND_TIME) != 0;
    }

    static boolean transactional(ByteBuffer batch, int at) {
        return (batch.getShort(at + 21) & TRANSACTIONAL) != 0;
    }

    static boolean control(ByteBuffer batch, int at) {
        return (batch.getShort(at + 21) & CONTROL) != 0;
    }

    static int lastOffsetDelta(ByteBuffer batch, int at) {
        return batch.getInt(at + 23);
    }

    static long nextOffset(ByteBuffer batch, int at) {
        return baseOffset(batch, at) + lastOffsetDelta(batch, at) + 1;
    }

    static long baseTimestamp(ByteBuffer batch, int at) {
        return batch.getLong(at + 27);
    }

    static long maxTimestamp(ByteBuffer batch, int at) {
        return batch.getLong(at + 35);
    }

    static long producerId(ByteBuffer batch, int at) {
        return batch.getLong(at + 43);
    }

    static short producerEpoch(ByteBuffer batch, int at) {
        return batch.getShort(at + 51);
    }

    static int baseSequence(ByteBuffer batch, int at) {
        return batch.getInt(at + 53);
    }

    static int recordCount(ByteBuffer batch, int at) {
        return batch.getInt(at + 57);
    }

    /// Writes the header of a batch whose records are there: not compressed, CreateTime, of no producer.
    static void begin(ByteBuffer batch, int at, int length, int count, long baseTimestamp, long maxTimestamp) {
        batch.putLong(at, 0);
        batch.putInt(at + 8, length - LENGTH_BYTES);
        batch.putInt(at + 12, NONE);
        batch.put(at + 16, MAGIC);
        batch.putShort(at + 21, (short) 0);
        batch.putInt(at + 23, count - 1);
        batch.putLong(at + 27, baseTimestamp);
        batch.putLong(at + 35, maxTimestamp);
        batch.putLong(at + 43, NONE);
        batch.putShort(at + 51, (short) NONE);
        batch.putInt(at + 53, NONE);
        batch.putInt(at + 57, count);
        batch.putInt(at + 17, checksum(batch, at, length));
    }

    /// What the broker decides. The checksum does not cover it.
    static void place(ByteBuffer batch, int at, long baseOffset, int leaderEpoch) {
        batch.putLong(at, baseOffset);
        batch.putInt(at + 12, leaderEpoch);
    }

    /// Gives all records the time of the broker.
    static void stampLogAppendTime(ByteBuffer batch, int at, int length, long millis) {
        batch.putShort(at + 21, (short) (batch.getShort(at + 21) | LOG_APPEND_TIME));
        batch.putLong(at + 35, millis);
        batch.putInt(at + 17, checksum(batch, at, length));
    }

    static boolean intact(ByteBuffer batch, int at, int length) {
        return batch.getInt(at + 17) == checksum(batch, at, length);
    }

    private static int checksum(ByteBuffer batch, int at, int length) {
        var crc = new CRC32C();
        crc.update(batch.slice(at + 21, length - 21));
        return (int) crc.getValue();
    }
}
