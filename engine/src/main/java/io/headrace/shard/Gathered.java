package io.headrace.shard;

import io.headrace.log.CommitLog;
import io.headrace.log.EntryReader;
import io.headrace.log.Page;
import io.headrace.log.PageArena;
import java.util.ArrayDeque;
import java.util.List;

/// Copies of messages that were read back before they are needed, a few harvests of them, the oldest going first.
///
/// Threads: the loop.
final class Gathered {
    private static final int HARVESTS_MAX = 3;
    /// So long after its time a harvest may still be asked for, by what is late itself.
    private static final long GRACE_MILLIS = 10_000;

    private final Loop loop;
    private final EntryReader reader;
    private final PageArena arena;
    private final ArrayDeque<Harvest> harvests = new ArrayDeque<>();

    private record Harvest(EntryReader.Gathered copies, long untilMillis) {}

    Gathered(Loop loop, EntryReader reader, PageArena arena) {
        this.loop = loop;
        this.reader = reader;
        this.arena = arena;
    }

    /// @param pages from the arena
    void gather(long[] locations, EntryReader.Measure measure, List<Page> pages, long untilMillis, Runnable done) {
        reader.gather(
                CommitLog.DATA,
                locations,
                measure,
                pages,
                copies -> loop.execute(() -> {
                    if (harvests.size() == HARVESTS_MAX) {
                        evictOne();
                    }
                    harvests.addLast(new Harvest(copies, untilMillis));
                    done.run();
                }));
    }

    int find(long location, Shard.Found found) {
        for (var harvest : harvests) {
            var copies = harvest.copies;
            int place = copies.find(location);
            if (place >= 0) {
                found.page = copies.page(place);
                return copies.start(place);
            }
        }
        return -1;
    }

    /// Gives pages back that nobody will ask for any more.
    boolean evictPast() {
        var oldest = harvests.peekFirst();
        return oldest != null
                && oldest.untilMillis + GRACE_MILLIS < loop.clock().millis()
                && evictOne();
    }

    private boolean evictOne() {
        harvests.removeFirst().copies.pages().forEach(arena::release);
        return true;
    }
}
