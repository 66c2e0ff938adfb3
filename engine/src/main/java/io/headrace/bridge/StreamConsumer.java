package io.headrace.bridge;

import io.headrace.message.StoredMessage;
import io.headrace.stream.Partition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One consumer of a stream: an offset of its own, from which it is given what is committed for as long as it has
/// room.
///
/// Threads: the loop.
public final class StreamConsumer {
    private static final int ROUND_MAX = 256;

    private final StreamQueue queue;
    private final Bridge bridge;
    private final Partition partition;
    private final StreamPort port;
    private final StreamFilter filter;
    private final RecordReader reader;
    private final byte[] withoutKey;
    private final OffsetHeader header = new OffsetHeader();
    private final StoredMessage message = new StoredMessage();
    private final Partition.Watch watch;
    private ByteBuffer page = ByteBuffer.allocate(0);
    private boolean placed; // it is known where it begins
    private boolean ended;
    boolean queued; // known to the bridge

    StreamConsumer(
            StreamQueue queue,
            Bridge bridge,
            Partition partition,
            StreamPort port,
            OffsetSpec spec,
            StreamFilter filter) {
        this.queue = queue;
        this.bridge = bridge;
        this.partition = partition;
        this.port = port;
        this.filter = filter;
        this.withoutKey = queue.name().getBytes(StandardCharsets.UTF_8);
        this.reader = new RecordReader(partition, this::resume);
        this.watch = partition.watch(this::resume);
        place(spec);
    }

    private void place(OffsetSpec spec) {
        placed = true;
        switch (spec) {
            case OffsetSpec.First _ -> reader.seek(partition.startOffset());
            case OffsetSpec.Last _ -> {
                placed = false;
                LastBatch.find(partition, this::placeAt);
            }
            case OffsetSpec.Next _ -> reader.seek(partition.endOffset());
            case OffsetSpec.At(long offset) -> reader.seek(offset);
            case OffsetSpec.Since(long timestampMillis) -> {
                placed = false;
                long end = partition.endOffset();
                partition.offsetOfTime(
                        timestampMillis,
                        found -> placeAt(found.isPresent() ? found.get().offset() : end));
            }
        }
    }

    private void placeAt(long offset) {
        reader.seek(offset);
        placed = true;
        resume();
    }

    /// [StreamPort#ready] may have become true.
    public void resume() {
        if (!ended) {
            bridge.deliverLater(this);
        }
    }

    /// No delivery after the call.
    public void cancel() {
        if (!ended) {
            end();
            queue.forget(this);
        }
    }

    void queueGone() {
        if (!ended) {
            end();
            port.cancelled();
        }
    }

    private void end() {
        ended = true;
        watch.close();
        reader.close();
    }

    /// Delivers what there is, within a bound.
    ///
    /// @return whether there may be more to do in this turn
    boolean deliver() {
        for (int i = 0; i < ROUND_MAX; i++) {
            if (ended || !placed || !port.ready()) {
                return false;
            }
            var record = reader.next();
            if (record.isEmpty()) {
                return false;
            }
            long offset = record.get().offset();
            var found = RecordMessage.of(record.get(), withoutKey);
            if (!filter.takes(found.properties())) {
                continue;
            }
            var properties = header.add(found, offset);
            int size = (int) StoredMessage.sizeBytes(
                    found.exchangeBytes(), found.keyBytes(), properties.limit(), found.bodyBytes());
            if (page.capacity() < size || page.capacity() > StreamQueue.PAGE_BYTES && size <= StreamQueue.PAGE_BYTES) {
                page = ByteBuffer.allocate(Math.max(size, Math.min(2 * page.capacity(), StreamQueue.PAGE_BYTES)));
            }
            found.write(page, 0, properties, properties.limit());
            port.deliver(offset, message.wrap(page, 0));
        }
        return true;
    }
}
