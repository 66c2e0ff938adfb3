package io.headrace.stream.txn;

import io.headrace.shard.Loop;
import io.headrace.stream.Append;
import io.headrace.stream.TransactionEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.coordinator.transaction.TransactionState;

/// Carries out how transactions end: a marker in every partition that was added. Those of records are written at once;
/// for those of offsets the coordinator of groups is asked, as often as it takes.
///
/// A marker that is written twice does no harm, so after a crash it begins from the start.
///
/// Threads: the loop.
final class Endings {
    private static final System.Logger LOG = System.getLogger(Endings.class.getName());
    private static final long RETRY_MILLIS = 100;

    private final Loop loop;
    private final TransactionTopics topics;
    private final Consumer<TransactionalId> complete;
    private boolean stopped;

    /// @param complete hears when all partitions know
    Endings(Loop loop, TransactionTopics topics, Consumer<TransactionalId> complete) {
        this.loop = loop;
        this.topics = topics;
        this.complete = complete;
    }

    void stop() {
        stopped = true;
    }

    void carryOut(TransactionalId known, int coordinatorEpoch) {
        var state = known.state();
        var end = new TransactionEnd(
                state.producerId(),
                state.producerEpoch(),
                state.state() == TransactionState.PREPARE_COMMIT,
                coordinatorEpoch,
                state.clientTransactionVersion().supportsEpochBump());
        List<Integer> ofOffsets = new ArrayList<>();
        for (TopicPartition added : state.topicPartitions()) {
            if (added.topic().equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
                ofOffsets.add(added.partition());
            } else {
                mark(known, added, end);
            }
        }
        known.markersMissing(ofOffsets.size());
        if (ofOffsets.isEmpty()) {
            complete.accept(known);
        }
        ofOffsets.forEach(partition -> endOffsets(known, partition, end));
    }

    // a partition that is gone has nothing to hide or to show
    private void mark(TransactionalId known, TopicPartition name, TransactionEnd end) {
        topics.topic(name.topic())
                .flatMap(topic -> topics.partition(topic, name.partition()))
                .filter(partition -> !partition.gone())
                .ifPresent(partition -> {
                    if (partition.end(end) instanceof Append.Rejected(var error, var why, var _)) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "{0} takes no marker of transactional id {1}: {2} {3}",
                                name,
                                known.name(),
                                error,
                                why);
                    }
                });
    }

    private void endOffsets(TransactionalId known, int partition, TransactionEnd end) {
        if (stopped || !known.ending()) {
            return; // begun again after the next start; or the topic of all states is gone
        }
        topics.endOffsets(partition, end, () -> ended(known), failure -> {
            if (failure instanceof RetriableException) {
                loop.schedule(RETRY_MILLIS, () -> endOffsets(known, partition, end));
                return;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The coordinator of groups takes no marker of transactional id {0} for its partition {1}: {2}",
                    known.name(),
                    partition,
                    failure.getMessage());
            ended(known);
        });
    }

    private void ended(TransactionalId known) {
        if (!stopped && known.ending() && known.markerThere()) {
            complete.accept(known);
        }
    }
}
