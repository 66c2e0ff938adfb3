package io.headrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Writes one [ColdFile]. It counts from the moment it has its name.
///
/// Threads: its owner.
final class ColdWriter implements AutoCloseable {
    private static final String UNFINISHED = ColdFile.DIRECTORY + "/cold.new";
    private static final int BUFFER_BYTES = 256 << 10;

    private final Storage storage;
    private final StorageFile file;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final List<Point> points = new ArrayList<>();
    private long written;
    private boolean finished;

    private record Point(int group, long location, long position) {}

    private ColdWriter(Storage storage, StorageFile file) {
        this.storage = storage;
        this.file = file;
    }

    static ColdWriter begin(Storage storage) throws IOException {
        if (storage.exists(UNFINISHED)) {
            storage.delete(UNFINISHED);
        }
        return new ColdWriter(storage, storage.create(UNFINISHED));
    }

    /// Adds a survivor: ascending by group, then location.
    void add(int group, long location, ByteBuffer bytes) throws IOException {
        long position = written + buffer.position();
        if (points.isEmpty() || position - points.getLast().position >= ColdFile.POINT_SPACING_BYTES) {
            points.add(new Point(group, location, position));
        }
        int length = bytes.remaining();
        crc.reset();
        crc.update(bytes.duplicate());
        room(ColdFile.RECORD_HEADER_BYTES);
        buffer.putLong(location)
                .putInt(group)
                .putInt(length)
                .putInt((int) crc.getValue())
                .putInt(0);
        put(bytes);
        // the buffer's size is a multiple of the alignment, so there is room
        while (buffer.position() % WalBlock.ENTRY_ALIGNMENT != 0) {
            buffer.put((byte) 0);
        }
    }

    /// Completes the file with what it holds, forces it, and gives it its name.
    void finish(int number, List<Extent> extents) throws IOException {
        flush();
        var tail = ByteBuffer.allocate(
                points.size() * ColdFile.POINT_BYTES + extents.size() * ColdFile.EXTENT_BYTES + ColdFile.FOOTER_BYTES);
        for (var point : points) {
            tail.putInt(point.group).putInt(0).putLong(point.location).putLong(point.position);
        }
        for (var extent : extents) {
            tail.putInt(extent.number).putInt(0);
            for (int group = 0; group < WalFile.GROUPS_MAX; group++) {
                tail.putLong(extent.first(group)).putLong(extent.end(group));
            }
        }
        tail.putInt(ColdFile.MAGIC).putInt(ColdFile.VERSION);
        tail.putInt(points.size()).putInt(extents.size());
        tail.position(tail.limit());
        tail.flip();
        tail.putInt(tail.limit() - 4, ColdFile.checksum(tail));
        file.write(tail, written);
        file.force();
        file.close();
        storage.rename(UNFINISHED, ColdFile.path(number));
        storage.forceDirectory(ColdFile.DIRECTORY);
        finished = true;
    }

    /// Unless finished, leaves nothing behind.
    @Override
    public void close() throws IOException {
        if (!finished) {
            file.close();
            storage.delete(UNFINISHED);
        }
    }

    private void put(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            room(1);
            int count = Math.min(bytes.remaining(), buffer.remaining());
            buffer.put(buffer.position(), bytes, bytes.position(), count);
            buffer.position(buffer.position() + count);
            bytes.position(bytes.position() + count);
        }
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        int bytes = buffer.position();
        file.write(buffer.flip(), written);
        written += bytes;
        buffer.clear();
    }
}
