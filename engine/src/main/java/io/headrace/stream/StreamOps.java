package io.headrace.stream;

import java.nio.ByteBuffer;

/// The operations of an OpBatch in the DATA group that are about partitions, byte by byte. Integers are big-endian.
///
/// ```text
///  APPEND  u8 32 | u8 flags: 1 a new segment begins here | u32 partition | u32 length | record batch
///  TRIM    u8 33 | u32 partition | u64 start offset
///  DROP    u8 34 | u32 partition
/// ```
/// The record batch is Kafka's, whole, with its base offset and leader epoch set (`DefaultRecordBatch`, magic 2). Where
/// segments begin was decided with the settings of that moment, so it is part of the operation.
final class StreamOps {
    /// Numbers from here on are operations on partitions.
    static final byte FIRST = 32;

    static final byte APPEND = 32;
    static final byte TRIM = 33;
    static final byte DROP = 34;

    static final int APPEND_HEADER_BYTES = 2 + 2 * Integer.BYTES;
    static final int TRIM_BYTES = 1 + Integer.BYTES + Long.BYTES;
    static final int DROP_BYTES = 1 + Integer.BYTES;

    private static final int NEW_SEGMENT = 1;

    private StreamOps() {}

    static void append(ByteBuffer page, int at, int partition, boolean newSegment, int length) {
        page.put(at, APPEND);
        page.put(at + 1, (byte) (newSegment ? NEW_SEGMENT : 0));
        page.putInt(at + 2, partition);
        page.putInt(at + 6, length);
    }

    static boolean newSegment(ByteBuffer page, int at) {
        return (page.get(at + 1) & NEW_SEGMENT) != 0;
    }

    static int appendedTo(ByteBuffer page, int at) {
        return page.getInt(at + 2);
    }

    static int appendedBytes(ByteBuffer page, int at) {
        return page.getInt(at + 6);
    }

    static void trim(ByteBuffer page, int at, int partition, long startOffset) {
        page.put(at, TRIM);
        page.putInt(at + 1, partition);
        page.putLong(at + 1 + Integer.BYTES, startOffset);
    }

    static long trimmedTo(ByteBuffer page, int at) {
        return page.getLong(at + 1 + Integer.BYTES);
    }

    static void drop(ByteBuffer page, int at, int partition) {
        page.put(at, DROP);
        page.putInt(at + 1, partition);
    }

    /// Of a TRIM or DROP.
    static int partition(ByteBuffer page, int at) {
        return page.getInt(at + 1);
    }
}
