package io.headrace.stream;

import io.headrace.shard.Shard;
import java.util.Optional;

/// Who passes on what a partition gets, and what of it waits for that.
///
/// Threads: the loop of the partition; before it runs, the thread that recovers.
final class PartitionFeed {
    private final LogPartition partition;
    private final Shard shard;
    private final FeedBacklog backlog = new FeedBacklog();
    private Optional<Tap> tap = Optional.empty();

    PartitionFeed(LogPartition partition, Shard shard) {
        this.partition = partition;
        this.shard = shard;
    }

    Optional<Tap> tap() {
        return tap;
    }

    void tap(Optional<Tap> by) {
        tap = by;
    }

    FeedBacklog backlog() {
        return backlog;
    }

    /// As [Partition#passedOn].
    void passedOn(long offset) {
        if (!backlog.isEmpty()) {
            int at = shard.reserve(StreamOps.PASSED_BYTES);
            StreamOps.passed(shard.durablePage(), at, partition.id(), offset);
            backlog.passed(offset);
        }
    }

    /// Has what waits passed on, as far as it may be; if nobody does that any more, it need not be.
    void passOn() {
        if (!backlog.isEmpty()) {
            tap.ifPresentOrElse(by -> by.late(partition), () -> passedOn(partition.endOffset()));
        }
    }
}
