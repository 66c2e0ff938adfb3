package io.headrace.shard;

import io.headrace.log.CommitLog;
import io.headrace.log.EntryReader;
import io.headrace.log.Location;
import io.headrace.log.PageArena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Pieces of the log that were read back, a few at a time, the least recently used going first. What came in this turn
/// stays until its end.
///
/// Threads: the loop.
final class Stretches {
    private static final long KEPT_BYTES_MAX = 16L * PageArena.PAGE_BYTES;

    private final Loop loop;
    private final EntryReader reader;
    private final PageArena arena;
    private final LoadLine line;
    private final Consumer<Throwable> onBroken;
    private final List<EntryReader.Result.Stretch> kept = new ArrayList<>();
    private final Set<EntryReader.Result.Stretch> fresh = Collections.newSetFromMap(new IdentityHashMap<>());
    private long keptBytes;

    /// @param onBroken hears that something cannot be read back that is wanted
    Stretches(Loop loop, EntryReader reader, PageArena arena, LoadLine line, Consumer<Throwable> onBroken) {
        this.loop = loop;
        this.reader = reader;
        this.arena = arena;
        this.line = line;
        this.onBroken = onBroken;
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

    /// @param bytes of the message
    /// @param wanted whether it is still there to be read and not here yet; asked again before it is read
    void load(long location, int bytes, BooleanSupplier wanted, Runnable done) {
        line.add(
                bytes,
                wanted,
                () -> reader.read(
                        CommitLog.DATA,
                        location,
                        result -> loop.execute(() -> came(location, bytes, result, wanted, done))),
                done);
    }

    private void came(long location, int bytes, EntryReader.Result result, BooleanSupplier wanted, Runnable done) {
        switch (result) {
            case EntryReader.Result.Stretch stretch -> {
                kept.add(stretch);
                keptBytes += stretch.page().sizeBytes();
                fresh.add(stretch);
                line.came(bytes, done, () -> aged(stretch));
            }
            case EntryReader.Result.Failed(Throwable cause) -> {
                if (wanted.getAsBoolean()) { // else its place in the log may have been given away meanwhile
                    onBroken.accept(new IllegalStateException("cannot read back " + location, cause));
                    return;
                }
                line.came(bytes, done, () -> {});
            }
        }
    }

    private void aged(EntryReader.Result.Stretch stretch) {
        fresh.remove(stretch);
        while (keptBytes > KEPT_BYTES_MAX && evictOne()) {}
    }

    boolean evictOne() {
        for (int i = 0; i < kept.size(); i++) {
            if (!fresh.contains(kept.get(i))) {
                var page = kept.remove(i).page();
                keptBytes -= page.sizeBytes();
                arena.release(page);
                return true;
            }
        }
        return false;
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
