package io.headrace.stream;

import java.util.Optional;

/// A stretch of a partition that is kept, and goes, as one file.
///
/// Threads: the loop of the partition; [#partition], [#baseOffset] and [#fileName] any.
final class Segment {
    private final int partition;
    private final long baseOffset;
    private long endOffset;
    private int bytes;
    private long firstTimestamp = -1;
    private long maxTimestamp = -1;
    private boolean gone;
    private SegmentIndex index; // null when it has to be made from the file

    private Segment(int partition, long baseOffset) {
        this.partition = partition;
        this.baseOffset = baseOffset;
        this.endOffset = baseOffset;
    }

    static Segment begin(int partition, long baseOffset, int indexIntervalBytes) {
        var segment = new Segment(partition, baseOffset);
        segment.index = new SegmentIndex(indexIntervalBytes);
        return segment;
    }

    /// As a checkpoint knows it.
    static Segment restored(
            int partition, long baseOffset, long endOffset, int bytes, long firstTimestamp, long maxTimestamp) {
        var segment = new Segment(partition, baseOffset);
        segment.endOffset = endOffset;
        segment.bytes = bytes;
        segment.firstTimestamp = firstTimestamp;
        segment.maxTimestamp = maxTimestamp;
        return segment;
    }

    /// @return where in the file the batch goes
    int append(long batchOffset, long nextOffset, int length, long baseTimestamp, long batchMaxTimestamp) {
        int position = bytes;
        if (index != null) {
            index.add((int) (batchOffset - baseOffset), position, maxTimestamp);
        }
        if (position == 0) {
            firstTimestamp = Math.max(baseTimestamp, batchMaxTimestamp);
        }
        endOffset = nextOffset;
        bytes += length;
        maxTimestamp = Math.max(maxTimestamp, batchMaxTimestamp);
        return position;
    }

    /// Its offsets are below the partition's start: the file is about to be deleted.
    void drop() {
        gone = true;
    }

    boolean gone() {
        return gone;
    }

    int partition() {
        return partition;
    }

    long baseOffset() {
        return baseOffset;
    }

    long endOffset() {
        return endOffset;
    }

    int bytes() {
        return bytes;
    }

    long firstTimestamp() {
        return firstTimestamp;
    }

    long maxTimestamp() {
        return maxTimestamp;
    }

    Optional<SegmentIndex> index() {
        return Optional.ofNullable(index);
    }

    void index(SegmentIndex made) {
        index = made;
    }

    String fileName() {
        return SegmentFiles.name(partition, baseOffset);
    }
}
