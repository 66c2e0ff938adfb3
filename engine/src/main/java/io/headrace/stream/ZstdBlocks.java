package io.headrace.stream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What a zstd stream may become at most, read from the heads of its blocks: none becomes more than 128 KiB.
///
/// ```text
///  frame    u32 magic | u8 descriptor | window 0 or 1 | dictionary 0, 1, 2, 4 | size 0, 1, 2, 4, 8 | blocks | checksum
/// 0 or 4
///  block    u24: last 1 bit, type 2, size 21 | content: size bytes, of a repeated byte 1
///  skipped  u32 magic | u32 length | bytes
/// ```
/// All little-endian. RFC 8878, sections 3.1.1 and 3.1.2.
final class ZstdBlocks {
    /// There is something else than whole frames, or one that needs a larger window than readers of streams allow.
    static final long UNKNOWN = -1;

    private static final int MAGIC = 0xFD2FB528;
    private static final int SKIPPED_MAGIC = 0x184D2A50;
    private static final int SKIPPED_MASK = 0xFFFFFFF0;
    private static final int BLOCK_BYTES_MAX = 128 << 10;
    private static final int[] DICTIONARY_BYTES = {0, 1, 2, 4};
    private static final int[] SIZE_BYTES = {0, 2, 4, 8};
    /// What zstd's streams take without being told to take more (`ZSTD_WINDOWLOG_LIMIT_DEFAULT`).
    private static final long WINDOW_BYTES_MAX = 128L << 20;

    private static final int BLOCK_HEAD_BYTES = 3;
    private static final int CHECKSUM_BYTES = 4;

    private final ByteBuffer stream;
    private long total;

    private ZstdBlocks(ByteBuffer stream) {
        this.stream = stream.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /// @return an upper bound in bytes, or [#UNKNOWN]
    static long bytesAtMost(ByteBuffer stream) {
        var blocks = new ZstdBlocks(stream);
        while (blocks.stream.hasRemaining()) {
            if (!blocks.frame()) {
                return UNKNOWN;
            }
        }
        return blocks.total;
    }

    private boolean frame() {
        if (stream.remaining() < Integer.BYTES + 1) {
            return false;
        }
        int magic = stream.getInt();
        if ((magic & SKIPPED_MASK) == SKIPPED_MAGIC) {
            return stream.remaining() >= Integer.BYTES && skip(stream.getInt());
        }
        if (magic != MAGIC) {
            return false;
        }
        int descriptor = stream.get();
        boolean oneSegment = (descriptor & 0x20) != 0;
        int size = SIZE_BYTES[descriptor >> 6 & 3];
        int more = (oneSegment ? Math.max(size, 1) : 1 + size) + DICTIONARY_BYTES[descriptor & 3];
        boolean checksum = (descriptor & 4) != 0;
        return (oneSegment || smallWindow()) && skip(more) && blocks() && (!checksum || skip(CHECKSUM_BYTES));
    }

    /// Ten bits and more by the exponent, an eighth of that by each of the mantissa. Section 3.1.1.1.2.
    private boolean smallWindow() {
        if (!stream.hasRemaining()) {
            return false;
        }
        int descriptor = stream.get(stream.position());
        long base = 1L << 10 + (descriptor >> 3 & 0x1f);
        return base + base / 8 * (descriptor & 7) <= WINDOW_BYTES_MAX;
    }

    private boolean blocks() {
        while (stream.remaining() >= BLOCK_HEAD_BYTES) {
            int head = stream.getShort() & 0xffff | (stream.get() & 0xff) << 16;
            int size = head >>> 3;
            boolean whole = switch (head >> 1 & 3) {
                case 0 -> take(size, size);
                case 1 -> take(1, size);
                case 2 -> take(size, BLOCK_BYTES_MAX);
                default -> false;
            };
            if (!whole) {
                return false;
            }
            if ((head & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean take(int content, int becomes) {
        total += becomes;
        return skip(content);
    }

    private boolean skip(int bytes) {
        if (bytes < 0 || bytes > stream.remaining()) {
            return false;
        }
        stream.position(stream.position() + bytes);
        return true;
    }
}
