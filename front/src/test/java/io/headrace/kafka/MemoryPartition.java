package io.headrace.kafka;

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
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

/// The front's fake of a partition: batches in memory, and a high watermark that moves when the test's broker commits.
final class MemoryPartition implements Partition {
    private static final int LENT_AT = 7; // in the memory

    private record Batch(long base, long last, byte[] bytes) {}

    private final MemoryBroker broker;
    private final int id;
    private final List<Batch> batches = new ArrayList<>();
    private final PartitionCounts counts = new PartitionCounts();
    private final Set<Runnable> watchers = new LinkedHashSet<>();
    private long start;
    private long end;
    private long highWatermark;
    final List<TransactionEnd> ends = new ArrayList<>();
    boolean refusesEnds;
    long stable = Long.MAX_VALUE; // as far as a transaction lets it be
    List<AbortedTransaction> aborted = List.of(); // wherever one asks
    final List<String> asked = new ArrayList<>(); // for what was aborted in which range
    List<ProducerState> producers = List.of();
    boolean gone;
    ReadResult inVain; // what comes of a read that has begun; null: what was asked for
    boolean readsTwice; // what was read first is compacted meanwhile
    boolean lends; // memory of its own instead of copies
    int lentNow;
    int lentEver;

    MemoryPartition(MemoryBroker broker, int id) {
        this.broker = broker;
        this.id = id;
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
        return highWatermark;
    }

    @Override
    public long lastStableOffset() {
        return Math.min(highWatermark, stable);
    }

    @Override
    public int leaderEpoch() {
        return 3;
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
        broker.soon(() -> {
            var batch = MemoryRecords.readableRecords(records.slice()).firstBatch();
            var refusal = batch != null && batch.isTransactional()
                    ? gate.admit(batch.producerId(), batch.producerEpoch())
                    : Errors.NONE;
            answer.accept(refusal == Errors.NONE ? appendInternal(records) : new Append.Rejected(refusal));
        });
    }

    @Override
    public Append appendInternal(ByteBuffer records) {
        if (broker.forgetful) {
            end++;
            highWatermark = end;
            return new Append.Appended(end - 1, end - 1, -1);
        }
        try {
            var set = MemoryRecords.readableRecords(records.slice());
            var batch = set.batchIterator().next();
            batch.ensureValid();
            long base = end;
            end = base + batch.lastOffset() - batch.baseOffset() + 1;
            batch.setLastOffset(end - 1);
            batch.setPartitionLeaderEpoch(leaderEpoch());
            var copy = new byte[records.remaining()];
            records.get(copy);
            batches.add(new Batch(base, end - 1, copy));
            broker.appended(() -> {
                highWatermark = Math.max(highWatermark, base + (copy.length == 0 ? 0 : lastOf(base) - base + 1));
                moved();
            });
            return new Append.Appended(base, end - 1, -1);
        } catch (RuntimeException corrupt) {
            return new Append.Rejected(Errors.CORRUPT_MESSAGE, corrupt.getMessage());
        }
    }

    private long lastOf(long base) {
        return batches.stream().filter(batch -> batch.base == base).findFirst().orElseThrow().last;
    }

    void moved() {
        List.copyOf(watchers).forEach(Runnable::run);
    }

    @Override
    public Append end(TransactionEnd end) {
        if (refusesEnds) {
            return new Append.Rejected(Errors.TRANSACTION_COORDINATOR_FENCED);
        }
        ends.add(end);
        return new Append.Appended(this.end, this.end, -1);
    }

    @Override
    public void aborted(long from, long to, Consumer<List<AbortedTransaction>> answer) {
        asked.add(from + ".." + to);
        broker.soon(() -> answer.accept(aborted));
    }

    @Override
    public List<ProducerState> producerStates() {
        return producers;
    }

    @Override
    public void read(
            long offset, long below, int maxBytes, boolean oneAtLeast, ReadTarget target, Consumer<ReadResult> answer) {
        if (gone) {
            answer.accept(new ReadResult.Gone());
            return;
        }
        if (offset < start || offset > end) {
            answer.accept(new ReadResult.OutOfRange());
            return;
        }
        var found = found(offset, below, maxBytes, oneAtLeast);
        int bytes = found.stream().mapToInt(batch -> batch.bytes.length).sum();
        broker.soon(() -> {
            if (inVain != null || readsTwice) {
                target.room(10);
            }
            if (inVain != null) {
                answer.accept(inVain);
                return;
            }
            if (bytes > 0 && !(lends && lend(found, bytes, target))) {
                var room = target.room(bytes);
                found.forEach(batch -> room.put(batch.bytes));
            }
            answer.accept(new ReadResult.Batches(bytes));
        });
    }

    private boolean lend(List<Batch> found, int bytes, ReadTarget target) {
        var lent = ByteBuffer.allocateDirect(bytes + LENT_AT);
        lent.position(LENT_AT);
        found.forEach(batch -> lent.put(batch.bytes));
        boolean taken = target.take(lent.position(LENT_AT), () -> lentNow--);
        lentNow += taken ? 1 : 0;
        lentEver += taken ? 1 : 0;
        return taken;
    }

    private List<Batch> found(long offset, long below, int maxBytes, boolean oneAtLeast) {
        var found = new ArrayList<Batch>();
        long bytes = 0;
        for (var batch : batches) {
            if (batch.last < offset || batch.base >= below) {
                continue;
            }
            bytes += batch.bytes.length;
            if (bytes > maxBytes && !(oneAtLeast && found.isEmpty())) {
                break;
            }
            found.add(batch);
        }
        return found;
    }

    @Override
    public int readableBytes(long offset, long below, int maxBytes) {
        return found(offset, below, Integer.MAX_VALUE, true).stream()
                .mapToInt(batch -> batch.bytes.length)
                .sum();
    }

    @Override
    public void offsetOfTime(long timestampMillis, Consumer<Optional<TimedOffset>> answer) {
        answer.accept(records().stream()
                .filter(record -> record.offset() >= start && record.offset() < highWatermark)
                .filter(record -> record.timestamp() >= timestampMillis)
                .findFirst()
                .map(record -> new TimedOffset(record.offset(), record.timestamp(), leaderEpoch())));
    }

    @Override
    public void offsetOfMaxTime(Consumer<Optional<TimedOffset>> answer) {
        answer.accept(records().stream()
                .max(Comparator.comparingLong(Record::timestamp))
                .map(record -> new TimedOffset(record.offset(), record.timestamp(), leaderEpoch())));
    }

    private List<Record> records() {
        var all = new ArrayList<Record>();
        for (var batch : batches) {
            MemoryRecords.readableRecords(ByteBuffer.wrap(batch.bytes))
                    .records()
                    .forEach(all::add);
        }
        return all;
    }

    @Override
    public EpochEnd endOfEpoch(int leaderEpoch) {
        return leaderEpoch < leaderEpoch() ? new EpochEnd(-1, -1) : new EpochEnd(leaderEpoch(), end);
    }

    @Override
    public void deleteBefore(long offset) {
        start = Math.max(start, offset);
        moved();
    }

    @Override
    public Watch watch(Runnable onProgress) {
        Runnable own = onProgress::run;
        watchers.add(own);
        return () -> watchers.remove(own);
    }

    int watchers() {
        return watchers.size();
    }
}
