package io.headrace.bridge;

import io.headrace.stream.Partition;

/// One consumer of a stream: an offset of its own, from which it is given what is committed for as long as it has
/// room.
///
/// Threads: the loop.
public final class StreamConsumer extends Delivering {
    private static final int ROUND_MAX = 256;

    private final StreamQueue queue;
    private final Bridge bridge;
    private final Partition partition;
    private final StreamPort port;
    private final StreamFilter filter;
    private final RecordReader reader;
    private final DeliveryPage page;
    private final Partition.Watch watch;
    private boolean placed; // it is known where it begins
    private boolean ended;

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
        this.page = new DeliveryPage(queue.name());
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

    @Override
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

    @Override
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
            var found = page.read(record.get());
            if (filter.takes(found.properties())) {
                port.deliver(offset, page.message(found, offset));
            }
        }
        return true;
    }
}
