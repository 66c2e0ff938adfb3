package io.headrace.bridge;

import io.headrace.shard.Shard;
import io.headrace.stream.BatchWriter;
import io.headrace.stream.Partition;
import io.headrace.stream.Streams;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/// The records that AMQP published in this turn: one batch for each partition, appended when the entry that has room
/// for them is about to be closed.
///
/// Threads: the loop.
final class TurnBatches {
    /// The most that a batch encodes besides its records.
    static final int BATCH_BYTES = Streams.APPEND_BYTES + BatchWriter.OVERHEAD_BYTES;

    /// More than this does not wait for the end of the turn.
    private static final int WAITING_BYTES_MAX = 256 << 10;
    private static final int SPARE_MAX = 16;

    private final Shard shard;
    private final Map<Partition, BatchWriter> waiting = new LinkedHashMap<>();
    private final Map<Partition, BatchWriter> late = new LinkedHashMap<>(); // that are passed on later
    private final ArrayDeque<BatchWriter> spare = new ArrayDeque<>();
    private long waitingBytes;

    TurnBatches(Shard shard) {
        this.shard = shard;
    }

    /// Adds a record, for which room was made sure of with [Shard#together].
    ///
    /// @param isLate whether it is passed on behind what waits in the partition
    void add(Partition partition, boolean isLate, byte[] key, Publication message, ByteBuffer headers) {
        var batches = isLate ? late : waiting;
        var batch = batches.get(partition);
        if (batch == null) {
            batch = spare.isEmpty() ? new BatchWriter() : spare.removeLast();
            batches.put(partition, batch);
        }
        int before = batch.isEmpty() ? -Streams.APPEND_BYTES : batch.bytes();
        batch.add(shard.loop().clock().millis(), key, message.bodyBytes(), message, headers);
        int more = batch.bytes() - before;
        shard.hold(more);
        shard.urgent();
        waitingBytes += more;
    }

    /// A batch that is large enough does not grow on; asked after each message, whose records may be for several.
    void appendIfLarge() {
        if (waitingBytes > WAITING_BYTES_MAX) {
            shard.encodeHeld();
        }
    }

    /// Into the room that was held.
    void append() {
        append(waiting, false);
        append(late, true);
        waitingBytes = 0;
    }

    private void append(Map<Partition, BatchWriter> batches, boolean areLate) {
        batches.forEach((partition, batch) -> {
            if (!batch.isEmpty()) {
                var finished = batch.finish();
                if (!partition.gone()) {
                    partition.appendInternal(finished, areLate);
                }
            }
            if (spare.size() < SPARE_MAX) {
                spare.addLast(batch);
            }
        });
        batches.clear();
    }
}
