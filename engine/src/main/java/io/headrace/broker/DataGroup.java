package io.headrace.broker;

import io.headrace.bridge.Bridge;
import io.headrace.log.EntryFrame;
import io.headrace.log.StateMachine;
import io.headrace.queue.Queues;
import io.headrace.shard.Shard;
import io.headrace.stream.Streams;
import io.headrace.stream.share.ShareOperations;
import java.nio.ByteBuffer;

/// The state machine of the DATA group: queues, partitions and share groups, whose operations lie in the same entries,
/// so that one publish can be for queues and partitions.
///
/// ```text
///  snapshot   u8 version 3 | u32 length, queues | u32 length, partitions | share groups
///             version 2 had no share groups, and no length of partitions
///             version 1 had queues only, and was theirs
/// ```
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
final class DataGroup implements Shard.Work, StateMachine {
    private static final byte VERSION = 3;
    private static final byte WITHOUT_SHARES = 2;
    private static final byte QUEUES_ONLY = 1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private final Queues queues;
    private final Streams streams;
    private final ShareOperations shares;
    private final Bridge bridge;

    DataGroup(Queues queues, Streams streams, ShareOperations shares, Bridge bridge) {
        this.queues = queues;
        this.streams = streams;
        this.shares = shares;
        this.bridge = bridge;
    }

    @Override
    public void encodeHeld() {
        bridge.encodeHeld();
    }

    @Override
    public void encode() {
        queues.encode();
    }

    @Override
    public void apply(long entry, ByteBuffer page, int entryStart, int valueStart, int valueEnd, boolean durable) {
        for (int at = valueStart; at < valueEnd; ) {
            byte type = page.get(at);
            if (Streams.owns(type)) {
                at = streams.apply(entry, page, entryStart, at, durable);
            } else if (ShareOperations.owns(type)) {
                at = shares.apply(entry, page, entryStart, at, durable);
            } else {
                at = queues.apply(entry, page, entryStart, at, durable);
            }
        }
    }

    @Override
    public boolean deliver() {
        return queues.deliver() | bridge.deliver();
    }

    @Override
    public void committed(long offset) {
        queues.committed(offset);
        streams.committed(offset);
    }

    @Override
    public void apply(long offset, long timestampMillis, ByteBuffer page, int entryStart, int valueBytes) {
        int start = entryStart + EntryFrame.VALUE_START;
        for (int at = start; at < start + valueBytes; ) {
            byte type = page.get(at);
            if (Streams.owns(type)) {
                at = streams.replay(offset, page, entryStart, at);
            } else if (ShareOperations.owns(type)) {
                at = shares.replay(offset, page, entryStart, at);
            } else {
                at = queues.replay(offset, page, entryStart, at);
            }
        }
    }

    static ByteBuffer snapshot(ByteBuffer queues, ByteBuffer partitions, ByteBuffer shares) {
        int bytes = queues.remaining() + partitions.remaining() + shares.remaining();
        var target = ByteBuffer.allocate(HEADER_BYTES + Integer.BYTES + bytes);
        return target.put(VERSION)
                .putInt(queues.remaining())
                .put(queues)
                .putInt(partitions.remaining())
                .put(partitions)
                .put(shares)
                .flip();
    }

    @Override
    public void restore(ByteBuffer snapshot) {
        int start = snapshot.position();
        byte version = snapshot.get(start);
        switch (version) {
            case QUEUES_ONLY -> {
                queues.restore(snapshot);
                streams.reset();
                shares.reset();
            }
            case WITHOUT_SHARES -> {
                var rest = restoreQueues(snapshot);
                streams.restore(rest);
                shares.reset();
            }
            case VERSION -> {
                var rest = restoreQueues(snapshot);
                int partitions = rest.getInt();
                streams.restore(rest.slice(rest.position(), partitions));
                shares.restore(rest.position(rest.position() + partitions).slice());
            }
            default ->
                throw new IllegalStateException("data snapshot of version " + version + ", known is " + VERSION
                        + ": a newer Headrace wrote it");
        }
    }

    /// @return what follows the queues
    private ByteBuffer restoreQueues(ByteBuffer snapshot) {
        int start = snapshot.position();
        int bytes = snapshot.getInt(start + 1);
        queues.restore(snapshot.slice(start + HEADER_BYTES, bytes));
        streams.reset();
        int rest = start + HEADER_BYTES + bytes;
        return snapshot.slice(rest, snapshot.limit() - rest);
    }

    @Override
    public void reset() {
        queues.reset();
        streams.reset();
        shares.reset();
    }
}
