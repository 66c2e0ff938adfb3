package io.headrace.stream.group;

import io.headrace.stream.Partition;
import io.headrace.stream.ReadResult;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;

/// Replays a partition of `__consumer_offsets` to the coordinator.
///
/// When all that was to be loaded is, it says for which topics offsets were met: one of them may be gone since the
/// coordinator ran last.
///
/// Threads: `groups-loader`; it asks the loop for what it reads.
final class OffsetsLoader implements CoordinatorLoader<CoordinatorRecord> {
    private static final System.Logger LOG = System.getLogger(OffsetsLoader.class.getName());

    /// As Kafka's loader: snapshots of the coordinator's state are let go this often.
    private static final long COMMIT_INTERVAL_OFFSETS = 16_384;

    private final OffsetsTopic topic;
    private final LoopCalls loop;
    private final Time time;
    private final int bufferBytes;
    private final Consumer<Set<CommittedTopic>> allLoaded;
    private final ExecutorService thread = OneThread.named("groups-loader");
    private final GroupCoordinatorRecordSerde records = new GroupCoordinatorRecordSerde();
    private final Set<CommittedTopic> met = new HashSet<>(); // groups-loader only
    private int toLoad; // groups-loader only
    private volatile boolean closed;

    /// A topic for which a group has an offset.
    ///
    /// @param id all zero if the record has none
    record CommittedTopic(String name, UUID id) {}

    /// @param partitions how many are going to be loaded
    OffsetsLoader(
            OffsetsTopic topic,
            LoopCalls loop,
            Time time,
            int bufferBytes,
            int partitions,
            Consumer<Set<CommittedTopic>> allLoaded) {
        this.topic = topic;
        this.loop = loop;
        this.time = time;
        this.bufferBytes = bufferBytes;
        this.toLoad = partitions;
        this.allLoaded = allLoaded;
    }

    @Override
    public CompletableFuture<LoadSummary> load(
            TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> playback) {
        var summary = new CompletableFuture<LoadSummary>();
        long asked = time.milliseconds();
        try {
            thread.execute(() -> load(partition, playback, asked, summary));
        } catch (RejectedExecutionException e) {
            summary.completeExceptionally(e);
        }
        return summary;
    }

    private void load(
            TopicPartition partition,
            CoordinatorPlayback<CoordinatorRecord> playback,
            long asked,
            CompletableFuture<LoadSummary> summary) {
        try {
            var replay = new Replay(partition, playback, time.milliseconds() - asked, asked);
            summary.complete(replay.run());
        } catch (Throwable e) { // whatever it was, the coordinator says so, and answers that it is not available
            summary.completeExceptionally(e);
        }
        toLoad--;
        if (toLoad <= 0 && !closed) { // below 0: the coordinator loads a partition once more
            var topics = Set.copyOf(met);
            met.clear();
            allLoaded.accept(topics);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdown();
    }

    /// One partition on its way into the coordinator.
    private final class Replay {
        private final TopicPartition name;
        private final CoordinatorPlayback<CoordinatorRecord> playback;
        private final long queuedMillis;
        private final long asked;
        private final Partition partition;
        private ByteBuffer buffer = ByteBuffer.allocate(0);
        private long highWatermark; // when the last read began
        private long next;
        private long written;
        private long committed = -1;
        private long recordCount;
        private long byteCount;

        Replay(TopicPartition name, CoordinatorPlayback<CoordinatorRecord> playback, long queuedMillis, long asked) {
            this.name = name;
            this.playback = playback;
            this.queuedMillis = queuedMillis;
            this.asked = asked;
            this.partition = loop.call(() -> topic.partition(name));
            this.next = loop.call(partition::startOffset);
        }

        LoadSummary run() {
            while (readMore()) {
                for (RecordBatch batch : MemoryRecords.readableRecords(buffer).batches()) {
                    replay(batch);
                    next = batch.nextOffset();
                    progress();
                }
            }
            skipToEnd();
            return new LoadSummary(asked, time.milliseconds(), queuedMillis, recordCount, byteCount);
        }

        private boolean readMore() {
            if (closed) {
                throw new IllegalStateException("The coordinator of groups stops.");
            }
            var result = loop.<ReadResult>await(answer -> {
                highWatermark = partition.highWatermark();
                partition.read(next, partition.endOffset(), bufferBytes, true, this::room, answer::complete);
            });
            return switch (result) {
                case ReadResult.Batches(int bytes) -> {
                    byteCount += bytes;
                    yield bytes > 0;
                }
                case ReadResult.OutOfRange() ->
                    throw new IllegalStateException("Offset " + next + " of " + name + " is not there any more.");
                case ReadResult.Gone() -> throw new NotLeaderOrFollowerException(name + " was deleted.");
            };
        }

        private ByteBuffer room(int bytes) {
            if (buffer.capacity() < bytes) {
                buffer = ByteBuffer.allocate(bytes);
            }
            buffer.clear().limit(bytes);
            return buffer.slice();
        }

        // says where the coordinator's reads may stand, as often as Kafka's own loader does
        private void progress() {
            if (next >= highWatermark) {
                written(next);
                if (highWatermark > committed) {
                    committed(highWatermark);
                }
            } else if (next - committed >= COMMIT_INTERVAL_OFFSETS) {
                written(next);
                committed(next);
            }
        }

        // the last records may have been compacted away: the coordinator must know where its next one will be
        private void skipToEnd() {
            long end = loop.call(partition::endOffset);
            if (end > written) {
                written(end);
                committed(end);
            }
        }

        private void written(long offset) {
            written = offset;
            playback.updateLastWrittenOffset(offset);
        }

        private void committed(long offset) {
            committed = offset;
            playback.updateLastCommittedOffset(offset);
        }

        private void replay(RecordBatch batch) {
            for (Record entry : batch) {
                recordCount++;
                if (batch.isControlBatch()) {
                    endTransaction(batch, entry);
                } else {
                    replay(batch, entry);
                }
            }
        }

        private void endTransaction(RecordBatch batch, Record marker) {
            var type = ControlRecordType.parse(marker.key());
            if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
                var result = type == ControlRecordType.COMMIT ? TransactionResult.COMMIT : TransactionResult.ABORT;
                playback.replayEndTransactionMarker(batch.producerId(), batch.producerEpoch(), result);
            }
        }

        private void replay(RecordBatch batch, Record entry) {
            CoordinatorRecord decoded;
            try {
                decoded = records.deserialize(entry.key(), entry.value());
            } catch (Deserializer.UnknownRecordTypeException e) { // as Kafka does: a newer version may have written it
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: passed over a record of the unknown type {1} at offset {2}",
                        name,
                        e.unknownType(),
                        entry.offset());
                return;
            }
            if (decoded != null) {
                note(decoded);
                playback.replay(entry.offset(), batch.producerId(), batch.producerEpoch(), decoded);
            }
        }

        private void note(CoordinatorRecord decoded) {
            if (decoded.key() instanceof OffsetCommitKey key && decoded.value() != null) {
                var value = (OffsetCommitValue) decoded.value().message();
                met.add(new CommittedTopic(key.topic(), GroupIds.javaId(value.topicId())));
            }
        }
    }
}
