package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Lays the pieces of blocks side by side in memory that may be written past the system's cache, in units of
/// [StorageFile#DIRECT_BYTES].
///
/// A block begins where the one before it ended, in the middle of a unit more often than not. So the beginning of that
/// unit is kept and written once more with it, the same bytes to the same place, as the system's cache would do with
/// its pages. What is left of a block's last unit is zero.
///
/// ```text
///  units     |       u       |       u       |       u       |
///  block 1   [ head, entries     ]
///  written   |_______________|_______________|
///  block 2                       [ head, entries ]
///  written                   |_______________|_______________|
/// ```
///
/// Threads: its owner.
final class BlockBuffer {
    static final int BYTES = 1 << 20;
    private static final int UNIT_BYTES = StorageFile.DIRECT_BYTES;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(UNIT_BYTES);

    private final ByteBuffer bytes = StorageFile.directBuffer(BYTES);
    private StorageFile file; // null before the first block
    private long start; // where the buffer's first byte goes

    /// What is put from now on belongs to a block at `position` of `to`.
    void begin(StorageFile to, long position) throws IOException {
        if (to == file && position == start + bytes.position()) {
            return;
        }
        file = to;
        start = position & -UNIT_BYTES;
        bytes.clear().limit((int) (position - start));
        file.read(bytes, start);
        bytes.position(bytes.limit()).limit(BYTES);
    }

    /// Adds what lies between `from` and `to` of `source`.
    void put(ByteBuffer source, int from, int to) throws IOException {
        for (int at = from; at < to; ) {
            int length = Math.min(to - at, room());
            bytes.put(bytes.position(), source, at, length);
            bytes.position(bytes.position() + length);
            at += length;
        }
    }

    /// Adds zeros up to the next multiple of `alignment`, a power of two that divides a unit.
    void align(int alignment) {
        int gap = -bytes.position() & alignment - 1;
        bytes.put(bytes.position(), ZEROS, 0, gap);
        bytes.position(bytes.position() + gap);
    }

    /// Writes what has not been written of the block, and zeros up to the next multiple of `alignment`.
    ///
    /// @return where the next one may begin
    long end(int alignment) throws IOException {
        align(alignment);
        int end = bytes.position();
        align(UNIT_BYTES);
        write();
        int kept = end & -UNIT_BYTES;
        bytes.put(0, bytes, kept, end - kept).position(end - kept);
        start += kept;
        return start + bytes.position();
    }

    private int room() throws IOException {
        if (!bytes.hasRemaining()) {
            write();
            start += BYTES;
            bytes.clear();
        }
        return bytes.remaining();
    }

    private void write() throws IOException {
        file.write(bytes.duplicate().flip(), start);
    }
}
