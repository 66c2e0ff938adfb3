package io.headrace.stream.share;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The operations of an OpBatch in the DATA group that are about share groups, byte by byte. Integers are big-endian.
///
/// ```text
///  OPEN   u8 48 | u32 share | u32 partition | u32 state epoch | i64 start, or -1 | u16 length | group, UTF-8
///  CLOSE  u8 49 | u32 share
///  START  u8 50 | u32 share | u64 offset
///  MARK   u8 51 | u32 share | u16 ranges | ranges × { u64 first | u32 records | u8 state | u8 deliveries }
/// ```
/// A share is a group's doings with a partition; its number is given when it is opened and never again. OPEN of one
/// that
/// is there empties its window. START puts everything below the offset behind it, MARK says what became of ranges:
/// states are those of [RecordState], and AVAILABLE is also what a member has: after a crash nobody has it.
final class ShareOps {
    /// Numbers from here to [#LAST] are operations on share groups.
    static final byte FIRST = 48;

    static final byte OPEN = 48;
    static final byte CLOSE = 49;
    static final byte START = 50;
    static final byte MARK = 51;
    static final byte LAST = 55;

    static final int CLOSE_BYTES = 1 + Integer.BYTES;
    static final int START_BYTES = 1 + Integer.BYTES + Long.BYTES;
    /// Marks of more ranges than this are split, so that an operation fits a page.
    static final int RANGES_MAX = 4096;

    private static final int OPEN_HEADER_BYTES = 1 + 3 * Integer.BYTES + Long.BYTES + Short.BYTES;
    private static final int MARK_HEADER_BYTES = 1 + Integer.BYTES + Short.BYTES;
    private static final int RANGE_BYTES = Long.BYTES + Integer.BYTES + 2;

    private ShareOps() {}

    static int share(ByteBuffer page, int at) {
        return page.getInt(at + 1);
    }

    static int openBytes(byte[] group) {
        return OPEN_HEADER_BYTES + group.length;
    }

    static void open(ByteBuffer page, int at, SharePartition share, byte[] group) {
        page.put(at, OPEN);
        page.putInt(at + 1, share.id());
        page.putInt(at + 5, share.partitionId());
        page.putInt(at + 9, share.stateEpoch());
        page.putLong(at + 13, share.start().orElse(-1L));
        page.putShort(at + 21, (short) group.length);
        page.put(at + OPEN_HEADER_BYTES, group);
    }

    static int openEnd(ByteBuffer page, int at) {
        return at + OPEN_HEADER_BYTES + Short.toUnsignedInt(page.getShort(at + 21));
    }

    static int partition(ByteBuffer page, int at) {
        return page.getInt(at + 5);
    }

    static int stateEpoch(ByteBuffer page, int at) {
        return page.getInt(at + 9);
    }

    static long openedAt(ByteBuffer page, int at) {
        return page.getLong(at + 13);
    }

    static String group(ByteBuffer page, int at) {
        var name = new byte[Short.toUnsignedInt(page.getShort(at + 21))];
        page.get(at + OPEN_HEADER_BYTES, name);
        return new String(name, StandardCharsets.UTF_8);
    }

    static void close(ByteBuffer page, int at, int share) {
        page.put(at, CLOSE);
        page.putInt(at + 1, share);
    }

    static void start(ByteBuffer page, int at, int share, long offset) {
        page.put(at, START);
        page.putInt(at + 1, share);
        page.putLong(at + 5, offset);
    }

    static long startedAt(ByteBuffer page, int at) {
        return page.getLong(at + 5);
    }

    static int markBytes(int ranges) {
        return MARK_HEADER_BYTES + ranges * RANGE_BYTES;
    }

    static void mark(ByteBuffer page, int at, int share, Marks marks, int from, int ranges) {
        page.put(at, MARK);
        page.putInt(at + 1, share);
        page.putShort(at + 5, (short) ranges);
        for (int i = 0; i < ranges; i++) {
            int start = range(at, i);
            page.putLong(start, marks.first(from + i));
            page.putInt(start + 8, (int) (marks.end(from + i) - marks.first(from + i)));
            page.put(start + 12, marks.state(from + i));
            page.put(start + 13, marks.deliveries(from + i));
        }
    }

    static int ranges(ByteBuffer page, int at) {
        return Short.toUnsignedInt(page.getShort(at + 5));
    }

    static int markEnd(ByteBuffer page, int at) {
        return at + markBytes(ranges(page, at));
    }

    /// Calls `share.restore` for each range of the MARK at `at`, and leaves behind what is done with.
    static void replay(ByteBuffer page, int at, SharePartition share) {
        for (int i = 0; i < ranges(page, at); i++) {
            int start = range(at, i);
            long first = page.getLong(start);
            long end = first + Integer.toUnsignedLong(page.getInt(start + 8));
            share.restore(first, end, RecordState.of(page.get(start + 12)), page.get(start + 13));
        }
        share.window().advance();
    }

    private static int range(int at, int index) {
        return at + MARK_HEADER_BYTES + index * RANGE_BYTES;
    }
}
