package io.headrace.broker;

/// How much memory this process needs, and how much there is.
///
/// Threads: any.
public interface MemoryGauge {
    /// As much as anyone may want.
    MemoryGauge PLENTY = new MemoryGauge() {
        @Override
        public long usedBytes() {
            return 0;
        }

        @Override
        public long totalBytes() {
            return Long.MAX_VALUE;
        }
    };

    /// What is in use and would not go away by itself: neither garbage nor what a cache could give back at once.
    long usedBytes();

    /// Of the machine, or of the container that this process is held in.
    long totalBytes();
}
