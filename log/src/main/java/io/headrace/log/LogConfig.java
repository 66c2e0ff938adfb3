package io.headrace.log;

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

    public static LogConfig defaults() {
        return new LogConfig(128 * MIB, 96 * MIB, 128 * MIB, 10_000, 10, 256 * MIB);
    }
}
