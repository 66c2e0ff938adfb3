package io.headrace.log;

import java.io.IOException;

/// Learns where the blocks of an old file lie, the first time someone reads from it after a start.
///
/// Threads: any.
final class WalSurvey {
    private WalSurvey() {}

    /// Walks the heads of `file`, unless its end is known.
    static void ensure(WalFile file, BlockCursor cursor) throws IOException {
        if (file.end >= 0) {
            return;
        }
        synchronized (file) {
            if (file.end < 0) {
                file.end = walk(file, cursor);
            }
        }
    }

    private static long walk(WalFile file, BlockCursor cursor) throws IOException {
        cursor.open(file, file.sizeBytes);
        var next = new long[WalFile.GROUPS_MAX];
        long sequence = -1;
        int run = 0;
        long at = 0;
        while (cursor.moveTo(at)) {
            int itsRun = WalBlock.run(cursor.bytes(), cursor.at());
            boolean follows = cursor.sequence() == sequence + 1 && itsRun >= run;
            if (sequence >= 0 && !follows) {
                break;
            }
            sequence = cursor.sequence();
            run = itsRun;
            file.index.add(at, next);
            advance(next, cursor);
            at = cursor.next();
        }
        return at;
    }

    private static void advance(long[] next, BlockCursor cursor) {
        int count = WalBlock.count(cursor.bytes(), cursor.at());
        for (int slot = 0; slot < count; slot++) {
            long offset = WalBlock.offset(cursor.bytes(), cursor.at(), slot);
            // of an entry that takes several offsets only the first is ever looked up
            boolean data = WalBlock.type(cursor.bytes(), cursor.at(), slot) == WalBlock.DATA;
            next[WalBlock.group(cursor.bytes(), cursor.at(), slot)] = data ? offset + 1 : offset;
        }
    }
}
