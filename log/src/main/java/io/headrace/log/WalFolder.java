package io.headrace.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The WAL files that a start finds, sorted by number, each with what its first block says.
///
/// Threads: the one that opens the log.
final class WalFolder {
    private final List<Opened> used = new ArrayList<>();
    private final List<WalFile> blank = new ArrayList<>();
    private long totalBytes;
    private int lastNumber;

    /// A file that was written to.
    ///
    /// @param next the groups' next offsets where the file begins
    record Opened(WalFile file, long sequence, int run, long[] next) {}

    static WalFolder read(Storage storage, BlockCursor cursor) throws IOException {
        var folder = new WalFolder();
        for (var name : storage.list(WalFile.DIRECTORY)) {
            if (name.endsWith(WalFile.SUFFIX)) {
                int number = Numbered.number(name, "", WalFile.SUFFIX);
                var bytes = storage.openDirect(WalFile.path(number));
                folder.add(new WalFile(number, bytes, bytes.sizeBytes()), cursor);
            }
        }
        return folder;
    }

    private void add(WalFile file, BlockCursor cursor) throws IOException {
        file.end = -1;
        cursor.open(file, file.sizeBytes);
        if (cursor.moveTo(0) && isOpening(cursor)) {
            used.add(new Opened(file, cursor.sequence(), WalBlock.run(cursor.bytes(), 0), nextOffsets(cursor)));
        } else {
            file.end = 0;
            blank.add(file);
        }
        totalBytes += file.sizeBytes;
        lastNumber = Math.max(lastNumber, file.number);
    }

    List<Opened> used() {
        return used;
    }

    List<WalFile> blank() {
        return blank;
    }

    SpareFiles.Existing existing() {
        return new SpareFiles.Existing(blank, lastNumber, totalBytes);
    }

    /// Whether the block says where a file or a run begins.
    static boolean isOpening(BlockCursor block) {
        int count = WalBlock.count(block.bytes(), block.at());
        for (int slot = 0; slot < count; slot++) {
            if (WalBlock.type(block.bytes(), block.at(), slot) != WalBlock.NEXT) {
                return false;
            }
        }
        return true;
    }

    static long[] nextOffsets(BlockCursor opening) {
        var next = new long[WalFile.GROUPS_MAX];
        int count = WalBlock.count(opening.bytes(), opening.at());
        for (int slot = 0; slot < count; slot++) {
            next[WalBlock.group(opening.bytes(), opening.at(), slot)] =
                    WalBlock.offset(opening.bytes(), opening.at(), slot);
        }
        return next;
    }
}
