package io.headrace.stream.group;

import io.headrace.catalog.Catalog;
import io.headrace.stream.Partition;
import io.headrace.stream.share.SharePartition;
import io.headrace.stream.share.Shares;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateResult;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateParameters;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateResult;
import org.apache.kafka.server.share.persister.PartitionErrorData;
import org.apache.kafka.server.share.persister.PartitionFactory;
import org.apache.kafka.server.share.persister.PartitionIdData;
import org.apache.kafka.server.share.persister.PartitionStateData;
import org.apache.kafka.server.share.persister.PartitionStateSummaryData;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.share.persister.ReadShareGroupStateParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateResult;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryResult;
import org.apache.kafka.server.share.persister.TopicData;
import org.apache.kafka.server.share.persister.WriteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.WriteShareGroupStateResult;

/// What the coordinator decides about share groups' offsets, carried out on [Shares]; what it wants to know of them,
/// told.
/// What is carried out is answered when it is committed.
///
/// Kafka's own share partitions would also keep their state by this; ours lie beside it.
///
/// Threads: any; the work is done on the loop.
final class SharePersister implements Persister {
    private final Catalog catalog;
    private final GroupTopics topics;
    private final Shares shares;
    private final LoopCalls loop;

    SharePersister(Catalog catalog, GroupTopics topics, Shares shares, LoopCalls loop) {
        this.catalog = catalog;
        this.topics = topics;
        this.shares = shares;
        this.loop = loop;
    }

    @Override
    public CompletableFuture<InitializeShareGroupStateResult> initializeState(
            InitializeShareGroupStateParameters request) {
        var asked = request.groupTopicPartitionData();
        return committed(() -> new InitializeShareGroupStateResult.Builder()
                .setTopicsData(
                        each(asked.topicsData(), (topic, partition) -> initialize(asked.groupId(), topic, partition)))
                .build());
    }

    private PartitionErrorData initialize(String group, Uuid topic, PartitionStateData wanted) {
        var partition = partition(topic, wanted.partition());
        if (partition.isEmpty()) {
            return result(wanted, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        var known = shares.find(group, partition.get());
        if (known.isPresent() && known.get().stateEpoch() > wanted.stateEpoch()) {
            return result(wanted, Errors.FENCED_STATE_EPOCH);
        }
        shares.open(group, partition.get(), wanted.stateEpoch(), wanted.startOffset());
        return result(wanted, Errors.NONE);
    }

    @Override
    public CompletableFuture<DeleteShareGroupStateResult> deleteState(DeleteShareGroupStateParameters request) {
        var asked = request.groupTopicPartitionData();
        return committed(() -> new DeleteShareGroupStateResult.Builder()
                .setTopicsData(each(asked.topicsData(), (topic, partition) -> {
                    find(asked.groupId(), topic, partition.partition()).ifPresent(shares::close);
                    return result(partition, Errors.NONE);
                }))
                .build());
    }

    @Override
    public CompletableFuture<ReadShareGroupStateSummaryResult> readSummary(
            ReadShareGroupStateSummaryParameters request) {
        var asked = request.groupTopicPartitionData();
        var answer = new CompletableFuture<ReadShareGroupStateSummaryResult>();
        loop.post(() -> answer.complete(new ReadShareGroupStateSummaryResult.Builder()
                .setTopicsData(each(
                        asked.topicsData(),
                        (topic, partition) -> summary(asked.groupId(), topic, partition.partition())))
                .build()));
        return answer;
    }

    private PartitionStateSummaryData summary(String group, Uuid topic, int index) {
        var share = find(group, topic, index);
        var start = share.flatMap(SharePartition::start);
        int leaderEpoch = start.flatMap(_ -> partition(topic, index))
                .map(Partition::leaderEpoch)
                .orElse(PartitionFactory.DEFAULT_LEADER_EPOCH);
        return PartitionFactory.newPartitionStateSummaryData(
                index,
                share.map(SharePartition::stateEpoch).orElse(PartitionFactory.DEFAULT_STATE_EPOCH),
                start.orElse((long) PartitionFactory.UNINITIALIZED_START_OFFSET),
                start.map(_ -> (int) share.get().finished())
                        .orElse(PartitionFactory.UNINITIALIZED_DELIVERY_COMPLETE_COUNT),
                leaderEpoch,
                Errors.NONE.code(),
                Errors.NONE.message());
    }

    @Override
    public CompletableFuture<ReadShareGroupStateResult> readState(ReadShareGroupStateParameters request) {
        return CompletableFuture.failedFuture(notHere());
    }

    @Override
    public CompletableFuture<WriteShareGroupStateResult> writeState(WriteShareGroupStateParameters request) {
        return CompletableFuture.failedFuture(notHere());
    }

    /// Only Kafka's own share partitions ask for it.
    private static UnsupportedVersionException notHere() {
        return new UnsupportedVersionException("The state of share groups is kept beside their partitions.");
    }

    @Override
    public void stop() {
        // nothing of its own runs
    }

    private interface Work<R> {
        R run();
    }

    private <R> CompletableFuture<R> committed(Work<R> work) {
        var answer = new CompletableFuture<R>();
        loop.post(() -> {
            var result = work.run();
            topics.whenCommitted(() -> answer.complete(result));
        });
        return answer;
    }

    private static <P extends PartitionIdData, R extends PartitionIdData> List<TopicData<R>> each(
            List<TopicData<P>> topics, BiFunction<Uuid, P, R> work) {
        return topics.stream()
                .map(topic -> new TopicData<>(
                        topic.topicId(),
                        topic.partitions().stream()
                                .map(partition -> work.apply(topic.topicId(), partition))
                                .toList()))
                .toList();
    }

    private static PartitionErrorData result(PartitionIdData partition, Errors error) {
        return PartitionFactory.newPartitionErrorData(partition.partition(), error.code(), error.message());
    }

    private Optional<SharePartition> find(String group, Uuid topic, int index) {
        return partition(topic, index).flatMap(partition -> shares.find(group, partition));
    }

    private Optional<Partition> partition(Uuid topic, int index) {
        return catalog.topic(GroupIds.javaId(topic)).flatMap(found -> topics.partition(found, index));
    }
}
