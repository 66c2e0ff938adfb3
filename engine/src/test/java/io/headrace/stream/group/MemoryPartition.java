package io.headrace.stream.group;

import io.headrace.stream.AbortedTransaction;
import io.headrace.stream.Append;
import io.headrace.stream.EpochEnd;
import io.headrace.stream.Partition;
import io.headrace.stream.PartitionCounts;
import io.headrace.stream.ProducerState;
import io.headrace.stream.ReadResult;
import io.headrace.stream.ReadTarget;
import io.headrace.stream.TimedOffset;
import io.headrace.stream.TransactionEnd;
import io.headrace.stream.TransactionGate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;

/// A partition without a log: what is appended is committed in a later turn, unless the test holds it back.
///
/// Threads: the loop.
public final class MemoryPartition implements Partition {
    private record Batch(long lastOffset, byte[] bytes) {}

    private final int id;
    private final Executor laterTurn;
    private final List<Batch> batches = new ArrayList<>();
    public final List<TransactionEnd> ends = new ArrayList<>();
    private final PartitionCounts counts = new PartitionCounts();
    private final List<Runnable> watchers = new ArrayList<>();
    private long start;
    private long end;
    private long committed;
    boolean holdCommits;
    private boolean gone;

    public MemoryPartition(int id, Executor laterTurn) {
        this.id = id;
        this.laterTurn = laterTurn;
    }

    /// Everything that was appended is committed.
    void commit() {
        committed = end;
        List.copyOf(watchers).forEach(Runnable::run);
    }

    /// As a partition whose records all went.
    void startAt(long offset) {
        batches.clear();
        start = offset;
        end = offset;
        committed = offset;
    }

    public void delete() {
        gone = true;
        List.copyOf(watchers).forEach(Runnable::run);
    }

    /// Copies of the batches, in order.
    public List<ByteBuffer> batches() {
        return batches.stream()
                .map(batch -> ByteBuffer.wrap(batch.bytes.clone()))
                .toList();
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long startOffset() {
        return start;
    }

    @Override
    public long endOffset() {
        return end;
    }

    @Override
    public long highWatermark() {
        return committed;
    }

    @Override
    public long lastStableOffset() {
        return committed;
    }

    @Override
    public int leaderEpoch() {
        return 0;
    }

    @Override
    public boolean gone() {
        return gone;
    }

    @Override
    public long sizeBytes() {
        return batches.stream().mapToLong(batch -> batch.bytes.length).sum();
    }

    @Override
    public int segmentCount() {
        return 1;
    }

    @Override
    public PartitionCounts counts() {
        return counts;
    }

    @Override
    public void append(ByteBuffer records, TransactionGate gate, Consumer<Append> answer) {
        answer.accept(appendInternal(records));
    }

    @Override
    public Append appendInternal(ByteBuffer records) {
        long base = end;
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(records).batches()) {
            int count = (int) (batch.lastOffset() - batch.baseOffset());
            batch.setLastOffset(end + count);
            var bytes = ByteBuffer.allocate(batch.sizeInBytes());
            batch.writeTo(bytes);
            batches.add(new Batch(end + count, bytes.array()));
            end += count + 1;
        }
        if (!holdCommits) {
            laterTurn.execute(this::commit);
        }
        return new Append.Appended(base, end - 1, -1);
    }

    @Override
    public Append end(TransactionEnd end) {
        ends.add(end);
        var marker = new EndTransactionMarker(
                end.commit() ? ControlRecordType.COMMIT : ControlRecordType.ABORT, end.coordinatorEpoch());
        return appendInternal(MemoryRecords.withEndTransactionMarker(
                        0, 0, leaderEpoch(), end.producerId(), end.producerEpoch(), marker)
                .buffer());
    }

    @Override
    public void aborted(long from, long to, Consumer<List<AbortedTransaction>> answer) {
        answer.accept(List.of());
    }

    @Override
    public List<ProducerState> producerStates() {
        return List.of();
    }

    @Override
    public void read(
            long offset, long end, int maxBytes, boolean oneAtLeast, ReadTarget target, Consumer<ReadResult> answer) {
        if (gone) {
            answer.accept(new ReadResult.Gone());
        } else if (offset < start || offset > this.end) {
            answer.accept(new ReadResult.OutOfRange());
        } else {
            laterTurn.execute(
                    () -> answer.accept(new ReadResult.Batches(read(offset, end, maxBytes, oneAtLeast, target))));
        }
    }

    private int read(long offset, long end, int maxBytes, boolean oneAtLeast, ReadTarget target) {
        List<Batch> found = new ArrayList<>();
        int bytes = 0;
        for (var batch : batches) {
            boolean fits = bytes + batch.bytes.length <= maxBytes || bytes == 0 && oneAtLeast;
            if (batch.lastOffset >= offset && batch.lastOffset < end) {
                if (!fits) {
                    break;
                }
                bytes += batch.bytes.length;
                found.add(batch);
            }
        }
        if (bytes > 0) {
            var room = target.room(bytes);
            found.forEach(batch -> room.put(batch.bytes));
        }
        return bytes;
    }

    @Override
    public int readableBytes(long offset, long end, int maxBytes) {
        throw new UnsupportedOperationException("no group asks");
    }

    @Override
    public void offsetOfTime(long timestampMillis, Consumer<Optional<TimedOffset>> answer) {
        throw new UnsupportedOperationException("no group asks");
    }

    @Override
    public void offsetOfMaxTime(Consumer<Optional<TimedOffset>> answer) {
        throw new UnsupportedOperationException("no group asks");
    }

    @Override
    public EpochEnd endOfEpoch(int leaderEpoch) {
        throw new UnsupportedOperationException("no group asks");
    }

    @Override
    public void deleteBefore(long offset) {
        throw new UnsupportedOperationException("no group asks");
    }

    @Override
    public Watch watch(Runnable onProgress) {
        watchers.add(onProgress);
        return () -> watchers.remove(onProgress);
    }
}
