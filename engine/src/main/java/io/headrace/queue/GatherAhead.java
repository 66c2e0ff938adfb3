package io.headrace.queue;

import io.headrace.message.StoredMessage;
import io.headrace.shard.Shard;
import java.util.ArrayDeque;
import java.util.Arrays;

/// Has the messages of [DueSoon] read back that left memory, before their time: those of the next seconds together,
/// in the order in which they lie in the log. Messages that come in another order than they were published would each
/// cost a read of its own; so a stretch of the log is read once for all in it that are due in these seconds.
///
/// A harvest is bounded by number and by bytes, so when many are due it is for less time; while one is used up, there
/// is a second one, and a third is being read. Large messages are not read ahead: with them, reading the bytes is
/// what takes time, whatever the order.
///
/// Threads: the loop.
final class GatherAhead {
    /// So far ahead of their time messages are read, if all have room.
    static final long AHEAD_MILLIS = 10_000;

    private static final int COUNT_MAX = 32_768;
    private static final int MESSAGE_BYTES_MAX = 8 << 10;
    private static final int WAITING_MAX = 2;
    /// A harvest ends with the end of one of them, unless too many are due in one millisecond.
    private static final int SLICES = 128;

    private final Shard shard;
    private final DueSoon soon;
    private final ArrayDeque<Long> waiting = new ArrayDeque<>(); // ends of harvests that are not used up
    private long gatheredMillis; // what is due up to then was asked for
    private long gatheringFrom; // what is due after, and up to `gatheredMillis`, is on its way
    private boolean gathering;

    private long[] locations = {};
    private int count;
    private long bytes;

    GatherAhead(Shard shard, DueSoon soon) {
        this.shard = shard;
        this.soon = soon;
    }

    /// Whether what is due at `atMillis` is just being read, and better waited for than read alone.
    boolean awaits(long atMillis) {
        return gathering && atMillis > gatheringFrom && atMillis <= gatheredMillis;
    }

    /// When there is something to do here; [Long#MAX_VALUE] if something else comes before that.
    long nextMillis() {
        return gathering || soon.size() == 0 || waiting.size() == WAITING_MAX
                ? Long.MAX_VALUE
                : gatheredMillis - AHEAD_MILLIS / 2;
    }

    /// Asks for the messages of the next seconds, unless enough of them are here or on their way.
    void look(long nowMillis) {
        while (!waiting.isEmpty() && waiting.peekFirst() < soon.nextMillis()) {
            waiting.removeFirst();
        }
        if (nextMillis() > nowMillis) {
            return;
        }
        long from = Math.max(gatheredMillis, soon.nextMillis() - 1);
        if (from >= nowMillis + AHEAD_MILLIS) {
            gatheredMillis = from;
            return;
        }
        long until = end(from, nowMillis + AHEAD_MILLIS);
        take(until);
        gatheringFrom = gatheredMillis;
        gatheredMillis = until;
        if (count > 0) {
            gather();
        }
    }

    // Of what is due between the two, as much time as there is room for. If the first slice is too much it is cut into
    // slices itself.
    private long end(long from, long until) {
        long end = until;
        for (int slices = 0; slices == 0; ) {
            slices = slicesThatFit(from, end);
            long span = end - from;
            if (slices == 0 && span <= SLICES) {
                return from + 1; // not all of it has room
            }
            end = from + Math.max(1, slices) * span / SLICES;
        }
        return end;
    }

    private int slicesThatFit(long from, long end) {
        var counts = new int[SLICES];
        var lengths = new long[SLICES];
        long inMemory = shard.firstInMemory();
        soon.forEachToGather((atMillis, location, length) -> {
            if (atMillis <= end && location < inMemory && length <= MESSAGE_BYTES_MAX) {
                int slice = (int) (Math.max(0, atMillis - from - 1) * SLICES / (end - from));
                counts[slice]++;
                lengths[slice] += length;
            }
            return false;
        });
        int slices = 0;
        int allCounts = counts[0];
        long allLengths = lengths[0];
        while (allCounts <= COUNT_MAX && allLengths <= shard.gatherBytesMax() && ++slices < SLICES) {
            allCounts += counts[slices];
            allLengths += lengths[slices];
        }
        return slices;
    }

    private void take(long until) {
        long inMemory = shard.firstInMemory();
        count = 0;
        bytes = 0;
        soon.forEachToGather((atMillis, location, length) -> {
            if (atMillis > until || location >= inMemory) {
                return false; // what is in memory may have left it the next time
            }
            if (length <= MESSAGE_BYTES_MAX && count < COUNT_MAX && bytes + length <= shard.gatherBytesMax()) {
                add(location);
                bytes += length;
            }
            return true;
        });
    }

    private void add(long location) {
        if (count == locations.length) {
            locations = Arrays.copyOf(locations, Math.clamp(2L * count, SLICES, COUNT_MAX));
        }
        locations[count++] = location;
    }

    private void gather() {
        gathering = true;
        waiting.addLast(gatheredMillis);
        var wanted = Arrays.copyOf(locations, count);
        locations = new long[0];
        Arrays.sort(wanted);
        shard.gather(wanted, StoredMessage::sizeBytes, (int) bytes, gatheredMillis, () -> {
            gathering = false;
            look(shard.loop().clock().millis());
            shard.touch();
        });
    }
}
