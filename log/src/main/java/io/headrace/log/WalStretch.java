package io.headrace.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// What a page holds after a piece of a WAL file was read into it: the entries of one group, from the one
/// that was asked for on.
///
/// Threads: its owner.
final class WalStretch {
    private final WalFile file;
    private final int group;
    private final Page page;
    private final long from;
    private final int readBytes;
    private final Pieces pieces = new Pieces();
    private long nextOffset = -1;

    /// @param from the position in the file of the page's first byte
    WalStretch(WalFile file, int group, Page page, long from, int readBytes) {
        this.file = file;
        this.group = group;
        this.page = page;
        this.from = from;
        this.readBytes = readBytes;
    }

    /// Collects the entries of the cursor's block from `slot` on, and those of the blocks that follow it,
    /// until one is not wholly in the page or is not what was written.
    void collect(BlockCursor cursor, int slot, CRC32C crc) {
        long block = cursor.position();
        long sequence = cursor.sequence();
        long next = cursor.next();
        if (!collectBlock(cursor.bytes(), cursor.at(), block, slot, crc)) {
            return;
        }
        var bytes = page.bytes();
        while (next - from + WalBlock.HEADER_BYTES <= readBytes) {
            block = next;
            int at = (int) (block - from);
            if (!WalBlock.looksLikeHead(bytes, at, file.number, file.end - block)
                    || at + WalBlock.headBytes(WalBlock.count(bytes, at)) > readBytes
                    || WalBlock.sequence(bytes, at) != ++sequence
                    || !WalBlock.headHolds(bytes, at, crc)
                    || !collectBlock(bytes, at, block, 0, crc)) {
                return;
            }
            next = WalBlock.alignBlock(block + WalBlock.length(bytes, at));
        }
    }

    boolean isEmpty() {
        return nextOffset < 0;
    }

    long nextOffset() {
        return nextOffset;
    }

    EntryReader.Result.Stretch result() {
        return pieces.in(page);
    }

    private boolean collectBlock(ByteBuffer head, int at, long block, int firstSlot, CRC32C crc) {
        int count = WalBlock.count(head, at);
        for (int slot = firstSlot; slot < count; slot++) {
            if (WalBlock.type(head, at, slot) != WalBlock.DATA || WalBlock.group(head, at, slot) != group) {
                continue;
            }
            long start = block + WalBlock.position(head, at, slot) - from;
            int length = WalBlock.entryLength(head, at, slot);
            long offset = WalBlock.offset(head, at, slot);
            if (start + length > readBytes || !WalBlock.entryHolds(head, at, slot, page.bytes(), (int) start, crc)) {
                return false;
            }
            pieces.add(Location.of(offset, 0), length, (int) start);
            nextOffset = EntryFrame.lastOffset(page.bytes(), (int) start) + 1;
        }
        return true;
    }
}
