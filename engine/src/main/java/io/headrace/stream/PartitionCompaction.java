package io.headrace.stream;

import io.headrace.shard.Shard;
import java.util.List;

/// Has a partition compacted: chooses the segments, lets a file thread do the work, and puts what came out in the place
/// of what went in, in one operation.
///
/// Threads: the loop of the partition.
final class PartitionCompaction {
    private final LogPartition partition;
    private final Streams streams;
    private final Shard shard;
    private final Segments segments;
    private final ProducerStates producers;
    private final PartitionReads reads;

    PartitionCompaction(LogPartition partition, Streams streams, Shard shard, PartitionReads reads) {
        this.partition = partition;
        this.streams = streams;
        this.shard = shard;
        this.segments = partition.segments();
        this.producers = partition.producers();
        this.reads = reads;
    }

    /// Begins to compact what may be, if the topic wants it and it is worth it.
    ///
    /// @param ended runs when that is over
    /// @return whether it has begun
    boolean begin(Runnable ended) {
        var settings = partition.settings();
        long now = shard.loop().clock().millis();
        var sources = settings.compacted()
                ? segments.compactable(settings, now, partition.lastStableOffset())
                : List.<Segment>of();
        if (sources.isEmpty()) {
            return false;
        }
        streams.flush(whole -> {
            boolean written =
                    whole && sources.stream().allMatch(segment -> reads.writtenBytes(segment) == segment.bytes());
            if (written && !partition.gone()) {
                streams.compactions().run(source(sources), settings, result -> {
                    ended(sources, result);
                    ended.run();
                });
            } else {
                ended.run();
            }
        });
        return true;
    }

    // the markers of all that was aborted in the sources are committed, since these are stable; so they are in the
    // files, wherever they lie
    private Compaction.Source source(List<Segment> sources) {
        var aborted = segments.aborting(sources.getFirst().baseOffset()).stream()
                .map(segment -> new AbortedFile.Part(
                        segment, segment.aborted().orElseThrow().written(), segment.endOffset()))
                .toList();
        return new Compaction.Source(sources, aborted, producers.newest(), segments.compactedTo());
    }

    // what was trimmed meanwhile is not brought back
    private void ended(List<Segment> sources, Compaction.Result result) {
        if (result.compactedTo() == 0) {
            return;
        }
        if (partition.gone() || sources.stream().anyMatch(Segment::gone)) {
            result.segments().forEach(streams::deleteUnused);
            return;
        }
        int at = shard.reserve(StreamOps.replaceBytes(result.segments().size()));
        StreamOps.replace(shard.durablePage(), at, partition.id(), result.compactedTo(), result.segments());
        partition.replaced(result.compactedTo(), result.segments());
    }
}
