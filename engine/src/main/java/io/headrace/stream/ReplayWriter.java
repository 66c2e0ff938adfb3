package io.headrace.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// Writes replayed batches to their segments' files, those that follow each other together.
///
/// Threads: the one that recovers.
final class ReplayWriter {
    private static final int BUFFER_BYTES = 1 << 20;

    private final SegmentFiles files;
    private final ByteBuffer[] pieces = new ByteBuffer[1];
    private ByteBuffer buffer; // null while nothing was replayed
    private Segment segment;
    private long position;

    ReplayWriter(SegmentFiles files) {
        this.files = files;
    }

    void write(Segment to, ByteBuffer batch, long at) {
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        }
        boolean follows = to == segment && at == position + buffer.position();
        if (!follows || buffer.remaining() < batch.remaining()) {
            flush();
            segment = to;
            position = at;
        }
        if (batch.remaining() <= buffer.remaining()) {
            buffer.put(batch);
        } else {
            put(batch);
            position += batch.capacity();
        }
    }

    /// Writes what is left, and forgets the memory.
    void finish() {
        if (buffer != null) {
            flush();
            buffer = null;
            segment = null;
        }
    }

    private void flush() {
        if (buffer.position() > 0) {
            if (!segment.gone()) {
                put(buffer.flip());
            }
            buffer.clear();
        }
    }

    private void put(ByteBuffer bytes) {
        pieces[0] = bytes;
        try {
            files.write(segment, pieces, 1, position);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write segment " + segment.fileName(), e);
        }
    }
}
