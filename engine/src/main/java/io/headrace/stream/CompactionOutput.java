package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The new segments of a compaction: as few as the size of segments allows.
///
/// Threads: a file thread.
final class CompactionOutput {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int ABORTED_MAX = 4096; // so many wait in memory
    /// So that the end of a pass does not bring the device gigabytes at once, for which the log's force would wait.
    private static final int UNFORCED_BYTES_MAX = 8 << 20;

    private final SegmentFiles files;
    private final int partition;
    private final int generation;
    private final TopicSettings settings;
    private final List<Segment> segments = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer[] pieces = new ByteBuffer[1];
    private long written; // of the last segment
    private long unforced; // of it
    private long writtenBytes;

    CompactionOutput(SegmentFiles files, int partition, int generation, TopicSettings settings) {
        this.files = files;
        this.partition = partition;
        this.generation = generation;
        this.settings = settings;
    }

    List<Segment> segments() {
        return segments;
    }

    /// Of all segments.
    long writtenBytes() {
        return writtenBytes;
    }

    void add(ByteBuffer batch) throws IOException {
        long base = BatchHeader.baseOffset(batch, 0);
        long next = BatchHeader.nextOffset(batch, 0);
        int length = batch.capacity();
        if (segments.isEmpty()
                || segments.getLast().bytes() > settings.segmentBytes() - length
                || next - segments.getLast().baseOffset() > Integer.MAX_VALUE) {
            seal();
            written = 0;
            segments.add(Segment.begin(partition, base, generation, settings.indexIntervalBytes()));
        }
        // a batch without records has times no more
        long timestamp = BatchHeader.recordCount(batch, 0) == 0 ? -1 : BatchHeader.maxTimestamp(batch, 0);
        segments.getLast().append(base, next, length, timestamp);
        if (buffer.remaining() < length) {
            flush();
        }
        if (buffer.remaining() < length) {
            write(batch);
        } else {
            buffer.put(batch);
        }
    }

    /// The batch that was added last is its marker.
    void add(AbortedRange aborted) throws IOException {
        var segment = segments.getLast();
        segment.add(aborted);
        if (segment.aborted().orElseThrow().unwritten() >= ABORTED_MAX) {
            writeAborted(segment);
        }
    }

    /// Everything is there and lasts.
    void finish(long endOffset) throws IOException {
        seal();
        if (!segments.isEmpty()) {
            segments.getLast().extendTo(endOffset);
            files.forceNames();
        }
    }

    private void seal() throws IOException {
        flush();
        if (!segments.isEmpty()) {
            var segment = segments.getLast();
            writeAborted(segment);
            segment.seal();
            files.writeIndex(
                    segment,
                    SegmentIndexFile.encode(
                            segment.index().orElseThrow(),
                            segment.baseOffset(),
                            segment.bytes(),
                            segment.maxTimestamp()));
            force();
        }
    }

    private void writeAborted(Segment segment) throws IOException {
        var index = segment.aborted();
        if (index.isPresent() && index.get().unwritten() > 0) {
            files.writeAborted(segment, index.get().toWrite(), index.get().writtenBytes());
            index.get().written(index.get().unwritten());
        }
    }

    private void flush() throws IOException {
        if (buffer.position() > 0) {
            write(buffer.flip());
            buffer.clear();
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        pieces[0] = bytes;
        files.write(segments.getLast(), pieces, 1, written);
        written += length;
        writtenBytes += length;
        unforced += length;
        if (unforced >= UNFORCED_BYTES_MAX) {
            force();
        }
    }

    private void force() throws IOException {
        files.force(segments.getLast());
        unforced = 0;
    }
}
