package io.headrace.log;

import java.io.IOException;
import java.util.zip.CRC32C;

/// Reads a stretch of the log into a page, wherever it lies, and checks every entry of it.
///
/// Threads: its owner; one for each reading thread.
final class StretchReader {
    private static final int NEAR_BYTES = 256 << 10;
    private static final int LOCATE_WINDOW_BYTES = 64 << 10;
    private static final long OVERDRAFT_BYTES = 1L << 40; // bounded by those who ask
    private static final int ENDS_REMEMBERED = 16;

    private final Extents extents;
    private final PageArena arena;
    private final BlockCursor cursor = new BlockCursor(LOCATE_WINDOW_BYTES);
    private final ColdStretch cold = new ColdStretch();
    private final CRC32C crc = new CRC32C();
    private final long[] stretchEnds = new long[ENDS_REMEMBERED];
    private int oldestEnd;

    StretchReader(Extents extents, PageArena arena) {
        this.extents = extents;
        this.arena = arena;
    }

    /// @throws IOException the device refused, or the bytes are not what was written
    EntryReader.Result.Stretch read(int group, long location) throws IOException {
        return read(group, location, windowBytes(Location.entryOffset(location)));
    }

    /// @param windowBytes to read, or as many as the first entry has
    EntryReader.Result.Stretch read(int group, long location, int windowBytes) throws IOException {
        while (true) {
            var home = extents.holding(group, Location.entryOffset(location)).home();
            if (home.enter()) {
                try {
                    return switch (home) {
                        case WalFile wal -> readWal(wal, group, Location.entryOffset(location), windowBytes);
                        case ColdFile cold -> readCold(cold, group, location, windowBytes);
                    };
                } finally {
                    home.leave();
                }
            }
        }
    }

    private EntryReader.Result.Stretch readWal(WalFile file, int group, long offset, int windowBytes)
            throws IOException {
        WalSurvey.ensure(file, cursor);
        int slot = locate(file, group, offset);
        var block = cursor.bytes();
        int at = cursor.at();
        long from = cursor.position() + WalBlock.position(block, at, slot);
        int length = WalBlock.entryLength(block, at, slot);
        int window = (int) Math.min(Math.max(length, windowBytes), file.end - from);
        var page = page(length);
        boolean done = false;
        try {
            int read = file.file().read(page.bytes().duplicate().limit(window), from);
            var stretch = new WalStretch(file, group, page, from, read);
            stretch.collect(cursor, slot, crc);
            if (stretch.isEmpty()) {
                throw harmed(file, group, offset);
            }
            stretchEnds[oldestEnd++ % ENDS_REMEMBERED] = stretch.nextOffset();
            done = true;
            return stretch.result();
        } finally {
            if (!done) {
                arena.release(page);
            }
        }
    }

    private EntryReader.Result.Stretch readCold(ColdFile file, int group, long location, int windowBytes)
            throws IOException {
        int bytes = Math.toIntExact(cold.locate(file, group, location));
        long from = cold.position();
        int window = (int) Math.min(Math.max(bytes, windowBytes), file.recordsEnd - from);
        var page = page(bytes);
        int read = file.file().read(page.bytes().duplicate().limit(window), from);
        var stretch = cold.collect(group, page, read).in(page);
        if (stretch.count() == 0) {
            arena.release(page);
            throw new CorruptLogException("%s is harmed at %d: entry %d of group %d cannot be read"
                    .formatted(file.path(), from, Location.entryOffset(location), group));
        }
        return stretch;
    }

    /// Gives the page of a stretch back.
    void release(EntryReader.Result.Stretch stretch) {
        if (stretch != null) {
            arena.release(stretch.page());
        }
    }

    private Page page(int bytes) {
        return arena.acquire(Math.max(bytes, PageArena.PAGE_BYTES), OVERDRAFT_BYTES)
                .orElseThrow(() -> new IllegalStateException("page budget overdrawn: " + arena.usedBytes()));
    }

    /// Who reads on where a stretch ended gets a whole page; who jumps gets less.
    private int windowBytes(long offset) {
        for (long end : stretchEnds) {
            if (end == offset) {
                return PageArena.PAGE_BYTES;
            }
        }
        return NEAR_BYTES;
    }

    /// Moves the cursor to the block that holds the entry.
    ///
    /// @return the entry's slot
    private int locate(WalFile file, int group, long offset) throws IOException {
        cursor.open(file, file.end);
        for (long at = file.index.floor(group, offset); at < file.end && cursor.moveTo(at); at = cursor.next()) {
            int count = WalBlock.count(cursor.bytes(), cursor.at());
            for (int slot = 0; slot < count; slot++) {
                if (WalBlock.offset(cursor.bytes(), cursor.at(), slot) == offset
                        && WalBlock.group(cursor.bytes(), cursor.at(), slot) == group
                        && WalBlock.type(cursor.bytes(), cursor.at(), slot) == WalBlock.DATA) {
                    return slot;
                }
            }
        }
        throw harmed(file, group, offset);
    }

    private static CorruptLogException harmed(WalFile file, int group, long offset) {
        return new CorruptLogException("entry %d of group %d cannot be read from %s: it is missing or harmed"
                .formatted(offset, group, file.path()));
    }
}
