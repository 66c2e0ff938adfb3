package io.headrace.queue;

import java.nio.ByteBuffer;

/// The operations of an OpBatch in the DATA group, byte by byte. Integers are big-endian.
///
/// ```text
///  ENQUEUE   u8 1 | u16 targets | targets × { u32 queue, u64 sequence } | stored message
///  SETTLE    u8 2 | u32 queue | u32 ranges | ranges × { u64 first sequence, u32 count }
///  PURGE     u8 3 | u32 queue | u64 end sequence | u32 kept | kept × u64 sequence
///  DROP      u8 4 | u32 queue
/// ```
/// A sequence number is given by the queue when the message is decided on, and is part of the operation:
/// transient messages take numbers too and are not in the log, so replay meets gaps.
final class QueueOps {
    static final byte ENQUEUE = 1;
    static final byte SETTLE = 2;
    static final byte PURGE = 3;
    static final byte DROP = 4;

    static final int TARGET_BYTES = Integer.BYTES + Long.BYTES;
    static final int RANGE_BYTES = Long.BYTES + Integer.BYTES;
    static final int DROP_BYTES = 1 + Integer.BYTES;
    /// A settlement of more ranges than this is split, so that an operation fits a page.
    static final int RANGES_MAX = 4096;

    private QueueOps() {}

    static int enqueueBytes(int targets, int messageBytes) {
        return messageStart(0, targets) + messageBytes;
    }

    /// Where the stored message of an ENQUEUE at `at` begins.
    static int messageStart(int at, int targets) {
        return at + 1 + Short.BYTES + targets * TARGET_BYTES;
    }

    static void enqueue(ByteBuffer page, int at, int targets) {
        page.put(at, ENQUEUE);
        page.putShort(at + 1, (short) targets);
    }

    static void target(ByteBuffer page, int at, int index, int queue, long sequence) {
        int target = at + 1 + Short.BYTES + index * TARGET_BYTES;
        page.putInt(target, queue);
        page.putLong(target + Integer.BYTES, sequence);
    }

    static int settleBytes(int ranges) {
        return 1 + 2 * Integer.BYTES + ranges * RANGE_BYTES;
    }

    static int purgeBytes(int kept) {
        return 1 + Integer.BYTES + Long.BYTES + Integer.BYTES + kept * Long.BYTES;
    }

    static void purge(ByteBuffer page, int at, int queue, long endSequence, long[] kept) {
        page.put(at, PURGE);
        page.putInt(at + 1, queue);
        page.putLong(at + 5, endSequence);
        page.putInt(at + 13, kept.length);
        for (int i = 0; i < kept.length; i++) {
            page.putLong(at + 17 + i * Long.BYTES, kept[i]);
        }
    }

    static void drop(ByteBuffer page, int at, int queue) {
        page.put(at, DROP);
        page.putInt(at + 1, queue);
    }
}
