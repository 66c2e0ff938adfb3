package io.headrace.log;

import java.io.IOException;

/// Where recovery found the end of the log.
///
/// @param file the last one, or null if the directory is fresh
/// @param provenTo blocks below are known to be on the device
/// @param position where the next block goes
/// @param nextSequence of the next block
/// @param lastRun the run that wrote last
/// @param nextOffsets by group
/// @param damaged the file has damage that was accepted: go on in another
record LogEnd(
        WalFile file,
        long provenTo,
        long position,
        long nextSequence,
        int lastRun,
        long[] nextOffsets,
        boolean damaged) {
    private static final int CHUNK_BYTES = 1 << 20;

    /// Puts what was found on the device. A force alone would not do: one that failed in an earlier run may
    /// have made the system forget that the bytes it still shows are not there (which is why it was not
    /// tried again). So they are written once more.
    void secure() throws IOException {
        if (file == null) {
            return;
        }
        long end = StorageFile.roundUp(position);
        var chunk = StorageFile.directBuffer(CHUNK_BYTES);
        for (long at = provenTo & -StorageFile.DIRECT_BYTES; at < end; at += CHUNK_BYTES) {
            chunk.clear().limit((int) Math.min(CHUNK_BYTES, end - at));
            file.file().read(chunk, at);
            file.file().write(chunk.flip(), at);
        }
        file.file().force();
    }
}
