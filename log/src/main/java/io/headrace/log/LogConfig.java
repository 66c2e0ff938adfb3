package io.headrace.log;

import io.headrace.config.Settings;

/// How the log uses disk and memory.
///
/// @param walFileBytes size of one write-ahead file; bytes, 1 MiB to 1 GiB
/// @param memoryBytes budget for the memory tail and read cache; bytes, at least 8 MiB
/// @param checkpointBytes a checkpoint is taken after so many bytes of log
/// @param checkpointMillis or after so long with anything new
/// @param lazyForceMillis the longest time that an entry nobody waits for stays unforced
/// @param reserveBytes publishers are blocked when less than this is free on the device
public record LogConfig(
        long walFileBytes,
        long memoryBytes,
        long checkpointBytes,
        long checkpointMillis,
        long lazyForceMillis,
        long reserveBytes) {
    private static final long MIB = 1 << 20;
    private static final long SMALLEST_FILE_BYTES = 16 << 10; // for simulations; a broker is given 1 MiB or more

    public LogConfig {
        if (walFileBytes < SMALLEST_FILE_BYTES
                || walFileBytes > 1024 * MIB
                || walFileBytes % StorageFile.DIRECT_BYTES != 0) {
            throw new IllegalArgumentException("WAL files of " + walFileBytes + " bytes");
        }
        if (lazyForceMillis < 0 || reserveBytes < 0) {
            throw new IllegalArgumentException("negative: " + lazyForceMillis + " ms, " + reserveBytes + " bytes");
        }
    }

    /// Files with more live bytes than this are never cleaned, so nobody needs to enumerate their messages.
    public long cleanBytesMax() {
        return walFileBytes / 4;
    }

    public static LogConfig defaults() {
        return new LogConfig(128 * MIB, 96 * MIB, 128 * MIB, 10_000, 10, 256 * MIB);
    }

    public static LogConfig read(Settings settings) {
        var normal = defaults();
        long walFileBytes = settings.bytes(
                "file-size",
                normal.walFileBytes,
                MIB,
                1024 * MIB,
                "Size of one write-ahead file, a multiple of 4KiB; files are preallocated and used again.");
        if (walFileBytes % StorageFile.DIRECT_BYTES != 0) {
            settings.problem("file-size", "must be a multiple of 4KiB");
            walFileBytes = normal.walFileBytes;
        }
        return new LogConfig(
                walFileBytes,
                settings.bytes(
                        "memory",
                        normal.memoryBytes,
                        8 * MIB,
                        Long.MAX_VALUE,
                        "Memory outside the heap that keeps the newest messages and those read back from disk."),
                settings.bytes(
                        "checkpoint-size",
                        normal.checkpointBytes,
                        MIB,
                        Long.MAX_VALUE,
                        "A checkpoint is taken after so much log; a start replays up to twice as much."),
                settings.millis(
                        "checkpoint-interval",
                        normal.checkpointMillis,
                        1_000,
                        3_600_000,
                        "A checkpoint is also taken after so long, if anything changed."),
                settings.millis(
                        "lazy-force",
                        normal.lazyForceMillis,
                        1,
                        60_000,
                        "What nobody waits for, such as an unconfirmed publish, is on disk after at most so long."),
                settings.bytes(
                        "reserve",
                        normal.reserveBytes,
                        MIB,
                        Long.MAX_VALUE,
                        "Publishers are blocked while less than this is free on the device."));
    }
}
