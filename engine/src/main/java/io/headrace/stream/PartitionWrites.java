package io.headrace.stream;

import io.headrace.shard.Shard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What of a partition is in memory, and has to be written to its segments' files.
///
/// Threads: the loop of the partition; before it runs, the thread that recovers.
final class PartitionWrites {
    private static final int PIECES_MAX = 512;

    private final LogPartition partition;
    private final Streams streams;
    private final Shard shard;
    private final Recent recent;
    private final List<Segment> aborted = new ArrayList<>(1); // with entries that are not in their index's file
    private final List<Segment> whole = new ArrayList<>(1); // whose index is not in its file
    private int collecting; // batches that are being written
    boolean queued; // known to the writer

    PartitionWrites(LogPartition partition, Streams streams, Shard shard, Recent recent) {
        this.partition = partition;
        this.streams = streams;
        this.shard = shard;
        this.recent = recent;
    }

    /// The index of a segment has one more entry. It is written together with batches, at the latest with its marker.
    void aborted(Segment segment) {
        if (!aborted.contains(segment)) {
            aborted.add(segment);
        }
    }

    /// Nothing more is appended to a segment, whose index is written if that is not done.
    void sealed(Segment segment) {
        boolean unwritten = segment.index().filter(index -> !index.stored()).isPresent();
        if (unwritten && !segment.gone() && !whole.contains(segment)) {
            whole.add(segment);
            led();
        }
    }

    /// What replay left to be written is written with what comes.
    void led() {
        if (!whole.isEmpty() && streams.epoch() > 0) {
            streams.writeAgain(this);
        }
    }

    /// Writes the entries of each index that has so many; what is replayed does not wait in memory for its end.
    void replayed(int atLeast) {
        for (int i = aborted.size() - 1; i >= 0; i--) {
            var segment = aborted.get(i);
            var index = segment.aborted().orElseThrow();
            if (!segment.gone() && index.unwritten() < atLeast) {
                continue;
            }
            if (!segment.gone()) {
                streams.writeAborted(segment, index);
            }
            aborted.remove(i);
        }
    }

    /// Adds what is committed and not in its segment's file.
    void collect(List<SegmentWriter.Stretch> stretches) {
        queued = false;
        int end = committedBatches();
        for (int i = recent.written(); i < end; ) {
            int to = i + 1;
            while (to < end && to - i < PIECES_MAX && recent.segment(to) == recent.segment(i)) {
                to++;
            }
            stretches.add(stretch(i, to));
            i = to;
        }
        collecting += Math.max(0, end - recent.written());
        collectAborted(stretches);
        collectIndexes(stretches);
    }

    private void collectIndexes(List<SegmentWriter.Stretch> stretches) {
        whole.removeIf(segment -> {
            boolean committed = segment.endOffset() <= partition.highWatermark();
            if (committed && !segment.gone() && segment.index().isPresent()) {
                stretches.add(new SegmentWriter.Stretch.Index(
                        this, segment, segment.index().get(), segment.bytes(), segment.maxTimestamp()));
            }
            return committed || segment.gone();
        });
    }

    private int committedBatches() {
        return partition.gone() ? 0 : recent.find(partition.highWatermark() - 1) + 1;
    }

    private SegmentWriter.Stretch.Batches stretch(int from, int to) {
        var segment = recent.segment(from);
        var pieces = new ByteBuffer[segment.gone() ? 0 : to - from];
        var found = streams.found();
        for (int i = 0; i < pieces.length; i++) {
            int start = shard.find(recent.location(from + i), false, found);
            pieces[i] = found.page().slice(start, recent.length(from + i));
        }
        return new SegmentWriter.Stretch.Batches(this, segment, recent.position(from), pieces, to - from);
    }

    // also those whose markers are not committed: what a crash takes of them is written over
    private void collectAborted(List<SegmentWriter.Stretch> stretches) {
        for (var segment : aborted) {
            var index = segment.aborted().orElseThrow();
            if (!segment.gone() && index.unwritten() > 0) {
                stretches.add(new SegmentWriter.Stretch.Aborted(
                        this, segment, index.writtenBytes(), index.toWrite(), index.unwritten()));
            }
        }
        aborted.clear();
    }

    /// What was collected was tried to be written.
    void written(int batches, int collected) {
        collecting -= collected;
        if (partition.gone()) {
            dropped();
            return;
        }
        recent.written(batches);
        if (collecting == 0 && recent.written() < committedBatches()) {
            streams.writeAgain(this);
        }
    }

    /// As [#written], of the entries of an index.
    void writtenAborted(Segment segment, int entries) {
        var index = segment.aborted().orElseThrow();
        index.written(entries);
        if (index.unwritten() > 0 && !segment.gone()) {
            aborted(segment);
            streams.writeAgain(this);
        }
    }

    /// Nothing needs to be written any more.
    void dropped() {
        if (collecting == 0) {
            recent.clear();
        }
    }
}
