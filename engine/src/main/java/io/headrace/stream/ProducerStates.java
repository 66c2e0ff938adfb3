package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/// What producers last appended to a partition, so that a batch that is sent again is known and a gap is refused, and
/// which of them have a transaction open here. The rules are those of Kafka's `ProducerStateManager` (KIP-98, KIP-360,
/// KIP-890); of a producer the last five batches are known, as many as it may have in flight.
///
/// Threads: the loop of the partition.
final class ProducerStates {
    private static final int NOBODY = -1;
    private static final short NO_EPOCH = -1;
    private static final int BATCH_BYTES = 2 * Integer.BYTES + 2 * Long.BYTES;
    private static final int PRODUCER_BYTES = 3 * Long.BYTES + Integer.BYTES + Short.BYTES + Byte.BYTES;

    private final Map<Long, Producer> producers = new HashMap<>();
    private OpenTransactions transactions; // null until the first one

    /// What a batch is in the light of those before.
    sealed interface Verdict {
        /// It is the next one, or its producer is not known here.
        record Next() implements Verdict {}

        /// It is there already.
        record Duplicate(long lastOffset, long timestampMillis) implements Verdict {}

        record Refused(Errors error, String why) implements Verdict {}

        Next NEXT = new Next();
    }

    // ---- deciding ----

    /// Judges what a producer sent. As with Kafka the gate comes first, before duplicates are looked for, and is asked
    /// only where the transaction has no records yet: later it cannot have ended without a marker here.
    Verdict judge(ByteBuffer batch, int at, TransactionGate gate) {
        long id = BatchHeader.producerId(batch, at);
        boolean transactional = BatchHeader.transactional(batch, at);
        if (id == NOBODY && !transactional) {
            return Verdict.NEXT;
        }
        var producer = producers.get(id);
        short epoch = BatchHeader.producerEpoch(batch, at);
        if (producer != null && epoch < producer.epoch) {
            return fenced(id, epoch, producer.epoch);
        }
        if (transactional && (producer == null || epoch != producer.epoch || !producer.inTransaction())) {
            var error = gate.admit(id, epoch);
            if (error != Errors.NONE) {
                return new Verdict.Refused(error, "");
            }
        }
        int first = BatchHeader.baseSequence(batch, at);
        if (producer == null) {
            return transactional && gate.addsPartition() && first != 0 ? outOfOrder(id, first, 0) : Verdict.NEXT;
        }
        int last = lastSequence(first, BatchHeader.lastOffsetDelta(batch, at));
        int known = epoch == producer.epoch ? producer.find(first, last) : -1;
        if (known >= 0) {
            return new Verdict.Duplicate(producer.lastOffset(known), producer.timestamp(known));
        }
        int expected = epoch == producer.epoch ? following(producer.lastSequence()) : 0;
        return first == expected ? judgeOpen(id, producer, transactional) : outOfOrder(id, first, expected);
    }

    /// Judges what a coordinator wrote: offsets have no sequences, and whoever wrote them has asked about the
    /// transaction.
    Verdict judgeInternal(ByteBuffer batch, int at) {
        long id = BatchHeader.producerId(batch, at);
        if (id == NOBODY) {
            return Verdict.NEXT;
        }
        if (BatchHeader.control(batch, at)) {
            var marker = TransactionMarker.read(batch);
            return judge(
                    new TransactionEnd(id, marker.producerEpoch(), marker.commit(), marker.coordinatorEpoch(), false));
        }
        var producer = producers.get(id);
        short epoch = BatchHeader.producerEpoch(batch, at);
        if (producer == null) {
            return Verdict.NEXT;
        }
        return epoch < producer.epoch
                ? fenced(id, epoch, producer.epoch)
                : judgeOpen(id, producer, BatchHeader.transactional(batch, at));
    }

    private static Verdict judgeOpen(long id, Producer producer, boolean transactional) {
        return producer.inTransaction() && !transactional
                ? new Verdict.Refused(
                        Errors.INVALID_TXN_STATE,
                        "Producer %d has a transaction open, and this batch is not of it".formatted(id))
                : Verdict.NEXT;
    }

    /// Judges a marker. Where each transaction has its own epoch, the producer's is behind the marker's; one that is
    /// not is told of an end that is there already, which does no harm if nothing is open (KIP-1228). An epoch
    /// that is used up is let through, as by Kafka: what is open under it would never end otherwise.
    Verdict judge(TransactionEnd end) {
        var producer = producers.get(end.producerId());
        short current = producer == null ? NO_EPOCH : producer.epoch;
        short epoch = end.producerEpoch();
        boolean again = end.epochMoved()
                && epoch == current
                && (producer == null || !producer.inTransaction() || epoch == Short.MAX_VALUE);
        if (epoch < current || end.epochMoved() && epoch == current && !again) {
            return fenced(end.producerId(), epoch, current);
        }
        int coordinatorEpoch = producer == null ? Producer.NO_COORDINATOR : producer.coordinatorEpoch;
        return end.coordinatorEpoch() < coordinatorEpoch
                ? new Verdict.Refused(
                        Errors.TRANSACTION_COORDINATOR_FENCED,
                        "The end of a transaction of producer %d is of coordinator epoch %d, and %d was seen"
                                .formatted(end.producerId(), end.coordinatorEpoch(), coordinatorEpoch))
                : Verdict.NEXT;
    }

    private static Verdict fenced(long id, short epoch, short current) {
        return new Verdict.Refused(
                Errors.INVALID_PRODUCER_EPOCH,
                "Epoch of producer %d is %d, and the last seen epoch is %d".formatted(id, epoch, current));
    }

