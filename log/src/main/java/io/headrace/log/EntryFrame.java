package io.headrace.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The frame of every entry: a Kafka v2 record batch of one record without key and headers, whose value is
/// an OpBatch. The same bytes are a batch in a Raft log, so one node grows into a cluster without
/// conversion.
///
/// ```text
///  byte  field                     here
///  0     baseOffset        int64   entry offset, set when appended
///  8     batchLength       int32   bytes after this field
///  12    partitionLeaderEpoch i32  epoch, set when appended
///  16    magic             int8    2
///  17    crc               uint32  CRC32C from byte 21 to the end
///  21    attributes        int16   0; bit 5: a control entry, which the log wrote for itself
///  23    lastOffsetDelta   int32   0; more if the entry takes several offsets, as control entries may
///  27    baseTimestamp     int64   milliseconds
///  35    maxTimestamp      int64   the same
///  43    producerId        int64   -1
///  51    producerEpoch     int16   -1
///  53    baseSequence      int32   -1
///  57    recordsCount      int32   1
///  61    record: length varint in 5 bytes, attributes 0, timestampDelta 0, offsetDelta 0, keyLength -1,
///        valueLength varint in 5 bytes
///  75    value             the OpBatch
///  end-1 headersCount      varint 0
/// ```
/// Lengths are varints padded to five bytes so that the value can be written before its length is known.
/// Baked from the Kafka message format v2 (KIP-98).
public final class EntryFrame {
    /// Where the OpBatch begins.
    public static final int VALUE_START = 75;
    /// Bytes after the OpBatch.
    public static final int TRAILER_BYTES = 1;
    public static final int OVERHEAD_BYTES = VALUE_START + TRAILER_BYTES;

    static final int BASE_OFFSET = 0;
    static final int BATCH_LENGTH = 8;
    static final int LEADER_EPOCH = 12;
    static final int MAGIC = 16;
    static final int CRC = 17;
    static final int ATTRIBUTES = 21;
    static final int LAST_OFFSET_DELTA = 23;
    static final int RECORD = 61;
    static final short CONTROL = 1 << 5;
    private static final byte MAGIC_V2 = 2;

    private EntryFrame() {}

    /// Writes everything but offset, epoch and checksum around the value that lies at `start +
    /// VALUE_START`.
    ///
    /// @return the length of the whole entry
    public static int close(ByteBuffer page, int start, int valueBytes, long timestampMillis) {
        int length = OVERHEAD_BYTES + valueBytes;
        page.putInt(start + BATCH_LENGTH, length - LEADER_EPOCH);
        page.put(start + MAGIC, MAGIC_V2);
        page.putShort(start + ATTRIBUTES, (short) 0);
        page.putInt(start + LAST_OFFSET_DELTA, 0);
        page.putLong(start + 27, timestampMillis);
        page.putLong(start + 35, timestampMillis);
        page.putLong(start + 43, -1);
        page.putShort(start + 51, (short) -1);
        page.putInt(start + 53, -1);
        page.putInt(start + 57, 1);
        putPaddedVarint(page, start + RECORD, length - RECORD - 5);
        page.put(start + 66, (byte) 0);
        page.put(start + 67, (byte) 0);
        page.put(start + 68, (byte) 0);
        page.put(start + 69, (byte) 1); // key length -1, zigzag
        putPaddedVarint(page, start + 70, valueBytes);
        page.put(start + VALUE_START + valueBytes, (byte) 0);
        return length;
    }

    /// Sets the fields that the log decides. The checksum does not cover them.
    static void stamp(ByteBuffer page, int start, long offset, int epoch) {
        page.putLong(start + BASE_OFFSET, offset);
        page.putInt(start + LEADER_EPOCH, epoch);
    }

    static int checksum(CRC32C crc, ByteBuffer page, int start, int length) {
        crc.reset();
        crc.update(page.slice(start + ATTRIBUTES, length - ATTRIBUTES));
        return (int) crc.getValue();
    }

    /// Of a stamped entry: the last of the offsets it takes. The entry is named by the first.
    static long lastOffset(ByteBuffer page, int start) {
        return page.getLong(start + BASE_OFFSET) + page.getInt(start + LAST_OFFSET_DELTA);
    }

    /// Whether the log wrote the entry for itself: its value is no OpBatch, and no [StateMachine] is given
    /// it.
    static boolean isControl(ByteBuffer page, int start) {
        return (page.getShort(start + ATTRIBUTES) & CONTROL) != 0;
    }

    public static long timestampMillis(ByteBuffer page, int start) {
        return page.getLong(start + 27);
    }

    public static int length(ByteBuffer page, int start) {
        return page.getInt(start + BATCH_LENGTH) + LEADER_EPOCH;
    }

    public static int valueBytes(ByteBuffer page, int start) {
        return length(page, start) - OVERHEAD_BYTES;
    }

    // zigzag(n) = 2n for n >= 0; five groups of seven bits, the first four with the continuation bit
    private static void putPaddedVarint(ByteBuffer page, int at, int value) {
        long zigzag = (long) value << 1;
        for (int i = 0; i < 4; i++) {
            page.put(at + i, (byte) (zigzag >>> 7 * i & 0x7f | 0x80));
        }
        page.put(at + 4, (byte) (zigzag >>> 28 & 0x7f));
    }
}
