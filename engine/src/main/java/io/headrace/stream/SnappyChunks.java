package io.headrace.stream;

import java.nio.ByteBuffer;

/// The lengths in a snappy stream, before anybody believes them: the decoder makes room for what they say, half a GiB
/// if need be.
///
/// ```text
///  framed   0x82 S N A P P Y 0 | i32 version | i32 compatible with | { i32 length | block }
///  plain    block
///  block    varint length when decompressed | ...
/// ```
/// Framed is what Java's producers write, plain what librdkafka does.
final class SnappyChunks {
    /// Some length is not true, or all together are too much.
    static final long DISHONEST = -1;

    private static final long MAGIC = 0x82534e4150505900L;
    private static final int MAGIC_HEAD = (int) (MAGIC >>> Integer.SIZE);
    private static final int HEADER_BYTES = 16;
    private static final int VARINT_BYTES_MAX = 5;
    /// A copy of 64 bytes takes three, and less is never said in so many.
    private static final int FACTOR_MAX = 32;

    private SnappyChunks() {}

    /// To how many bytes all blocks decompress: [#DISHONEST] if one has not the bytes that it says or claims to become
    /// more than it can, or if they are more than `bytesMax`.
    static long bytes(ByteBuffer stream, long bytesMax) {
        int end = stream.limit();
        if (!framed(stream, 0)) {
            long claimed = claimed(stream, 0, end);
            return within(claimed, bytesMax) ? claimed : DISHONEST;
        }
        long total = 0;
        for (int at = HEADER_BYTES; at < end; ) {
            if (framed(stream, at)) { // one stream after another
                at += HEADER_BYTES;
                continue;
            }
            int length = end - at < Integer.BYTES ? -1 : stream.getInt(at);
            at += Integer.BYTES;
            long claimed = length < 0 || length > end - at ? -1 : claimed(stream, at, length);
            if (!within(claimed, bytesMax - total)) {
                return DISHONEST;
            }
            total += claimed;
            at += length;
        }
        return total;
    }

    private static boolean within(long claimed, long most) {
        return claimed >= 0 && claimed <= most;
    }

    private static boolean framed(ByteBuffer stream, int at) {
        return stream.limit() - at >= HEADER_BYTES && stream.getInt(at) == MAGIC_HEAD && stream.getLong(at) == MAGIC;
    }

    // -1 if it cannot be true
    private static long claimed(ByteBuffer stream, int at, int length) {
        long value = 0;
        for (int i = 0; i < Math.min(length, VARINT_BYTES_MAX); i++) {
            byte next = stream.get(at + i);
            value |= (long) (next & 0x7f) << 7 * i;
            if (next >= 0) {
                return value <= (long) length * FACTOR_MAX ? value : -1;
            }
        }
        return -1;
    }
}
