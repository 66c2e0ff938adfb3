package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// One open file of a [Storage].
///
/// Threads: any thread reads; writes and forces come from one thread at a time.
public interface StorageFile extends AutoCloseable {
    /// Position, length and address in memory of a buffer that is written to a direct file are multiples of this: the
    /// block of common file systems, and no smaller than a sector of any disk.
    int DIRECT_BYTES = 4096;

    /// Memory whose contents may be written to a direct file, outside the heap.
    ///
    /// @param bytes a multiple of [#DIRECT_BYTES]
    static ByteBuffer directBuffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes + DIRECT_BYTES)
                .alignedSlice(DIRECT_BYTES)
                .slice(0, bytes);
    }

    /// The next multiple of [#DIRECT_BYTES].
    static long roundUp(long bytes) {
        return bytes + DIRECT_BYTES - 1 & -DIRECT_BYTES;
    }

    /// Writes all of `source`'s remaining bytes at `position`.
    ///
    /// @throws OutOfSpaceException nothing or a part was written because the device is full
    /// @throws IOException the device refused; what the file holds there is unknown
    void write(ByteBuffer source, long position) throws IOException;

    /// Writes `sources` in order, gathered into as few system calls as possible, from `position` on.
    void write(ByteBuffer[] sources, int count, long position) throws IOException;

    /// Reads into `target` until it is full or the file ends.
    ///
    /// @return the bytes read, 0 at or after the end
    int read(ByteBuffer target, long position) throws IOException;

    /// Returns when what was written before the call survives a power cut (`fdatasync`).
    void force() throws IOException;

    long sizeBytes() throws IOException;

    /// Cuts or extends (with a hole) to `bytes`.
    void resize(long bytes) throws IOException;

    @Override
    void close() throws IOException;
}
