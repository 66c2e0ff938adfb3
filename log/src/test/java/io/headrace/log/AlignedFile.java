package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Is as strict about the alignment of single buffers as a file that is written past the system's cache.
///
/// Threads: as the file behind it.
record AlignedFile(StorageFile file) implements StorageFile {
    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        check(source, position);
        file.write(source, position);
    }

    @Override
    public void write(ByteBuffer[] sources, int count, long position) throws IOException {
        file.write(sources, count, position);
    }

    private static void check(ByteBuffer source, long position) {
        boolean aligned = source.isDirect()
                && source.alignmentOffset(source.position(), DIRECT_BYTES) == 0
                && source.remaining() % DIRECT_BYTES == 0
                && position % DIRECT_BYTES == 0;
        if (!aligned) {
            throw new IllegalArgumentException("%s at %d: not aligned to %d".formatted(source, position, DIRECT_BYTES));
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return file.read(target, position);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    @Override
    public void resize(long bytes) throws IOException {
        file.resize(bytes);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
