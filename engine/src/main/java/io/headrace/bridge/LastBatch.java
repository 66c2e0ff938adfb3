package io.headrace.bridge;

import io.headrace.stream.Partition;
import io.headrace.stream.ReadResult;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Finds the last batch of a partition that has records for a reader: a marker has none, nor have batches that were
/// aborted or emptied by compaction. Looks at a stretch before the last stable offset, and at one twice as long before
/// that, until there is one.
///
/// Threads: the loop.
final class LastBatch {
    private static final int READ_BYTES = 128 << 10;

    private final Partition partition;
    private final LongConsumer answer;
    private final long end;
    private long from; // of the stretch
    private long to;
    private long found = -1;
    private ByteBuffer buffer = ByteBuffer.allocate(0);

    private LastBatch(Partition partition, LongConsumer answer) {
        this.partition = partition;
        this.answer = answer;
        this.end = partition.lastStableOffset();
        this.to = end;
        this.from = end - 1;
    }

    /// @param answer gets its first offset; or where the committed records end, if none has any. Before this returns,
    /// if
    ///     everything is in memory
    static void find(Partition partition, LongConsumer answer) {
        new LastBatch(partition, answer).read(partition.lastStableOffset() - 1);
    }

    private void read(long offset) {
        long next = Math.max(offset, partition.startOffset());
        if (partition.gone()) {
            answer.accept(end);
        } else if (next < to) {
            partition.read(next, to, READ_BYTES, true, this::room, result -> arrived(next, result));
        } else if (found >= 0) {
            answer.accept(found);
        } else if (from <= partition.startOffset()) {
            answer.accept(end);
        } else {
            to = from;
            from = end - 2 * (end - from);
            read(from);
        }
    }

    // on any thread; nobody looks at the buffer until the answer
    private ByteBuffer room(int bytes) {
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocate(Math.max(bytes, READ_BYTES));
        }
        return buffer.clear();
    }

    private void arrived(long offset, ReadResult result) {
        switch (result) {
            case ReadResult.Batches(int bytes)
            when bytes > 0 ->
                look(offset, MemoryRecords.readableRecords(buffer.clear().limit(bytes)));
            case ReadResult.Batches _ -> read(to);
            case ReadResult.OutOfRange _ -> read(offset); // it starts later now
            case ReadResult.Gone _ -> answer.accept(end);
        }
    }

    private void look(long offset, MemoryRecords read) {
        long next = offset;
        for (var batch : read.batches()) {
            next = batch.nextOffset();
        }
        long readTo = next;
        partition.aborted(offset, readTo, among -> {
            var aborted = new AbortedRecords(among);
            for (var batch : read.batches()) {
                boolean some = batch.countOrNull() == null || batch.countOrNull() > 0;
                if (!aborted.leavesOut(batch) && some) {
                    found = batch.baseOffset();
                }
            }
            read(readTo);
        });
    }
}
