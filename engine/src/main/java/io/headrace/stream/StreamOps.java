package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The operations of an OpBatch in the DATA group that are about partitions, byte by byte. Integers are big-endian.
///
/// ```text
///  APPEND  u8 32 | u8 flags: 1 a new segment begins here, 2 waits to be passed on |
///                  u32 partition | u32 length | record batch
///  TRIM    u8 33 | u32 partition | u64 start offset
///  DROP    u8 34 | u32 partition
///  PASSED  u8 36 | u32 partition | u64 nothing below waits to be passed on
///  REPLACE u8 35 | u32 partition | u64 compacted up to | u32 segments | segments × what Segment draws
/// ```
/// The record batch is Kafka's, whole, with its base offset and leader epoch set (`DefaultRecordBatch`, magic 2). Where
/// segments begin was decided with the settings of that moment, so it is part of the operation. REPLACE puts compacted
/// segments, whose files are forced, in the place of all those below the end of the last; if there are none, below what
/// it has compacted.
final class StreamOps {
    /// Numbers from here on are operations on partitions.
    static final byte FIRST = 32;
    /// And from here on operations on share groups.
    static final byte END = 48;

    static final byte APPEND = 32;
    static final byte TRIM = 33;
    static final byte DROP = 34;
    static final byte REPLACE = 35;
    static final byte PASSED = 36;

    static final int APPEND_HEADER_BYTES = 2 + 2 * Integer.BYTES;
    static final int PASSED_BYTES = 1 + Integer.BYTES + Long.BYTES;
    static final int TRIM_BYTES = 1 + Integer.BYTES + Long.BYTES;
    static final int DROP_BYTES = 1 + Integer.BYTES;

    private static final int REPLACE_HEADER_BYTES = 1 + 2 * Integer.BYTES + Long.BYTES;
    private static final int NEW_SEGMENT = 1;
    private static final int WAITS = 2;

    private StreamOps() {}

    static void append(ByteBuffer page, int at, int partition, boolean newSegment, boolean waits, int length) {
        page.put(at, APPEND);
        page.put(at + 1, (byte) ((newSegment ? NEW_SEGMENT : 0) | (waits ? WAITS : 0)));
        page.putInt(at + 2, partition);
        page.putInt(at + 6, length);
    }

    static boolean newSegment(ByteBuffer page, int at) {
        return (page.get(at + 1) & NEW_SEGMENT) != 0;
    }

    static boolean waits(ByteBuffer page, int at) {
        return (page.get(at + 1) & WAITS) != 0;
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

    static void passed(ByteBuffer page, int at, int partition, long offset) {
        page.put(at, PASSED);
        page.putInt(at + 1, partition);
        page.putLong(at + 1 + Integer.BYTES, offset);
    }

    static long passedTo(ByteBuffer page, int at) {
        return page.getLong(at + 1 + Integer.BYTES);
    }

    static void drop(ByteBuffer page, int at, int partition) {
        page.put(at, DROP);
        page.putInt(at + 1, partition);
    }

    static int replaceBytes(int segments) {
        return REPLACE_HEADER_BYTES + segments * Segment.BYTES;
    }

    static void replace(ByteBuffer page, int at, int partition, long endOffset, List<Segment> segments) {
        page.put(at, REPLACE);
        page.putInt(at + 1, partition);
        page.putLong(at + 1 + Integer.BYTES, endOffset);
        page.putInt(at + 1 + Integer.BYTES + Long.BYTES, segments.size());
        var rest = page.slice(at + REPLACE_HEADER_BYTES, segments.size() * Segment.BYTES);
        segments.forEach(segment -> segment.write(rest));
    }

    static long replacedTo(ByteBuffer page, int at) {
        return page.getLong(at + 1 + Integer.BYTES);
    }

    static List<Segment> replacing(ByteBuffer page, int at) {
        int count = replacingCount(page, at);
        var rest = page.slice(at + REPLACE_HEADER_BYTES, count * Segment.BYTES);
        var segments = new ArrayList<Segment>();
        for (int i = 0; i < count; i++) {
            segments.add(Segment.read(partition(page, at), rest));
        }
        return segments;
    }

    static int replacingCount(ByteBuffer page, int at) {
        return page.getInt(at + 1 + Integer.BYTES + Long.BYTES);
    }

    /// Of all but an APPEND.
    static int partition(ByteBuffer page, int at) {
        return page.getInt(at + 1);
    }
}
