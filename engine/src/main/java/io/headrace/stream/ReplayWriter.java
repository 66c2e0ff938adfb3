package io.headrace.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;

/// Writes replayed batches to their segments' files, those of a segment together that follow each other in it, whatever
/// the log has between them. Memory for that is bounded: when it is used up, what was begun first is written.
///
/// Threads: the one that recovers.
final class ReplayWriter {
    static final int RUN_BYTES_MAX = 1 << 20;
    static final int ALL_BYTES_MAX = 16 << 20;
    private static final int RUN_BYTES_MIN = 4 << 10;

    /// Batches of one segment that are not written.
    private static final class Run {
        private final long position; // in the file
        private ByteBuffer bytes;

        Run(long position, int room) {
            this.position = position;
            this.bytes = ByteBuffer.allocate(Math.max(room, RUN_BYTES_MIN));
        }

        boolean goesOn(long at, int length) {
            return at == position + bytes.position() && bytes.position() + length <= RUN_BYTES_MAX;
        }

        void add(ByteBuffer batch) {
            if (bytes.remaining() < batch.remaining()) {
                int room = Math.max(2 * bytes.capacity(), bytes.position() + batch.remaining());
                bytes = ByteBuffer.allocate(Math.min(room, RUN_BYTES_MAX)).put(bytes.flip());
            }
            bytes.put(batch);
        }
    }

    private final SegmentFiles files;
    private final ByteBuffer[] pieces = new ByteBuffer[1];
    private final LinkedHashMap<Segment, Run> runs = new LinkedHashMap<>(); // the oldest first
    private long allBytes; // that runs have room for
    private int writes;

    ReplayWriter(SegmentFiles files) {
        this.files = files;
    }

    void write(Segment to, ByteBuffer batch, long at) {
        var run = runs.get(to);
        if (run != null && !run.goesOn(at, batch.remaining())) {
            write(to, remove(to));
            run = null;
        }
        if (batch.remaining() > RUN_BYTES_MAX / 2) {
            if (run != null) {
                write(to, remove(to));
            }
            put(to, batch, at);
            return;
        }
        if (run == null) {
            run = new Run(at, batch.remaining());
            allBytes += run.bytes.capacity();
            runs.put(to, run);
        }
        int room = run.bytes.capacity();
        run.add(batch);
        allBytes += run.bytes.capacity() - room;
        while (allBytes > ALL_BYTES_MAX) {
            var eldest = runs.firstEntry().getKey();
            write(eldest, remove(eldest));
        }
    }

    /// Writes what is left, and forgets the memory.
    void finish() {
        runs.forEach(this::write);
        runs.clear();
        allBytes = 0;
    }

    /// How often a file was written to.
    int writes() {
        return writes;
    }

    private Run remove(Segment segment) {
        var run = runs.remove(segment);
        allBytes -= run.bytes.capacity();
        return run;
    }

    private void write(Segment segment, Run run) {
        put(segment, run.bytes.flip(), run.position);
    }

    private void put(Segment segment, ByteBuffer bytes, long position) {
        if (segment.gone()) {
            return;
        }
        pieces[0] = bytes;
        writes++;
        try {
            files.write(segment, pieces, 1, position);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write segment " + segment.fileName(), e);
        }
    }
}
