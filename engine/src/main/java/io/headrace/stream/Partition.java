package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One partition of a topic: record batches in offset order, kept as their producers made them.
///
/// A seam for the tests of the fronts, which bring one in memory; there is one that lasts, [LogPartition].
///
/// Threads: the loop of its shard.
public interface Partition {
    /// Its number in the data group.
    int id();

    /// The first offset that can be read.
    long startOffset();

    /// The offset that the next record gets.
    long endOffset();

    /// Records below are committed, and may be read.
    long highWatermark();

    /// Records below belong to no open transaction.
    long lastStableOffset();

    int leaderEpoch();

    /// Its topic was deleted.
    boolean gone();

    /// Bytes of batches from [#startOffset] to [#endOffset].
    long sizeBytes();

    int segmentCount();

    /// What happens to it, counted.
    PartitionCounts counts();

    /// Checks what a producer sent for this partition and appends it. The bytes between position and limit belong to
    /// the partition until the answer, and may be changed.
    ///
    /// The answer comes on the loop: before this returns, or later if it takes a while to look at the records
    /// (compressed ones). A producer's next batch must not be appended before that, or the two may change places.
    ///
    /// @param gate is asked about a batch of a transaction, on the loop, right before it gets its place
    void append(ByteBuffer records, TransactionGate gate, Consumer<Append> answer);

    /// As [#append(ByteBuffer, TransactionGate, Consumer)], for producers that are in no transaction.
    default void append(ByteBuffer records, Consumer<Append> answer) {
        append(records, TransactionGate.CLOSED, answer);
    }

    /// Appends what a coordinator of this broker wrote; answers before this returns.
    Append appendInternal(ByteBuffer records);

    /// Appends the marker that ends what `end.producerId` has open here; if that is nothing, the marker only moves the
    /// producer's epoch. Answers before this returns, [Append.Appended] or [Append.Rejected]; lasts when committed.
    Append end(TransactionEnd end);

    /// The aborted transactions of which records may lie in `[from, to)`, by their first offsets; answers on the
    /// loop.
    ///
    /// Asked in the turn in which that range was read, it knows of every record that was read, unless by the time
    /// of the answer the partition is gone or begins after `from`: then nobody should be given what was read.
    void aborted(long from, long to, Consumer<List<AbortedTransaction>> answer);

    /// Of all producers that are known here, by their ids.
    List<ProducerState> producerStates();

    /// As [#appendInternal(ByteBuffer)].
    ///
    /// @param waits what has a [Tap] may not pass it on before what waits already
    default Append appendInternal(ByteBuffer records, boolean waits) {
        return appendInternal(records);
    }

    /// Whether something waits to be passed on by the topic's [Tap].
    default boolean behind() {
        return false;
    }

    /// Whether the record of this offset does; asked in the order of offsets, and told of with [#passedOn].
    default boolean waits(long offset) {
        return false;
    }

    /// The first offset that does, if [#behind].
    default long firstWaiting() {
        return endOffset();
    }

    /// What [#passedOn] encodes.
    int PASSED_ON_BYTES = StreamOps.PASSED_BYTES;

    /// Nothing below waits any more: it was passed on in the same entry of the log, or is of no account.
    default void passedOn(long offset) {}

    /// Reads whole batches that begin below `end`, from the one that holds `offset` on.
    ///
    /// @param maxBytes a batch that does not fit is left out
    /// @param oneAtLeast but the first is not
    /// @param answer comes on the loop: before this returns, if everything is in memory
    void read(long offset, long end, int maxBytes, boolean oneAtLeast, ReadTarget target, Consumer<ReadResult> answer);

    /// About how many bytes [#read] would find, without reading; 0 exactly when there are none.
    int readableBytes(long offset, long end, int maxBytes);

    /// The first record at or after [#startOffset] and below the high watermark whose time is not before
    /// `timestampMillis`; answers on the loop.
    void offsetOfTime(long timestampMillis, Consumer<Optional<TimedOffset>> answer);

    /// The record with the greatest time; answers on the loop.
    void offsetOfMaxTime(Consumer<Optional<TimedOffset>> answer);

    EpochEnd endOfEpoch(int leaderEpoch);

    /// Moves [#startOffset] up to `offset`, which is at most the high watermark; lower ones change nothing. Lasts
    /// when committed.
    void deleteBefore(long offset);

    /// `onProgress` runs whenever the high watermark or the start moved, or the partition is gone, until the handle
    /// is closed. It must not append.
    Watch watch(Runnable onProgress);

    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
