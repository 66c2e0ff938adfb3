package io.headrace.log;

/// See [Reclaim.LiveCounts#NONE].
final class NoneLive implements Reclaim.LiveCounts {
    @Override
    public long live(int extent) {
        return 0;
    }

    @Override
    public long liveBytes(int extent) {
        return 0;
    }

    @Override
    public boolean enumerates(int extent) {
        return true;
    }

    @Override
    public void survivors(long firstOffset, long endOffset, Reclaim.Survivor survivor) {}
}
