package io.headrace.queue;

import io.headrace.log.Reclaim;
import java.nio.ByteBuffer;

/// The queues' part of one checkpoint, captured on the loop between two turns.
///
/// @param snapshot for [io.headrace.log.Checkpoints.Section]
/// @param live what the checkpoint refers to, for [Reclaim#live] once it is durable
public record QueueCheckpoint(ByteBuffer snapshot, Reclaim.LiveCounts live) {
    /// @param writtenOffset entries of the group up to here are known to be written
    /// @param cleanBytesMax see [LiveExtents]
    public static QueueCheckpoint capture(Queues queues, Reclaim reclaim, long writtenOffset, long cleanBytesMax) {
        var snapshot = QueueSnapshot.take(queues);
        return new QueueCheckpoint(snapshot, LiveExtents.of(queues, reclaim, writtenOffset, cleanBytesMax));
    }

    /// The checkpoint is durable: on the loop again.
    public static void durable(Queues queues) {
        queues.store().checkpointed();
    }
}
