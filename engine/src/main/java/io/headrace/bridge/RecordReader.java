package io.headrace.bridge;

import io.headrace.stream.Partition;
import io.headrace.stream.ReadResult;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

/// Reads one partition record after record, some batches at a time; what is compressed is decompressed as it is
/// read. Of transactions it gives what was committed, once they are over.
///
/// Threads: the loop.
final class RecordReader implements AutoCloseable {
    private static final int READ_BYTES = 128 << 10;
    private static final CloseableIterator<Record> NO_RECORDS = CloseableIterator.wrap(Collections.emptyIterator());

    private final Partition partition;
    private final Runnable onArrival;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private Iterator<? extends RecordBatch> batches = Collections.emptyIterator();
    private AbortedRecords aborted = AbortedRecords.NONE; // among the batches
    private CloseableIterator<Record> records = NO_RECORDS;
    private long batchEnd; // of the batch that `records` are from
    private long next; // the offset wanted next
    private boolean reading;
    private boolean answered; // within the call that asked

    /// @param onArrival runs when what was waited for is there
    RecordReader(Partition partition, Runnable onArrival) {
        this.partition = partition;
        this.onArrival = onArrival;
    }

    /// Goes on from `offset`, within what there is.
    void seek(long offset) {
        next = Math.clamp(offset, partition.startOffset(), Math.max(partition.startOffset(), partition.endOffset()));
    }

    /// What is below was given, or is none of the committed records.
    long position() {
        return next;
    }

    /// @return the next record; empty if there is none yet, or it is on its way. Valid until the next call
    Optional<Record> next() {
        while (true) {
            while (records.hasNext()) {
                var record = records.next();
                if (record.offset() >= next) {
                    next = record.offset() + 1;
                    return Optional.of(record);
                }
            }
            next = Math.max(next, batchEnd);
            if (!nextBatch() && !read()) {
                return Optional.empty();
            }
        }
    }

    private boolean nextBatch() {
        records.close();
        records = NO_RECORDS;
        if (!batches.hasNext()) {
            return false;
        }
        var batch = batches.next();
        batchEnd = batch.nextOffset();
        if (!aborted.leavesOut(batch)) {
            records = batch.streamingIterator(BufferSupplier.NO_CACHING);
        }
        return true;
    }

    /// @return whether more is there at once
    private boolean read() {
        long end = partition.lastStableOffset();
        if (reading || partition.gone()) {
            return false;
        }
        next = Math.max(next, partition.startOffset()); // it may have moved
        if (next >= end) {
            return false;
        }
        reading = true;
        answered = true;
        partition.read(next, end, READ_BYTES, true, this::room, this::arrived);
        boolean atOnce = !reading;
        answered = false;
        return atOnce && batches.hasNext();
    }

    // on any thread; nobody looks at the buffer until the answer
    private ByteBuffer room(int bytes) {
        if (buffer.capacity() < bytes || buffer.capacity() > READ_BYTES && bytes <= READ_BYTES) {
            buffer = ByteBuffer.allocate(Math.max(bytes, Math.min(2 * buffer.capacity(), READ_BYTES)));
        }
        return buffer.clear();
    }

    private void arrived(ReadResult result) {
        switch (result) {
            case ReadResult.Batches(int bytes)
            when bytes > 0 -> found(MemoryRecords.readableRecords(buffer.clear().limit(bytes)));
            case ReadResult.Batches _ -> readEnded();
            case ReadResult.OutOfRange _, ReadResult.Gone _ -> readEnded(); // asked again, from where it starts now
        }
    }

    private void found(MemoryRecords read) {
        boolean transactional = false;
        long end = next;
        for (var batch : read.batches()) {
            transactional |= batch.isTransactional();
            end = batch.nextOffset();
        }
        if (transactional) {
            long from = next;
            partition.aborted(from, end, among -> {
                if (partition.gone() || from < partition.startOffset()) {
                    readEnded(); // as if nothing had been found
                } else {
                    take(read, new AbortedRecords(among));
                }
            });
        } else {
            take(read, AbortedRecords.NONE);
        }
    }

    private void take(MemoryRecords read, AbortedRecords among) {
        batches = read.batches().iterator();
        aborted = among;
        readEnded();
    }

    private void readEnded() {
        reading = false;
        if (!answered) {
            onArrival.run();
        }
    }

    @Override
    public void close() {
        records.close();
        records = NO_RECORDS;
        batches = Collections.emptyIterator();
    }
}
