package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file that is written past the system's cache, and read through it.
///
/// The kernel drops from its cache what is written past it, so a read that follows a write sees it. A log is written
/// once and hardly ever read again: a copy in the cache, the pages to keep it in and the work of writing them back
/// cost more than the write itself.
///
/// Threads: as [StorageFile].
record DirectFile(StorageFile cached, StorageFile direct) implements StorageFile {
    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        direct.write(source, position);
    }

    @Override
    public void write(ByteBuffer[] sources, int count, long position) throws IOException {
        direct.write(sources, count, position);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return cached.read(target, position);
    }

    @Override
    public void force() throws IOException {
        direct.force();
    }

    @Override
    public long sizeBytes() throws IOException {
        return cached.sizeBytes();
    }

    @Override
    public void resize(long bytes) throws IOException {
        cached.resize(bytes);
    }

    @Override
    public void close() throws IOException {
        try (cached) {
            direct.close();
        }
    }
}
