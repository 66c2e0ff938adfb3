package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/// What idempotent producers last appended to a partition, so that a batch that is sent again is known and a gap is
/// refused. The rules are those of Kafka's `ProducerStateManager` (KIP-98, KIP-360); of a producer the last five
/// batches are known, as many as it may have in flight.
///
/// Threads: the loop of the partition.
final class ProducerStates {
    private static final int KEPT = 5;
    private static final int NOBODY = -1;
    private static final int BATCH_BYTES = 2 * Integer.BYTES + 2 * Long.BYTES;
    private static final int PRODUCER_BYTES = Long.BYTES + Short.BYTES + Byte.BYTES;

    /// One producer: a ring of its last batches.
    private static final class Producer {
        short epoch;
        int count;
        int newest = KEPT - 1;
        final int[] firstSequences = new int[KEPT];
        final int[] lastSequences = new int[KEPT];
        final long[] lastOffsets = new long[KEPT];
        final long[] timestamps = new long[KEPT];
        long seenMillis; // by our clock: the records' own times may be of another year

        void add(int firstSequence, int lastSequence, long lastOffset, long timestamp) {
            newest = (newest + 1) % KEPT;
            firstSequences[newest] = firstSequence;
            lastSequences[newest] = lastSequence;
            lastOffsets[newest] = lastOffset;
            timestamps[newest] = timestamp;
            count = Math.min(KEPT, count + 1);
        }

        /// @param age 0 for the newest
        int at(int age) {
            return (newest - age + KEPT) % KEPT;
        }

        int lastSequence() {
            return lastSequences[newest];
        }
    }

    private final Map<Long, Producer> producers = new HashMap<>();

    /// What a batch is in the light of those before.
    sealed interface Verdict {
        /// It is the next one, or its producer is not known here.
        record Next() implements Verdict {}

        /// It is there already.
        record Duplicate(long lastOffset, long timestampMillis) implements Verdict {}

        record Refused(Errors error, String why) implements Verdict {}

        Next NEXT = new Next();
    }

    Verdict judge(ByteBuffer batch, int at) {
        long id = BatchHeader.producerId(batch, at);
        if (id == NOBODY) {
            return Verdict.NEXT;
        }
        var producer = producers.get(id);
        if (producer == null) {
            return Verdict.NEXT;
        }
        short epoch = BatchHeader.producerEpoch(batch, at);
        int first = BatchHeader.baseSequence(batch, at);
        int last = lastSequence(first, BatchHeader.lastOffsetDelta(batch, at));
        if (epoch == producer.epoch) {
            for (int age = 0; age < producer.count; age++) {
                int i = producer.at(age);
                if (producer.firstSequences[i] == first && producer.lastSequences[i] == last) {
                    return new Verdict.Duplicate(producer.lastOffsets[i], producer.timestamps[i]);
                }
            }
        }
        if (epoch < producer.epoch) {
            return new Verdict.Refused(
                    Errors.INVALID_PRODUCER_EPOCH,
                    "Epoch of producer %d is %d, which is smaller than the last seen epoch %d"
                            .formatted(id, epoch, producer.epoch));
        }
        int expected = epoch > producer.epoch ? 0 : lastSequence(producer.lastSequence(), 1);
        if (first != expected) {
            return new Verdict.Refused(
                    Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    "Out of order sequence number for producer %d: %d (incoming seq. number), %d (expected)"
                            .formatted(id, first, expected));
        }
        return Verdict.NEXT;
    }

    /// The batch at `at` got its place.
    ///
    /// @param nowMillis by our clock; in replay, of the replay: a restart forgets nobody
    void appended(ByteBuffer batch, int at, long nowMillis) {
        long id = BatchHeader.producerId(batch, at);
        if (id == NOBODY || BatchHeader.control(batch, at)) {
            return;
        }
        var producer = producers.computeIfAbsent(id, _ -> new Producer());
        short epoch = BatchHeader.producerEpoch(batch, at);
        if (epoch != producer.epoch) {
            producer.epoch = epoch;
            producer.count = 0;
        }
        int first = BatchHeader.baseSequence(batch, at);
        int delta = BatchHeader.lastOffsetDelta(batch, at);
        producer.add(
                first,
                lastSequence(first, delta),
                BatchHeader.baseOffset(batch, at) + delta,
                BatchHeader.maxTimestamp(batch, at));
        producer.seenMillis = nowMillis;
    }

    /// Forgets who appended nothing since then.
    void expire(long beforeMillis) {
        producers.values().removeIf(producer -> producer.seenMillis < beforeMillis);
    }

    int snapshotBytes() {
        int bytes = Integer.BYTES;
        for (var producer : producers.values()) {
            bytes += PRODUCER_BYTES + producer.count * BATCH_BYTES;
        }
        return bytes;
    }

    // by id, so that two snapshots of the same state are the same
    void write(ByteBuffer target) {
        target.putInt(producers.size());
        new TreeMap<>(producers).forEach((id, producer) -> {
            target.putLong(id).putShort(producer.epoch).put((byte) producer.count);
            for (int age = producer.count - 1; age >= 0; age--) {
                int i = producer.at(age);
                target.putInt(producer.firstSequences[i]).putInt(producer.lastSequences[i]);
                target.putLong(producer.lastOffsets[i]).putLong(producer.timestamps[i]);
            }
        });
    }

    void read(ByteBuffer source, long nowMillis) {
        producers.clear();
        for (int n = source.getInt(); n > 0; n--) {
            var producer = new Producer();
            producers.put(source.getLong(), producer);
            producer.epoch = source.getShort();
            producer.seenMillis = nowMillis;
            for (int batches = source.get(); batches > 0; batches--) {
                producer.add(source.getInt(), source.getInt(), source.getLong(), source.getLong());
            }
        }
    }

    // sequences count records and begin again at 0 after the greatest int
    private static int lastSequence(int first, int delta) {
        return first + delta & Integer.MAX_VALUE;
    }
}
