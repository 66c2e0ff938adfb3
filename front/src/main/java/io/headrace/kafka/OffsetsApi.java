package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.stream.EpochEnd;
import io.headrace.stream.Partition;
import io.headrace.stream.TimedOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;

/// ListOffsets 1-11 and OffsetForLeaderEpoch 2-4: where records are, by their time and by the epoch of their leader.
///
/// Threads: the loop of the connection.
final class OffsetsApi implements ApiFamily {
    private static final int NO_EPOCH = -1;

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.LIST_OFFSETS, 1, 11, this::listOffsets),
                new Served(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 2, 4, this::endsOfEpochs));
    }

    private void listOffsets(Exchange exchange) {
        checkIsolation(exchange.request(ListOffsetsRequest.class).data().isolationLevel());
        new Listing(exchange).begin();
    }

    /// What a reader wants to see is one of two.
    static void checkIsolation(byte level) {
        if (level != IsolationLevel.READ_UNCOMMITTED.id() && level != IsolationLevel.READ_COMMITTED.id()) {
            throw new InvalidRequestException("Unknown isolation level " + level);
        }
    }

    /// Fails with an error, or holds the partition.
    private record Found(Errors error, Partition partition) {}

    private static Found find(boolean described, TopicSession session, String name, int index, int leaderEpoch) {
        if (!described) {
            return new Found(Errors.TOPIC_AUTHORIZATION_FAILED, null);
        }
        var partition = session.topic(name).flatMap(topic -> session.partition(topic, index));
        if (partition.isEmpty()) {
            return new Found(Errors.UNKNOWN_TOPIC_OR_PARTITION, null);
        }
        if (leaderEpoch != NO_EPOCH && leaderEpoch != partition.get().leaderEpoch()) {
            return new Found(
                    leaderEpoch < partition.get().leaderEpoch()
                            ? Errors.FENCED_LEADER_EPOCH
                            : Errors.UNKNOWN_LEADER_EPOCH,
                    null);
        }
        return new Found(Errors.NONE, partition.get());
    }

    private void endsOfEpochs(Exchange exchange) {
        var session = exchange.session();
        var answer = new OffsetForLeaderEpochResponseData();
        exchange.request(OffsetsForLeaderEpochRequest.class).data().topics().forEach(topic -> {
            var result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            topic.partitions().forEach(asked -> result.partitions().add(endOfEpoch(session, topic.topic(), asked)));
            answer.topics().add(result);
        });
        exchange.answer(new OffsetsForLeaderEpochResponse(answer));
    }

    private static EpochEndOffset endOfEpoch(TopicSession session, String name, OffsetForLeaderPartition asked) {
        var result = new EpochEndOffset().setPartition(asked.partition());
        boolean described = Rights.topic(session, AclOperation.DESCRIBE, name)
                || Rights.cluster(session, AclOperation.CLUSTER_ACTION); // brokers ask for it too
        var found = find(described, session, name, asked.partition(), asked.currentLeaderEpoch());
        if (found.error() != Errors.NONE) {
            return result.setErrorCode(found.error().code());
        }
        EpochEnd end = found.partition().endOfEpoch(asked.leaderEpoch());
        return result.setLeaderEpoch(end.leaderEpoch()).setEndOffset(end.endOffset());
    }

    /// One ListOffsets request. Those by time may take a while.
    private static final class Listing {
        private static final int EPOCH_FROM = 4;
        private static final int MAX_TIME_FROM = 7;
        private static final int EARLIEST_LOCAL_FROM = 8;
        private static final int LATEST_TIERED_FROM = 9;
        private static final int EARLIEST_PENDING_UPLOAD_FROM = 11;

        private final Exchange exchange;
        private final ListOffsetsRequestData request;
        private final ListOffsetsResponseData answer = new ListOffsetsResponseData();
        private final boolean committed;
        private final Outstanding all;

        Listing(Exchange exchange) {
            this.exchange = exchange;
            this.request = exchange.request(ListOffsetsRequest.class).data();
            this.all = new Outstanding(() -> exchange.answer(new ListOffsetsResponse(answer)));
            this.committed = request.isolationLevel() == IsolationLevel.READ_COMMITTED.id();
        }

        void begin() {
            var times = new HashMap<TopicPartition, Integer>();
            request.topics()
                    .forEach(topic -> topic.partitions()
                            .forEach(asked -> times.merge(
                                    new TopicPartition(topic.name(), asked.partitionIndex()), 1, Integer::sum)));
            for (ListOffsetsTopic topic : request.topics()) {
                var results = new ListOffsetsTopicResponse().setName(topic.name());
                answer.topics().add(results);
                for (ListOffsetsPartition asked : topic.partitions()) {
                    var result = new ListOffsetsPartitionResponse().setPartitionIndex(asked.partitionIndex());
                    results.partitions().add(result);
                    ask(topic.name(), asked, result, times);
                }
            }
            all.done();
        }

        private void ask(
                String name,
                ListOffsetsPartition asked,
                ListOffsetsPartitionResponse result,
                Map<TopicPartition, Integer> times) {
            if (times.get(new TopicPartition(name, asked.partitionIndex())) > 1) {
                result.setErrorCode(Errors.INVALID_REQUEST.code());
                return;
            }
            var session = exchange.session();
            boolean described = Rights.topic(session, AclOperation.DESCRIBE, name);
            var found = find(described, session, name, asked.partitionIndex(), asked.currentLeaderEpoch());
            if (found.error() != Errors.NONE) {
                result.setErrorCode(found.error().code());
                return;
            }
            var partition = found.partition();
            long time = asked.timestamp();
            if (time == ListOffsetsRequest.LATEST_TIMESTAMP) {
                place(result, fetchable(partition), partition.leaderEpoch());
            } else if (time == ListOffsetsRequest.EARLIEST_TIMESTAMP
                    || time == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP && served(EARLIEST_LOCAL_FROM)) {
                place(result, partition.startOffset(), partition.leaderEpoch());
            } else if (time == ListOffsetsRequest.MAX_TIMESTAMP && served(MAX_TIME_FROM)) {
                all.expect();
                partition.offsetOfMaxTime(into(partition, result));
            } else if (time >= 0) {
                all.expect();
                partition.offsetOfTime(time, into(partition, result));
            } else if (!(time == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP && served(LATEST_TIERED_FROM)
                    || time == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP
                            && served(EARLIEST_PENDING_UPLOAD_FROM))) {
                result.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
            } // else nothing is tiered: none
        }

        private boolean served(int from) {
            return exchange.version() >= from;
        }

        private long fetchable(Partition partition) {
            return committed ? partition.lastStableOffset() : partition.highWatermark();
        }

        /// Older answers cannot say an epoch.
        private void place(ListOffsetsPartitionResponse result, long offset, int leaderEpoch) {
            result.setOffset(offset);
            if (served(EPOCH_FROM)) {
                result.setLeaderEpoch(leaderEpoch);
            }
        }

        private Consumer<Optional<TimedOffset>> into(Partition partition, ListOffsetsPartitionResponse result) {
            return found -> {
                found.filter(record -> record.offset() < fetchable(partition)).ifPresent(record -> {
                    place(result, record.offset(), record.leaderEpoch());
                    result.setTimestamp(record.timestampMillis());
                });
                all.done();
            };
        }
    }
}
