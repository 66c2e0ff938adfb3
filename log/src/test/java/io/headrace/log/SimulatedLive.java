package io.headrace.log;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is alive in each extent, as of one moment of a [LogSimulation]: a message is the value of an entry.
///
/// Threads: its owner.
final class SimulatedLive implements Reclaim.LiveCounts {
    private final List<Long> live;
    private final List<Integer> valueBytes;
    private final long written;
    private final int openExtent;
    private final Map<Integer, Long> counts = new HashMap<>();
    private final Map<Integer, Long> bytes = new HashMap<>();
    private final BitSet worth;

    SimulatedLive(Reclaim reclaim, int group, List<Long> live, List<Integer> valueBytes, long written) {
        this.live = live;
        this.valueBytes = List.copyOf(valueBytes);
        this.written = written;
        this.openExtent = written < 0 ? 0 : reclaim.extentOf(group, written);
        for (long offset : live) {
            if (offset <= written) {
                int extent = reclaim.extentOf(group, offset);
                counts.merge(extent, 1L, Long::sum);
                bytes.merge(extent, (long) valueBytes.get((int) offset), Long::sum);
            }
        }
        this.worth = reclaim.worthCleaning(group, this);
    }

    @Override
    public long live(int extent) {
        return extent >= openExtent ? Long.MAX_VALUE : counts.getOrDefault(extent, 0L);
    }

    @Override
    public long liveBytes(int extent) {
        return extent >= openExtent ? Long.MAX_VALUE : bytes.getOrDefault(extent, 0L);
    }

    @Override
    public boolean enumerates(int extent) {
        return worth.get(extent);
    }

    @Override
    public void survivors(long firstOffset, long endOffset, Reclaim.Survivor survivor) {
        for (long offset : live) {
            if (offset >= firstOffset && offset < endOffset && offset <= written) {
                survivor.keep(Location.of(offset, EntryFrame.VALUE_START), valueBytes.get((int) offset));
            }
        }
    }
}
