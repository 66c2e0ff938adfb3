package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Walks the blocks of WAL files through a window of memory.
///
/// Threads: its owner.
final class BlockCursor {
    private final CRC32C crc = new CRC32C();
    private ByteBuffer window;
    private WalFile file;
    private long limit;
    private long windowStart;
    private int windowBytes;
    private long position;
    private int at;

    BlockCursor(int windowBytes) {
        window = ByteBuffer.allocateDirect(windowBytes);
    }

    /// Blocks of `file` that end at or before `limit` will be found.
    void open(WalFile file, long limit) {
        this.file = file;
        this.limit = limit;
        windowStart = 0;
        windowBytes = 0;
    }

    /// Moves to `position`.
    ///
    /// @return whether a block's head, unharmed, is there
    boolean moveTo(long position) throws IOException {
        this.position = position;
        at = need(position, WalBlock.HEADER_BYTES);
        if (at < 0 || !WalBlock.looksLikeHead(window, at, file.number, limit - position)) {
            return false;
        }
        at = need(position, WalBlock.headBytes(WalBlock.count(window, at)));
        return at >= 0 && WalBlock.headHolds(window, at, crc);
    }

    /// Brings the whole block into memory.
    void load() throws IOException {
        int length = WalBlock.length(window, at);
        at = need(position, length);
        if (at < 0) {
            throw new IllegalStateException("block of " + length + " bytes at " + position + " passes " + limit);
        }
    }

    /// Whether the bytes of each entry of the loaded block are those that were written.
    boolean entriesHold() {
        return WalBlock.entriesHold(window, at, crc);
    }

    /// Where the block after this one begins.
    long next() {
        return WalBlock.alignBlock(position + WalBlock.length(window, at));
    }

    long position() {
        return position;
    }

    /// The memory in which the block lies, from [#at] on. Valid until the cursor moves.
    ByteBuffer bytes() {
        return window;
    }

    int at() {
        return at;
    }

    long sequence() {
        return WalBlock.sequence(window, at);
    }

    private int need(long from, int bytes) throws IOException {
        if (from + bytes > limit) {
            return -1;
        }
        if (from < windowStart || from + bytes > windowStart + windowBytes) {
            if (bytes > window.capacity()) {
                window = ByteBuffer.allocateDirect(bytes);
            }
            window.clear().limit((int) Math.min(window.capacity(), limit - from));
            windowBytes = file.file().read(window, from);
            windowStart = from;
            window.clear();
        }
        return bytes <= windowBytes - (from - windowStart) ? (int) (from - windowStart) : -1;
    }
}
