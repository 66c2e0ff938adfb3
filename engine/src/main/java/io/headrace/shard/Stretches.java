package io.headrace.shard;

import io.headrace.log.CommitLog;
import io.headrace.log.EntryReader;
import io.headrace.log.Location;
import io.headrace.log.PageArena;
import java.util.ArrayList;
import java.util.List;
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
    private final List<EntryReader.Result.Stretch> fresh = new ArrayList<>();
    private final List<EntryReader.Result.Stretch> kept = new ArrayList<>();
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
        int at = find(fresh, location, found);
        return at >= 0 ? at : find(kept, location, found);
    }

    // the one that has it becomes the last
    private static int find(List<EntryReader.Result.Stretch> stretches, long location, Shard.Found found) {
        for (int i = stretches.size() - 1; i >= 0; i--) {
            var stretch = stretches.get(i);
            int piece = floor(stretch, location);
            if (piece >= 0 && covers(stretch, piece, location)) {
                if (i != stretches.size() - 1) {
                    stretches.add(stretches.remove(i));
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
                fresh.add(stretch);
                line.came(bytes, done, this::keepFresh);
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

    private void keepFresh() {
        for (var stretch : fresh) {
            kept.add(stretch);
            keptBytes += stretch.page().sizeBytes();
        }
        fresh.clear();
        while (keptBytes > KEPT_BYTES_MAX) {
            evictOne();
        }
    }

    boolean evictOne() {
        if (kept.isEmpty()) {
            return false;
        }
        var page = kept.removeFirst().page();
        keptBytes -= page.sizeBytes();
        arena.release(page);
        return true;
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
