package io.headrace.shard;

import io.headrace.log.CommitLog;
import io.headrace.log.EntryReader;
import io.headrace.log.Location;
import io.headrace.log.PageArena;
import java.util.ArrayList;
import java.util.List;

/// Pieces of the log that were read back, a few at a time, the least recently used going first.
///
/// Threads: the loop.
final class Stretches {
    private static final int KEPT_MAX = 16;

    private final Loop loop;
    private final EntryReader reader;
    private final PageArena arena;
    private final List<EntryReader.Result.Stretch> kept = new ArrayList<>();

    Stretches(Loop loop, EntryReader reader, PageArena arena) {
        this.loop = loop;
        this.reader = reader;
        this.arena = arena;
    }

    int find(long location, Shard.Found found) {
        for (int i = kept.size() - 1; i >= 0; i--) {
            var stretch = kept.get(i);
            int piece = floor(stretch, location);
            if (piece >= 0 && covers(stretch, piece, location)) {
                if (i != kept.size() - 1) {
                    kept.add(kept.remove(i));
                }
                found.page = stretch.page().bytes();
                return stretch.starts()[piece] + (int) (location - stretch.locations()[piece]);
            }
        }
        return -1;
    }

    void load(long location, Runnable done) {
        reader.read(
                CommitLog.DATA,
                location,
                result -> loop.execute(() -> {
                    switch (result) {
                        case EntryReader.Result.Stretch stretch -> keep(stretch);
                        case EntryReader.Result.Failed(Throwable cause) ->
                            throw new IllegalStateException("cannot read back " + location, cause);
                    }
                    done.run();
                }));
    }

    boolean evictOne() {
        if (kept.isEmpty()) {
            return false;
        }
        arena.release(kept.removeFirst().page());
        return true;
    }

    private void keep(EntryReader.Result.Stretch stretch) {
        if (kept.size() == KEPT_MAX) {
            evictOne();
        }
        kept.add(stretch);
    }

    private static boolean covers(EntryReader.Result.Stretch stretch, int piece, long location) {
        long from = stretch.locations()[piece];
        return Location.entryOffset(from) == Location.entryOffset(location)
                && location - from < stretch.lengths()[piece];
    }

    private static int floor(EntryReader.Result.Stretch stretch, long location) {
        int low = 0;
        int high = stretch.count() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (stretch.locations()[middle] <= location) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
