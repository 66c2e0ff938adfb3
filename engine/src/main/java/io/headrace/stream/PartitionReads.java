package io.headrace.stream;

import io.headrace.shard.Shard;
import java.util.Optional;
import java.util.function.Consumer;

/// Finds what a partition is asked for: in memory, else in its segments' files.
///
/// Threads: the loop of the partition.
final class PartitionReads {
    private final LogPartition partition;
    private final Streams streams;
    private final Shard shard;
    private final Segments segments;
    private final Recent recent;
    private final PartitionWrites writes;
    private Optional<ReadAhead.Place> fileEnd = Optional.empty(); // of the last read: who goes on there reads in order

    PartitionReads(
            LogPartition partition,
            Streams streams,
            Shard shard,
            Segments segments,
            Recent recent,
            PartitionWrites writes) {
        this.partition = partition;
        this.streams = streams;
        this.shard = shard;
        this.segments = segments;
        this.recent = recent;
        this.writes = writes;
    }

    /// As [Partition#read].
    void read(SegmentRead.Wanted wanted, ReadTarget target, Consumer<ReadResult> answer) {
        long offset = wanted.offset();
        if (partition.gone()) {
            answer.accept(new ReadResult.Gone());
        } else if (offset < partition.startOffset() || offset > partition.endOffset()) {
            answer.accept(new ReadResult.OutOfRange());
        } else if (offset >= wanted.end()) {
            answer.accept(new ReadResult.Batches(0));
        } else if (!readMemory(wanted, target, answer)) {
            readFile(wanted, target, answer);
        }
    }

    private boolean readMemory(SegmentRead.Wanted wanted, ReadTarget target, Consumer<ReadResult> answer) {
        int first = recent.find(wanted.offset());
        var found = streams.found();
        if (first < 0 || !inMemory(first, found)) {
            return false;
        }
        int bytes = 0;
        int last = first;
        while (last < recent.count()
                && recent.baseOffset(last) < wanted.end()
                && (bytes + recent.length(last) <= wanted.maxBytes() || wanted.oneAtLeast() && last == first)
                && inMemory(last, found)) {
            bytes += recent.length(last++);
        }
        if (bytes > 0) {
            var room = target.room(bytes);
            for (int i = first; i < last; i++) {
                int start = shard.find(recent.location(i), false, found);
                room.put(room.position(), found.page(), start, recent.length(i));
                room.position(room.position() + recent.length(i));
            }
        }
        answer.accept(new ReadResult.Batches(bytes));
        return true;
    }

    private boolean inMemory(long offset) {
        int i = recent.find(offset);
        return i >= 0 && inMemory(i, streams.found());
    }

    private boolean inMemory(int i, Shard.Found found) {
        return recent.location(i) != Recent.NOWHERE && shard.find(recent.location(i), false, found) >= 0;
    }

    private void readFile(SegmentRead.Wanted wanted, ReadTarget target, Consumer<ReadResult> answer) {
        var ahead = streams.ahead().find(partition.id(), wanted.offset());
        if (ahead.isEmpty()) {
            readFileNow(wanted, target, answer);
        } else if (ahead.get().ready()) {
            answer.accept(new ReadResult.Batches(give(ahead.get(), wanted, target)));
        } else {
            ahead.get().whenReady(() -> read(wanted, target, answer));
        }
    }

    private int give(ReadAhead.Chunk ahead, SegmentRead.Wanted wanted, ReadTarget target) {
        int bytes = ahead.give(wanted, target, () -> readAhead(ahead.place(), wanted.maxBytes()));
        fileEnd = Optional.of(ahead.place());
        return bytes;
    }

    private void readFileNow(SegmentRead.Wanted wanted, ReadTarget target, Consumer<ReadResult> answer) {
        var segment = segments.holding(wanted.offset());
        int interval = partition.settings().indexIntervalBytes();
        boolean inOrder =
                fileEnd.isPresent() && wanted.offset() == fileEnd.get().offset();
        boolean unknown = segment.index().isEmpty();
        streams.read(segment, writtenBytes(segment), interval, wanted, target, got -> {
            if (unknown && segment != segments.active()) {
                writes.sealed(segment);
            }
            if (partition.gone()) {
                answer.accept(new ReadResult.Gone());
            } else if (wanted.offset() < partition.startOffset()) {
                answer.accept(new ReadResult.OutOfRange());
            } else if (segment.gone()) { // compacted meanwhile
                read(wanted, target, answer);
            } else if (!got.here()) { // the rest of the segment was compacted away
                read(wanted.from(segment.endOffset()), target, answer);
            } else {
                if (got.bytes() > 0) {
                    var place = new ReadAhead.Place(segment, got.nextPosition(), got.nextOffset());
                    fileEnd = Optional.of(place);
                    if (inOrder) {
                        readAhead(place, wanted.maxBytes());
                    }
                }
                answer.accept(new ReadResult.Batches(got.bytes()));
            }
        });
    }

    // what follows in the files, unless the reader has reached what is in memory, or another one was here since
    private void readAhead(ReadAhead.Place end, int bytes) {
        if (partition.gone() || !fileEnd.equals(Optional.of(end))) {
            return;
        }
        streams.ahead().drop(partition.id());
        if (end.offset() < partition.endOffset() && !inMemory(end.offset())) {
            var segment = segments.holding(end.offset());
            from(segment, end).ifPresent(place -> streams.ahead().begin(place, writtenBytes(segment), bytes));
        }
    }

    // empty if the segment was compacted meanwhile
    private static Optional<ReadAhead.Place> from(Segment segment, ReadAhead.Place end) {
        if (segment == end.segment()) {
            return Optional.of(end);
        }
        boolean wholly = end.offset() <= segment.baseOffset();
        return wholly ? Optional.of(new ReadAhead.Place(segment, 0, end.offset())) : Optional.empty();
    }

    /// Of the segment's file; what follows is in memory.
    int writtenBytes(Segment segment) {
        for (int i = recent.written(); i < recent.count(); i++) {
            if (recent.segment(i) == segment) {
                return recent.position(i);
            }
            if (recent.segment(i).baseOffset() > segment.baseOffset()) {
                break;
            }
        }
        return segment.bytes();
    }

    /// As [Partition#readableBytes].
    int readableBytes(long offset, long end, int maxBytes) {
        if (partition.gone() || offset >= Math.min(end, partition.endOffset()) || offset < partition.startOffset()) {
            return 0;
        }
        int first = recent.find(offset);
        if (first < 0) {
            return (int) Math.min(maxBytes, segments.bytesFrom(offset));
        }
        long bytes = 0;
        for (int i = first; i < recent.count() && recent.baseOffset(i) < end && bytes < maxBytes; i++) {
            bytes += recent.length(i);
        }
        return (int) Math.min(maxBytes, bytes);
    }

    /// Files are searched: what is committed is written to them first.
    void search(TimeSearch search, Consumer<Optional<TimedOffset>> answer) {
        streams.flush(whole -> streams.search(
                search,
                segments.searched(partition.startOffset(), this::writtenBytes),
                partition.startOffset(),
                partition.highWatermark(),
                found -> answer.accept(
                        found.map(at -> new TimedOffset(at.offset(), at.timestampMillis(), partition.leaderEpoch())))));
    }
}
