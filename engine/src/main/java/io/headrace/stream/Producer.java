package io.headrace.stream;

import java.util.OptionalLong;

/// What a partition knows of one producer: its epoch, its last batches in a ring, and what it has open.
///
/// Threads: the loop of the partition.
final class Producer {
    /// Kafka's clients have as many batches in flight.
    static final int KEPT = 5;

    static final int NO_SEQUENCE = -1;
    static final int NO_COORDINATOR = -1;
    static final long NO_TRANSACTION = -1;
    static final long NO_TIME = -1;

    /// Of the newest batch or marker.
    short epoch;

    int coordinatorEpoch = NO_COORDINATOR;
    /// The first offset of the open transaction.
    long transactionStart = NO_TRANSACTION;
    /// Of the newest batch or marker, as it says itself.
    long lastTimestamp = NO_TIME;
    /// The same by our clock: records' own times may be of another year.
    long seenMillis;

    private int count;
    private int newest = KEPT - 1;
    private final int[] firstSequences = new int[KEPT];
    private final int[] lastSequences = new int[KEPT];
    private final long[] lastOffsets = new long[KEPT];
    private final long[] timestamps = new long[KEPT];

    /// Batches of an earlier epoch are forgotten.
    void epoch(short current) {
        if (current != epoch) {
            epoch = current;
            count = 0;
        }
    }

    void add(int firstSequence, int lastSequence, long lastOffset, long timestamp) {
        newest = (newest + 1) % KEPT;
        firstSequences[newest] = firstSequence;
        lastSequences[newest] = lastSequence;
        lastOffsets[newest] = lastOffset;
        timestamps[newest] = timestamp;
        count = Math.min(KEPT, count + 1);
    }

    boolean inTransaction() {
        return transactionStart != NO_TRANSACTION;
    }

    /// How many batches of this epoch are known.
    int count() {
        return count;
    }

    /// The place of a batch.
    ///
    /// @param age 0 for the newest
    int at(int age) {
        return (newest - age + KEPT) % KEPT;
    }

    /// Where the batch of these sequences is, -1 if it is not known.
    int find(int firstSequence, int lastSequence) {
        for (int age = 0; age < count; age++) {
            int i = at(age);
            if (firstSequences[i] == firstSequence && lastSequences[i] == lastSequence) {
                return i;
            }
        }
        return -1;
    }

    int firstSequence(int i) {
        return firstSequences[i];
    }

    int lastSequence(int i) {
        return lastSequences[i];
    }

    long lastOffset(int i) {
        return lastOffsets[i];
    }

    long timestamp(int i) {
        return timestamps[i];
    }

    int lastSequence() {
        return count == 0 ? NO_SEQUENCE : lastSequences[newest];
    }

    /// Of its newest batch.
    OptionalLong lastDataOffset() {
        return count == 0 ? OptionalLong.empty() : OptionalLong.of(lastOffsets[newest]);
    }

    ProducerState state(long id) {
        return new ProducerState(
                id,
                epoch,
                lastSequence(),
                lastTimestamp,
                coordinatorEpoch,
                inTransaction() ? OptionalLong.of(transactionStart) : OptionalLong.empty());
    }
}
