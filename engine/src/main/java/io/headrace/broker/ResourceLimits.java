package io.headrace.broker;

import io.headrace.config.Settings;
import io.headrace.config.Share;

/// When publishers have to wait.
///
/// @param memoryHighWatermark more than this in use
/// @param diskFreeLimit less than this free; a part counts of the memory
public record ResourceLimits(Share memoryHighWatermark, Share diskFreeLimit) {
    public static ResourceLimits defaults() {
        return new ResourceLimits(new Share.Part(0.4), new Share.Bytes(50_000_000));
    }

    /// Nothing but the reserve that the log keeps.
    public static ResourceLimits none() {
        return new ResourceLimits(new Share.Bytes(Long.MAX_VALUE), new Share.Bytes(0));
    }

    public static ResourceLimits read(Settings settings) {
        var normal = defaults();
        return new ResourceLimits(
                settings.share(
                        "memory-high-watermark",
                        normal.memoryHighWatermark,
                        "Publishers wait when more memory than this is in use; a part counts of the machine's, or of the"
                                + " container's."),
                settings.share(
                        "disk-free-limit",
                        normal.diskFreeLimit,
                        "Publishers wait when less than this is free where the data is; a part counts of the memory."
                                + " The log keeps log.reserve besides."));
    }
}