    private static Verdict outOfOrder(long id, int first, int expected) {
        return new Verdict.Refused(
                Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "Out of order sequence number for producer %d: %d (incoming seq. number), %d (expected)"
                        .formatted(id, first, expected));
    }

    // ---- applying ----

    /// The batch at `at`, which is no marker, got its place.
    ///
    /// @param nowMillis by our clock; in replay, of the replay: a restart forgets nobody
    void appended(ByteBuffer batch, int at, long nowMillis) {
        long id = BatchHeader.producerId(batch, at);
        if (id == NOBODY) {
            return;
        }
        var producer = producers.computeIfAbsent(id, _ -> new Producer());
        producer.epoch(BatchHeader.producerEpoch(batch, at));
        int first = BatchHeader.baseSequence(batch, at);
        int delta = BatchHeader.lastOffsetDelta(batch, at);
        long base = BatchHeader.baseOffset(batch, at);
        long timestamp = BatchHeader.maxTimestamp(batch, at);
        producer.add(first, lastSequence(first, delta), base + delta, timestamp);
        producer.lastTimestamp = timestamp;
        producer.seenMillis = nowMillis;
        if (BatchHeader.transactional(batch, at) && !producer.inTransaction()) {
            producer.transactionStart = base;
            transactions().began(base);
        }
    }

    /// A marker got its place.
    ///
    /// @return the transaction, if it was aborted and had records here
    Optional<AbortedRange> ended(TransactionMarker marker, long nowMillis) {
        var producer = producers.computeIfAbsent(marker.producerId(), _ -> new Producer());
        long start = producer.transactionStart;
        producer.epoch(marker.producerEpoch());
        producer.coordinatorEpoch = marker.coordinatorEpoch();
        producer.transactionStart = Producer.NO_TRANSACTION;
        producer.lastTimestamp = marker.timestamp();
        producer.seenMillis = nowMillis;
        if (start == Producer.NO_TRANSACTION) {
            return Optional.empty();
        }
        long lastStable = transactions().ended(start, marker.offset());
        return marker.commit()
                ? Optional.empty()
                : Optional.of(new AbortedRange(marker.producerId(), start, marker.offset(), lastStable));
    }

    /// What is below `highWatermark` is committed.
    void committed(long highWatermark) {
        if (transactions != null) {
            transactions.committed(highWatermark);
        }
    }

    /// The first offset of the oldest transaction whose end is not known to last; [OpenTransactions#NONE] if there is
    /// none.
    long firstUnstable() {
        return transactions == null ? OpenTransactions.NONE : transactions.firstUnstable();
    }

    private OpenTransactions transactions() {
        if (transactions == null) {
            transactions = new OpenTransactions();
        }
        return transactions;
    }

    /// Forgets who appended nothing since then and has nothing open.
    void expire(long beforeMillis) {
        producers.values().removeIf(producer -> producer.seenMillis < beforeMillis && !producer.inTransaction());
    }

    // ---- telling ----

    /// By producers' ids.
    List<ProducerState> all() {
        var all = new ArrayList<ProducerState>(producers.size());
        new TreeMap<>(producers).forEach((id, producer) -> all.add(producer.state(id)));
        return all;
    }

    /// What has to stay of each producer when the rest of its batches goes.
    ///
    /// @param offset of the end of its newest batch; none if it left nothing but a marker
    record Newest(OptionalLong offset, short epoch) {}

    Map<Long, Newest> newest() {
        var newest = HashMap.<Long, Newest>newHashMap(producers.size());
        producers.forEach((id, producer) -> newest.put(id, new Newest(producer.lastDataOffset(), producer.epoch)));
        return newest;
    }

    // ---- snapshots ----

    int snapshotBytes() {
        int bytes = Integer.BYTES;
        for (var producer : producers.values()) {
            bytes += PRODUCER_BYTES + producer.count() * BATCH_BYTES;
        }
        return bytes;
    }

    // by id, so that two snapshots of the same state are the same
    void write(ByteBuffer target) {
        target.putInt(producers.size());
        new TreeMap<>(producers).forEach((id, producer) -> {
            target.putLong(id).putShort(producer.epoch).putInt(producer.coordinatorEpoch);
            target.putLong(producer.transactionStart).putLong(producer.lastTimestamp);
            target.put((byte) producer.count());
            for (int age = producer.count() - 1; age >= 0; age--) {
                int i = producer.at(age);
                target.putInt(producer.firstSequence(i)).putInt(producer.lastSequence(i));
                target.putLong(producer.lastOffset(i)).putLong(producer.timestamp(i));
            }
        });
    }

    void read(ByteBuffer source, long nowMillis) {
        producers.clear();
        transactions = null;
        for (int n = source.getInt(); n > 0; n--) {
            var producer = new Producer();
            producers.put(source.getLong(), producer);
            producer.epoch = source.getShort();
            producer.coordinatorEpoch = source.getInt();
            producer.transactionStart = source.getLong();
            producer.lastTimestamp = source.getLong();
            producer.seenMillis = nowMillis;
            for (int batches = source.get(); batches > 0; batches--) {
                producer.add(source.getInt(), source.getInt(), source.getLong(), source.getLong());
            }
            if (producer.inTransaction()) {
                transactions().began(producer.transactionStart);
            }
        }
    }

    // sequences count records and begin again at 0 after the greatest int; offsets of groups have none
    private static int lastSequence(int first, int delta) {
        return first == Producer.NO_SEQUENCE ? Producer.NO_SEQUENCE : first + delta & Integer.MAX_VALUE;
    }

    private static int following(int sequence) {
        return sequence + 1 & Integer.MAX_VALUE;
    }
}
