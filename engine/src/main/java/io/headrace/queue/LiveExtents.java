package io.headrace.queue;

import io.headrace.log.CommitLog;
import io.headrace.log.Location;
import io.headrace.log.Reclaim;
import java.util.Arrays;
import java.util.BitSet;

/// Which files of the log hold how many live messages, as of one checkpoint: counted from the queues'
/// indexes when it is captured, so that the hot path keeps no books.
///
/// A page that is out of memory is counted in every file it may touch, which can only keep a file too long.
///
/// Threads: filled on the loop, then handed over and read only.
final class LiveExtents implements Reclaim.LiveCounts {
    private final Reclaim reclaim;
    private final long writtenOffset;
    private final long cleanBytesMax;
    private final int openExtent;
    private long[] counts = new long[16];
    private long[] bytes = new long[16];
    private long[] survivors = new long[64];
    private int[] lengths = new int[64];
    private int survivorCount;
    private BitSet worth = new BitSet(); // the extents whose survivors are remembered
    private int extent = -1; // of the last message counted
    private long extentFirst;
    private long extentEnd;

    /// @param writtenOffset entries up to here are written; what came later lies in files that stay anyway
    /// @param cleanBytesMax a file with more live bytes is never cleaned
    LiveExtents(Reclaim reclaim, long writtenOffset, long cleanBytesMax) {
        this.reclaim = reclaim;
        this.writtenOffset = writtenOffset;
        this.cleanBytesMax = cleanBytesMax;
        this.openExtent = writtenOffset < 0 ? 0 : reclaim.extentOf(CommitLog.DATA, writtenOffset);
    }

    /// Counts, then a second time remembers the survivors of those files that are worth cleaning.
    static LiveExtents of(Queues queues, Reclaim reclaim, long writtenOffset, long cleanBytesMax) {
        var extents = new LiveExtents(reclaim, writtenOffset, cleanBytesMax);
        for (var queue : queues.all()) {
            for (var lane : queue.contents().lanes()) {
                lane.index.forEachPage((first, slot) -> extents.count(slot));
            }
        }
        extents.worth = reclaim.worthCleaning(CommitLog.DATA, extents);
        if (extents.worth.isEmpty()) {
            return extents;
        }
        for (var queue : queues.all()) {
            for (var lane : queue.contents().lanes()) {
                lane.index.forEachPage((first, slot) -> extents.remember(slot));
            }
        }
        return extents;
    }

    @Override
    public long live(int extent) {
        return extent >= openExtent ? Long.MAX_VALUE : at(counts, extent);
    }

    @Override
    public long liveBytes(int extent) {
        return extent >= openExtent ? Long.MAX_VALUE : at(bytes, extent);
    }

    @Override
    public boolean enumerates(int extent) {
        return worth.get(extent);
    }

    @Override
    public void survivors(long firstOffset, long endOffset, Reclaim.Survivor survivor) {
        for (int i = 0; i < survivorCount; i++) {
            long offset = Location.entryOffset(survivors[i]);
            if (offset >= firstOffset && offset < endOffset) {
                survivor.keep(survivors[i], lengths[i]);
            }
        }
    }

    private void count(PageSlot slot) {
        if (slot.live == slot.liveTransient) {
            return;
        }
        if (!slot.resident()) {
            if (Location.entryOffset(slot.firstLocation) <= writtenOffset) {
                int from = extentOf(slot.firstLocation);
                int to = Location.entryOffset(slot.lastLocation) <= writtenOffset
                        ? extentOf(slot.lastLocation)
                        : openExtent;
                for (int i = from; i <= to; i++) {
                    // more than can be cleaned, so that nobody asks for its survivors
                    add(i, slot.live, Math.max(slot.liveBytes, cleanBytesMax + 1));
                }
            }
            return;
        }
        if (inOneExtent(slot)) {
            add(extentOf(slot.lastLocation), slot.live - slot.liveTransient, slot.liveBytes - slot.transientBytes);
            return;
        }
        var page = slot.page;
        for (int at = page.nextLive(0); at >= 0; at = page.nextLive(at + 1)) {
            if (counted(page, at)) {
                add(extentOf(page.location(at)), 1, page.length(at));
            }
        }
    }

    private void remember(PageSlot slot) {
        if (!slot.resident()
                || slot.live == slot.liveTransient
                || inOneExtent(slot) && !worth.get(extentOf(slot.lastLocation))) {
            return;
        }
        var page = slot.page;
        for (int at = page.nextLive(0); at >= 0; at = page.nextLive(at + 1)) {
            if (counted(page, at) && worth.get(extentOf(page.location(at)))) {
                keep(page.location(at), page.length(at));
            }
        }
    }

    // then nobody has to look at its messages, of which there may be millions
    private boolean inOneExtent(PageSlot slot) {
        return slot.lastLocation >= 0
                && Location.entryOffset(slot.lastLocation) <= writtenOffset
                && extentOf(slot.firstLocation) == extentOf(slot.lastLocation);
    }

    private boolean counted(IndexPage page, int at) {
        return !page.isTransient(at) && Location.entryOffset(page.location(at)) <= writtenOffset;
    }

    private void keep(long location, int length) {
        if (survivorCount == survivors.length) {
            survivors = Arrays.copyOf(survivors, survivorCount * 2);
            lengths = Arrays.copyOf(lengths, survivorCount * 2);
        }
        survivors[survivorCount] = location;
        lengths[survivorCount++] = length;
    }

    private int extentOf(long location) {
        long offset = Location.entryOffset(location);
        if (extent < 0 || offset < extentFirst || offset >= extentEnd) {
            extent = reclaim.extentOf(CommitLog.DATA, offset);
            extentFirst = offset;
            extentEnd = reclaim.extentEnd(CommitLog.DATA, extent);
        }
        return extent;
    }

    private void add(int extent, long count, long size) {
        if (extent >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(extent + 1, counts.length * 2));
            bytes = Arrays.copyOf(bytes, counts.length);
        }
        counts[extent] += count;
        bytes[extent] += size;
    }

    private static long at(long[] values, int extent) {
        return extent < values.length ? values[extent] : 0;
    }
}
