package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file that is written past the system's cache as far as this is worth it, and read through it.
///
/// The kernel drops from its cache what is written past it, so a read that follows a write sees it. What is written
/// once and hardly ever read again has no use for a copy in the cache: the pages to keep it in and the work of writing
/// them back cost more than the write itself.
///
/// A write of one buffer is of whole units, see [StorageFile#DIRECT_BYTES]. One of several may begin and end anywhere:
/// what is large is gathered in aligned memory, and only what lies in units that it shares with something else goes
/// through the cache.
///
/// ```text
///  units     |       u       |       u       |       u       |       u       |
///  to write          [_______________________________________________]
///                     through|          past the cache       |through
/// ```
///
/// Threads: as [StorageFile].
record DirectFile(StorageFile cached, StorageFile direct) implements StorageFile {
    /// Below that, a copy in the cache is cheaper than waiting for the device.
    private static final int BULK_BYTES = 64 << 10;

    private static final int GATHERED_BYTES = 1 << 20;
    private static final ThreadLocal<ByteBuffer> GATHERED =
            ThreadLocal.withInitial(() -> StorageFile.directBuffer(GATHERED_BYTES));

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        direct.write(source, position);
    }

    @Override
    public void write(ByteBuffer[] sources, int count, long position) throws IOException {
        if (bytes(sources, count) < BULK_BYTES) {
            cached.write(sources, count, position);
            return;
        }
        var gathered = GATHERED.get();
        long unit = position & -DIRECT_BYTES; // where the gathered bytes go
        int from = (int) (position - unit);
        gathered.clear().position(from);
        for (int i = 0; i < count; i++) {
            while (sources[i].hasRemaining()) {
                move(sources[i], gathered);
                if (!gathered.hasRemaining()) {
                    write(gathered, from, unit);
                    unit += GATHERED_BYTES;
                    from = 0;
                    gathered.clear();
                }
            }
        }
        write(gathered, from, unit);
    }

    private static long bytes(ByteBuffer[] sources, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += sources[i].remaining();
        }
        return bytes;
    }

    private static void move(ByteBuffer source, ByteBuffer target) {
        int length = Math.min(source.remaining(), target.remaining());
        target.put(target.position(), source, source.position(), length);
        source.position(source.position() + length);
        target.position(target.position() + length);
    }

    /// Writes what lies from `from` to the position of `gathered`, whose first byte belongs at `unit`.
    private void write(ByteBuffer gathered, int from, long unit) throws IOException {
        int to = gathered.position();
        int first = Math.min(to, (int) StorageFile.roundUp(from));
        int last = Math.max(first, to & -DIRECT_BYTES);
        writeCached(gathered, from, first, unit);
        if (first < last) {
            direct.write(gathered.duplicate().limit(last).position(first), unit + first);
        }
        writeCached(gathered, last, to, unit);
    }

    private void writeCached(ByteBuffer gathered, int from, int to, long unit) throws IOException {
        if (from < to) {
            cached.write(gathered.duplicate().limit(to).position(from), unit + from);
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return cached.read(target, position);
    }

    @Override
    public void force() throws IOException {
        cached.force(); // of the file, however it was written
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
