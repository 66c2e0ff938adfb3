package io.headrace.queue;

import java.nio.ByteBuffer;

/// The operations of an OpBatch in the DATA group, byte by byte. Integers are big-endian.
///
/// ```text
///  ENQUEUE   u8 1 | u16 targets | targets × { u32 queue, u64 sequence } | stored message
///  SETTLE    u8 2 | u32 queue | u32 ranges | ranges × { u64 first sequence, u32 count }
///  PURGE     u8 3 | u32 queue | u64 end sequence | u32 kept | kept × u64 sequence
///  DROP      u8 4 | u32 queue
///  EXPIRING  u8 5 | u16 targets | targets × { u32 queue, u64 sequence, u64 expiry } | stored message
///  ATTEMPTS  u8 6 | u32 queue | u32 messages | messages × { u64 sequence, u32 attempts }
///  RETRIES   u8 7 | u32 queue | u32 messages | messages × { u64 sequence, u64 as in [RetryWord] }
/// ```
/// A sequence number is given by the queue when the message is decided on, and is part of the operation:
/// transient messages take numbers too and are not in the log, so replay meets gaps. EXPIRING is an ENQUEUE
/// of which one target at least is to expire, at a time in ms since 1970 that was decided too; 0 is never. ATTEMPTS is
/// of brokers in which nothing waited that came back; it is read and not written.
final class QueueOps {
    static final byte ENQUEUE = 1;
    static final byte SETTLE = 2;
    static final byte PURGE = 3;
    static final byte DROP = 4;
    static final byte EXPIRING = 5;
    static final byte ATTEMPTS = 6;
    static final byte RETRIES = 7;

    static final int RANGE_BYTES = Long.BYTES + Integer.BYTES;
    static final int DROP_BYTES = 1 + Integer.BYTES;
    /// A settlement of more ranges than this is split, so that an operation fits a page.
    static final int RANGES_MAX = 4096;

    private static final int TARGETS_START = 1 + Short.BYTES;
    private static final int TARGET_BYTES = Integer.BYTES + Long.BYTES;
    private static final int EXPIRING_TARGET_BYTES = TARGET_BYTES + Long.BYTES;
    private static final int ATTEMPT_BYTES = Long.BYTES + Integer.BYTES;
    private static final int RETRY_BYTES = 2 * Long.BYTES;
    private static final int RETRIES_START = 1 + 2 * Integer.BYTES; // of attempts too

    private QueueOps() {}

    static int enqueueBytes(int targets, boolean expiring, int messageBytes) {
        return messageStart(0, targets, expiring) + messageBytes;
    }

    /// Where the stored message of an ENQUEUE or EXPIRING at `at` begins.
    static int messageStart(int at, int targets, boolean expiring) {
        return target(at, targets, expiring);
    }

    /// Where its target of this index begins.
    static int target(int at, int index, boolean expiring) {
        return at + TARGETS_START + index * (expiring ? EXPIRING_TARGET_BYTES : TARGET_BYTES);
    }

    static void enqueue(ByteBuffer page, int at, int targets, boolean expiring) {
        page.put(at, expiring ? EXPIRING : ENQUEUE);
        page.putShort(at + 1, (short) targets);
    }

    static void target(ByteBuffer page, int target, int queue, long sequence) {
        page.putInt(target, queue);
        page.putLong(target + Integer.BYTES, sequence);
    }

    /// Of a target of EXPIRING.
    static void expiry(ByteBuffer page, int target, long atMillis) {
        page.putLong(target + TARGET_BYTES, atMillis);
    }

    static long expiry(ByteBuffer page, int target) {
        return page.getLong(target + TARGET_BYTES);
    }

    static int settleBytes(int ranges) {
        return 1 + 2 * Integer.BYTES + ranges * RANGE_BYTES;
    }

    /// A SETTLE of one message.
    static void settle(ByteBuffer page, int at, int queue, long sequence) {
        page.put(at, SETTLE);
        page.putInt(at + 1, queue);
        page.putInt(at + 5, 1);
        page.putLong(at + 9, sequence);
        page.putInt(at + 17, 1);
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

    static int attemptsBytes(int messages) {
        return RETRIES_START + messages * ATTEMPT_BYTES;
    }

    static int attempt(int at, int index) {
        return at + RETRIES_START + index * ATTEMPT_BYTES;
    }

    static int retriesBytes(int messages) {
        return RETRIES_START + messages * RETRY_BYTES;
    }

    static void retries(ByteBuffer page, int at, int queue, int messages) {
        page.put(at, RETRIES);
        page.putInt(at + 1, queue);
        page.putInt(at + 5, messages);
    }

    static void retry(ByteBuffer page, int at, int index, long sequence, long word) {
        int start = retry(at, index);
        page.putLong(start, sequence);
        page.putLong(start + Long.BYTES, word);
    }

    static int retry(int at, int index) {
        return at + RETRIES_START + index * RETRY_BYTES;
    }
}
