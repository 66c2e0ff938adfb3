package io.headrace.broker;

import io.headrace.bridge.Bridge;
import io.headrace.log.EntryFrame;
import io.headrace.log.StateMachine;
import io.headrace.queue.Queues;
import io.headrace.shard.Shard;
import io.headrace.stream.Streams;
import java.nio.ByteBuffer;

/// The state machine of the DATA group: queues and partitions, whose operations lie in the same entries, so that one
/// publish can be for both.
///
/// ```text
///  snapshot   u8 version 2 | u32 length, queues | partitions
///             version 1 had queues only, and was theirs
/// ```
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
final class DataGroup implements Shard.Work, StateMachine {
    private static final byte VERSION = 2;
    private static final byte QUEUES_ONLY = 1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private final Queues queues;
    private final Streams streams;
    private final Bridge bridge;

    DataGroup(Queues queues, Streams streams, Bridge bridge) {
        this.queues = queues;
        this.streams = streams;
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
            at = Streams.owns(page.get(at))
                    ? streams.apply(entry, page, entryStart, at, durable)
                    : queues.apply(entry, page, entryStart, at, durable);
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
            at = Streams.owns(page.get(at))
                    ? streams.replay(offset, page, entryStart, at)
                    : queues.replay(offset, page, entryStart, at);
        }
    }

    static ByteBuffer snapshot(ByteBuffer queues, ByteBuffer partitions) {
        var target = ByteBuffer.allocate(HEADER_BYTES + queues.remaining() + partitions.remaining());
        return target.put(VERSION)
                .putInt(queues.remaining())
                .put(queues)
                .put(partitions)
                .flip();
    }

    @Override
    public void restore(ByteBuffer snapshot) {
        int start = snapshot.position();
        byte version = snapshot.get(start);
        if (version == QUEUES_ONLY) {
            queues.restore(snapshot);
            streams.reset();
        } else if (version == VERSION) {
            int bytes = snapshot.getInt(start + 1);
            queues.restore(snapshot.slice(start + HEADER_BYTES, bytes));
            streams.reset();
            int rest = start + HEADER_BYTES + bytes;
            streams.restore(snapshot.slice(rest, snapshot.limit() - rest));
        } else {
            throw new IllegalStateException(
                    "data snapshot of version " + version + ", known is " + VERSION + ": a newer Headrace wrote it");
        }
    }

    @Override
    public void reset() {
        queues.reset();
        streams.reset();
    }
}
