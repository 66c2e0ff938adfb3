package io.headrace.broker;

import io.headrace.config.Share;

/// Memory and disk, and how much of them may be used before publishers have to wait.
///
/// Threads: any.
public interface Resources {
    /// As of the last look, which is a few seconds old at most.
    Levels levels();

    /// @param diskLimitBytes publishers wait when less than this is free; the log keeps a reserve of its own besides
    record Levels(
            long memoryUsedBytes,
            long memoryLimitBytes,
            long memoryTotalBytes,
            boolean memoryAlarm,
            long diskFreeBytes,
            long diskLimitBytes,
            boolean diskAlarm,
            long diskTotalBytes) {}

    /// Publishers wait when more memory than this is in use. Holds until the broker stops; `done` runs on some thread
    /// when it has taken effect.
    void limitMemory(Share ofTotal, Runnable done);

    /// Publishers wait when less than this is free on the device of the data directory.
    ///
    /// @param ofMemory a part counts of the machine's memory, as in RabbitMQ
    void limitDisk(Share ofMemory, Runnable done);
}
