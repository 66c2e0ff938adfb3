package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A stretch of a partition that is kept, and goes, as one file.
///
/// What is known of it without the file, [#BYTES] in checkpoints and operations:
/// ```text
///  u64 base offset | u64 end offset | u32 bytes | u64 first time | u64 greatest time | u32 generation |
///  u32 aborted transactions in its index
/// ```
///
/// Threads: the loop of the partition; [#partition], [#baseOffset] and names of files any.
final class Segment {
    static final int BYTES = 4 * Long.BYTES + 3 * Integer.BYTES;

    private final int partition;
    private final long baseOffset;
    private final int generation; // one more each time it was compacted
    private long endOffset;
    private int bytes;
    private long firstTimestamp = -1;
    private long maxTimestamp = -1;
    private boolean gone;
    private SegmentIndex index; // null when it has to be made from the file
    private AbortedIndex aborted; // null as long as there is none

    private Segment(int partition, long baseOffset, int generation) {
        this.partition = partition;
        this.generation = generation;
        this.baseOffset = baseOffset;
        this.endOffset = baseOffset;
    }

    static Segment begin(int partition, long baseOffset, int generation, int indexIntervalBytes) {
        var segment = new Segment(partition, baseOffset, generation);
        segment.index = new SegmentIndex(indexIntervalBytes);
        return segment;
    }

    /// Reads what [#write] wrote.
    static Segment read(int partition, ByteBuffer source) {
        long baseOffset = source.getLong();
        long endOffset = source.getLong();
        int bytes = source.getInt();
        long firstTimestamp = source.getLong();
        long maxTimestamp = source.getLong();
        var segment = new Segment(partition, baseOffset, source.getInt());
        segment.endOffset = endOffset;
        segment.bytes = bytes;
        segment.firstTimestamp = firstTimestamp;
        segment.maxTimestamp = maxTimestamp;
        int abortedCount = source.getInt();
        if (abortedCount > 0) {
            segment.aborted = new AbortedIndex(abortedCount);
        }
        return segment;
    }

    void write(ByteBuffer target) {
        target.putLong(baseOffset).putLong(endOffset).putInt(bytes);
        target.putLong(firstTimestamp).putLong(maxTimestamp).putInt(generation);
        target.putInt(abortedCount());
    }

    /// What follows up to `offset` was taken out.
    void extendTo(long offset) {
        endOffset = offset;
    }

    /// @return where in the file the batch goes
    int append(long batchOffset, long nextOffset, int length, long batchMaxTimestamp) {
        int position = bytes;
        if (index != null) {
            index.add((int) (batchOffset - baseOffset), position, maxTimestamp);
        }
        if (position == 0) {
            firstTimestamp = batchMaxTimestamp;
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

    int generation() {
        return generation;
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

    /// The marker of an aborted transaction is in this segment.
    void add(AbortedRange range) {
        if (aborted == null) {
            aborted = new AbortedIndex();
        }
        aborted.add(range);
    }

    int abortedCount() {
        return aborted == null ? 0 : aborted.count();
    }

    /// Empty as long as there is none.
    Optional<AbortedIndex> aborted() {
        return Optional.ofNullable(aborted);
    }

    /// Nothing more is appended.
    void seal() {
        if (aborted != null) {
            aborted.seal();
        }
    }

    /// Of the file with its aborted transactions.
    String abortedName() {
        return SegmentFiles.abortedName(partition, baseOffset, generation);
    }

    /// Of the file with its index.
    String indexName() {
        return SegmentFiles.indexName(partition, baseOffset, generation);
    }

    String fileName() {
        return SegmentFiles.name(partition, baseOffset, generation);
    }
}
