package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.List;

/// All partitions in one section of a checkpoint. Batches are in the segments' files, which are forced before.
///
/// ```text
///  u8 version 3 | u32 partitions | partitions × {
///    u32 id | u64 start offset | u64 end offset | u64 compacted up to | what FeedBacklog draws |
///    u32 segments | segments × what Segment draws |
///    u32 producers | producers × { u64 id, u16 epoch, u32 coordinator epoch |
///      u64 first offset of the open transaction or -1, u64 last time, u8 batches |
///      batches × { u32 first sequence, u32 last sequence, u64 last offset, u64 time } } }
/// ```
/// Partitions that never held anything are left out.
///
/// Threads: the loop of the shard.
final class StreamSnapshot {
    private static final byte VERSION = 3;
    private static final byte WITHOUT_BACKLOG = 2;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;
    private static final int PARTITION_BYTES = 2 * Integer.BYTES + 3 * Long.BYTES;

    private StreamSnapshot() {}

    static ByteBuffer take(List<LogPartition> partitions) {
        var used = partitions.stream()
                .filter(partition -> partition.endOffset() > 0)
                .toList();
        long bytes = HEADER_BYTES;
        for (var partition : used) {
            bytes += PARTITION_BYTES
                    + (long) partition.segments().all().size() * Segment.BYTES
                    + partition.feed().backlog().snapshotBytes()
                    + partition.producers().snapshotBytes();
        }
        var target = ByteBuffer.allocate(Math.toIntExact(bytes));
        target.put(VERSION).putInt(used.size());
        used.forEach(partition -> write(partition, target));
        return target.flip();
    }

    private static void write(LogPartition partition, ByteBuffer target) {
        target.putInt(partition.id()).putLong(partition.startOffset()).putLong(partition.endOffset());
        target.putLong(partition.segments().compactedTo());
        partition.feed().backlog().write(target);
        var segments = partition.segments().all();
        target.putInt(segments.size());
        segments.forEach(segment -> segment.write(target));
        partition.producers().write(target);
    }

    static void restore(ByteBuffer source, Streams streams, long nowMillis) {
        byte version = source.get();
        if (version != VERSION && version != WITHOUT_BACKLOG && source.getInt(source.position()) > 0) {
            throw new IllegalStateException(
                    "snapshot of partitions of version " + version + ", this broker reads " + VERSION);
        }
        for (int i = source.getInt(); i > 0; i--) {
            read(source, version, streams.forRestore(source.getInt()), nowMillis);
        }
    }

    private static void read(ByteBuffer source, byte version, LogPartition partition, long nowMillis) {
        partition.restore(source.getLong(), source.getLong());
        partition.segments().compactedTo(source.getLong());
        if (version != WITHOUT_BACKLOG) {
            partition.feed().backlog().read(source);
        }
        for (int i = source.getInt(); i > 0; i--) {
            partition.segments().restored(Segment.read(partition.id(), source));
        }
        partition.producers().read(source, nowMillis);
    }
}
