package io.headrace.stream.group;

import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Append;
import io.headrace.stream.Partition;
import io.headrace.stream.TransactionEnd;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/// Puts the coordinator's records into the partitions of `__consumer_offsets`, and tells it what is committed.
///
/// Threads: the coordinator's; the watches belong to the loop.
final class OffsetsWriter implements PartitionWriter {
    private static final System.Logger LOG = System.getLogger(OffsetsWriter.class.getName());

    /// Of TxnOffsetCommit.
    private static final int FIRST_VERSION_WITH_ABORTABLE = 4;
    private static final int FIRST_VERSION_THAT_ADDS = 5;
    /// KIP-890: each transaction has an epoch of its own.
    private static final short FIRST_VERSION_THAT_MOVES_EPOCHS = 2;

    private final OffsetsTopic topic;
    private final LoopCalls loop;
    private final OffsetTransactions transactions;
    private final Map<Listener, Partition.Watch> watches = new HashMap<>(); // loop only
    private volatile Configured configured = new Configured(new TreeMap<>());

    /// A topic's settings, and what they mean to Kafka: made once, since it is asked for every batch.
    private record Configured(SortedMap<String, String> settings, LogConfig config) {
        Configured(SortedMap<String, String> settings) {
            this(settings, new LogConfig(settings));
        }
    }

    OffsetsWriter(OffsetsTopic topic, LoopCalls loop, OffsetTransactions transactions) {
        this.topic = topic;
        this.loop = loop;
        this.transactions = transactions;
    }

    @Override
    public LogConfig config(TopicPartition partition) {
        var settings = topic.definition().map(TopicDefinition::settings).orElseGet(TreeMap::new);
        var current = configured;
        if (!current.settings.equals(settings)) {
            current = new Configured(settings);
            configured = current;
        }
        return current.config;
    }

    @Override
    public long append(
            TopicPartition partition, VerificationGuard guard, MemoryRecords records, short transactionVersion) {
        var append = loop.call(() -> append(partition, records, transactionVersion));
        return switch (append) {
            case Append.Appended appended -> appended.lastOffset() + 1;
            case Append.Duplicate duplicate -> duplicate.lastOffset() + 1;
            case Append.Rejected rejected -> throw exception(rejected);
        };
    }

    private Append append(TopicPartition name, MemoryRecords records, short transactionVersion) {
        var partition = topic.partition(name);
        var batch = records.firstBatch();
        if (batch == null || !batch.isTransactional()) {
            return partition.appendInternal(records.buffer());
        }
        if (batch.isControlBatch()) {
            return partition.end(end(batch, transactionVersion));
        }
        // the transaction may have ended since its offsets were let in: then they are too late
        return transactions.admitted(batch.producerId(), batch.producerEpoch(), name.partition())
                ? partition.appendInternal(records.buffer())
                : new Append.Rejected(Errors.INVALID_TXN_STATE);
    }

    private static TransactionEnd end(RecordBatch batch, short transactionVersion) {
        var marker = EndTransactionMarker.deserialize(batch.iterator().next());
        return new TransactionEnd(
                batch.producerId(),
                batch.producerEpoch(),
                marker.controlType() == ControlRecordType.COMMIT,
                marker.coordinatorEpoch(),
                transactionVersion >= FIRST_VERSION_THAT_MOVES_EPOCHS);
    }

    private static ApiException exception(Append.Rejected rejected) {
        return rejected.message().isEmpty()
                ? rejected.error().exception()
                : rejected.error().exception(rejected.message());
    }

    /// Tells the high watermark at once too: what was committed while the coordinator loaded would otherwise be
    /// heard of with the next commit only.
    @Override
    public void registerListener(TopicPartition partition, Listener listener) {
        loop.post(() -> topic.find(partition).ifPresent(found -> watch(partition, found, listener)));
    }

    private void watch(TopicPartition partition, Partition found, Listener listener) {
        var told = new long[] {-1};
        Runnable tell = () -> {
            long committed = found.highWatermark();
            if (committed > told[0] && !found.gone()) {
                told[0] = committed;
                tell(listener, partition, committed);
            }
        };
        watches.put(listener, found.watch(tell));
        tell.run();
    }

    private static void tell(Listener listener, TopicPartition partition, long committed) {
        try {
            listener.onHighWatermarkUpdated(partition, committed);
        } catch (NotCoordinatorException e) {
            // it stops, and tells everybody who waits
        } catch (RuntimeException e) { // the coordinator's trouble must not become the loop's
            LOG.log(System.Logger.Level.ERROR, "The coordinator of groups, for " + partition, e);
        }
    }

    @Override
    public void deregisterListener(TopicPartition partition, Listener listener) {
        loop.post(() -> {
            var watch = watches.remove(listener);
            if (watch != null) {
                watch.close();
            }
        });
    }

    /// Lets offsets of a transaction in, which may add the partition to it. Errors are translated as Kafka's brokers do
    /// between them, see `AddPartitionsToTxnManager`.
    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition partition, String transactionalId, long producerId, short producerEpoch, int apiVersion) {
        var answer = new CompletableFuture<VerificationGuard>();
        loop.post(() -> {
            boolean adds = apiVersion >= FIRST_VERSION_THAT_ADDS;
            var error = transactions.admit(transactionalId, producerId, producerEpoch, partition.partition(), adds);
            if (error == Errors.PRODUCER_FENCED) {
                error = Errors.INVALID_PRODUCER_EPOCH;
            } else if (error == Errors.TRANSACTION_ABORTABLE && apiVersion < FIRST_VERSION_WITH_ABORTABLE) {
                error = Errors.INVALID_TXN_STATE;
            }
            if (error == Errors.NONE) {
                answer.complete(VerificationGuard.SENTINEL);
            } else {
                answer.completeExceptionally(error.exception());
            }
        });
        return answer;
    }

    /// Asked for by coordinators of share groups only.
    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition partition, long deleteBeforeOffset) {
        return CompletableFuture.failedFuture(new UnsupportedVersionException("Offsets are compacted, not deleted."));
    }
}
