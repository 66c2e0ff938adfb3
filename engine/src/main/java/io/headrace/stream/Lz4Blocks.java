package io.headrace.stream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What an lz4 frame may become at most, read from its head and the heads of its blocks.
///
/// ```text
///  frame   u32 magic | u8 flags | u8 block size | content size 0, 8 | u8 checksum | blocks | u32 0 | checksum 0, 4
///  block   u32: stored as it is 1 bit, size 31 | content: size bytes | checksum 0, 4
/// ```
/// All little-endian. LZ4 Frame Format 1.6.4. Like Kafka's reader this knows no dictionaries, and does not look at what
/// follows the frame.
final class Lz4Blocks {
    /// There is something else than a whole frame.
    static final long UNKNOWN = -1;

    private static final int MAGIC = 0x184D2204;
    private static final int VERSION_MASK = 0b1100_0011; // with what is reserved, and the dictionary
    private static final int VERSION = 0b0100_0000;
    private static final int BLOCK_CHECKSUMS = 0b0001_0000;
    private static final int CONTENT_SIZE = 0b0000_1000;
    private static final int FIRST_SIZE_CODE = 4; // 64 KiB; each further one is four times as much
    private static final int LAST_SIZE_CODE = 7;
    private static final int HEAD_BYTES = Integer.BYTES + 3;

    private Lz4Blocks() {}

    /// @return an upper bound in bytes, or [#UNKNOWN]
    static long bytesAtMost(ByteBuffer frame) {
        var stream = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (stream.remaining() < HEAD_BYTES || stream.getInt() != MAGIC) {
            return UNKNOWN;
        }
        int flags = stream.get();
        int sizeCode = stream.get() >> 4;
        if ((flags & VERSION_MASK) != VERSION || sizeCode < FIRST_SIZE_CODE || sizeCode > LAST_SIZE_CODE) {
            return UNKNOWN;
        }
        int blockBytes = 1 << 8 + 2 * sizeCode;
        int head = 1 + ((flags & CONTENT_SIZE) != 0 ? Long.BYTES : 0);
        int between = (flags & BLOCK_CHECKSUMS) != 0 ? Integer.BYTES : 0;
        return skip(stream, head) ? blocks(stream, blockBytes, between) : UNKNOWN;
    }

    private static long blocks(ByteBuffer stream, int blockBytes, int between) {
        long total = 0;
        while (stream.remaining() >= Integer.BYTES) {
            int head = stream.getInt();
            int size = head & Integer.MAX_VALUE;
            if (size == 0) {
                return total;
            }
            total += head < 0 ? size : blockBytes;
            if (!skip(stream, (long) size + between)) {
                return UNKNOWN;
            }
        }
        return UNKNOWN;
    }

    private static boolean skip(ByteBuffer stream, long bytes) {
        if (bytes > stream.remaining()) {
            return false;
        }
        stream.position(stream.position() + (int) bytes);
        return true;
    }
}
