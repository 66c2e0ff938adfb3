package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;

/// DeleteRecords 0-2 and DescribeLogDirs 1-5: what partitions hold and where.
///
/// Threads: the loop of the connection.
final class PartitionsApi implements ApiFamily {
    /// The one place where partitions are, below the broker's data directory.
    static final String LOG_DIRECTORY = "part";

    private static final long TO_THE_END = -1;
    private static final int FIRST_LOG_DIRS_WITH_ERROR = 3;

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.DELETE_RECORDS, 0, 2, this::deleteRecords),
                new Served(ApiKeys.DESCRIBE_LOG_DIRS, 1, 5, this::logDirectories));
    }

    private void deleteRecords(Exchange exchange) {
        var request = exchange.request(DeleteRecordsRequest.class).data();
        var session = exchange.session();
        var answer = new DeleteRecordsResponseData();
        request.topics().forEach(topic -> {
            var result = new DeleteRecordsTopicResult().setName(topic.name());
            answer.topics().add(result);
            topic.partitions().forEach(wanted -> result.partitions().add(deleteRecords(session, topic.name(), wanted)));
        });
        exchange.deadline(request.timeoutMs(), () -> exchange.fail(Errors.REQUEST_TIMED_OUT.exception()));
        session.whenCommitted(() -> {
            if (!exchange.answered()) {
                exchange.answer(new DeleteRecordsResponse(answer));
            }
        });
    }

    private static DeleteRecordsPartitionResult deleteRecords(
            TopicSession session, String name, DeleteRecordsPartition wanted) {
        var result = new DeleteRecordsPartitionResult()
                .setPartitionIndex(wanted.partitionIndex())
                .setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK);
        if (!Rights.topic(session, AclOperation.DELETE, name)) {
            return result.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        }
        var topic = session.topic(name);
        Optional<Partition> found = topic.flatMap(known -> session.partition(known, wanted.partitionIndex()));
        if (found.isEmpty()) {
            return result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        if (Topic.isInternal(name)) {
            return result.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
        }
        if (policies(session, topic.orElseThrow()).equals(Set.of(TopicConfig.CLEANUP_POLICY_COMPACT))) {
            return result.setErrorCode(Errors.POLICY_VIOLATION.code());
        }
        var partition = found.get();
        long offset = wanted.offset() == TO_THE_END ? partition.highWatermark() : wanted.offset();
        if (offset < 0 || offset > partition.highWatermark()) {
            return result.setErrorCode(Errors.OFFSET_OUT_OF_RANGE.code());
        }
        partition.deleteBefore(offset);
        return result.setLowWatermark(Math.max(offset, partition.startOffset()));
    }

    private static Set<String> policies(TopicSession session, TopicDefinition topic) {
        return TopicConfigs.all(topic.settings(), session.settings(BrokerConfigs.SETTINGS)).stream()
                .filter(value -> value.name().equals(TopicConfig.CLEANUP_POLICY_CONFIG))
                .flatMap(value -> Set.of(value.value().split(",")).stream())
                .collect(Collectors.toSet());
    }

    private void logDirectories(Exchange exchange) {
        var session = exchange.session();
        var answer = new DescribeLogDirsResponseData();
        if (!Rights.cluster(session, AclOperation.DESCRIBE)) {
            if (exchange.version() >= FIRST_LOG_DIRS_WITH_ERROR) {
                answer.setErrorCode(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
            }
            exchange.answer(new DescribeLogDirsResponse(answer));
            return;
        }
        var wanted = exchange.request(DescribeLogDirsRequest.class).data().topics();
        var topics = new ArrayList<DescribeLogDirsTopic>();
        if (wanted == null) {
            session.topics()
                    .forEach(topic -> topics.add(sizes(
                            session,
                            topic,
                            IntStream.range(0, topic.partitions().size())
                                    .boxed()
                                    .toList())));
        } else {
            for (DescribableLogDirTopic asked : wanted) {
                session.topic(asked.topic()).ifPresent(topic -> topics.add(sizes(session, topic, asked.partitions())));
            }
        }
        var disk = session.disk();
        answer.results()
                .add(new DescribeLogDirsResult()
                        .setLogDir(LOG_DIRECTORY)
                        .setTopics(topics)
                        .setTotalBytes(disk.totalBytes())
                        .setUsableBytes(disk.usableBytes()));
        exchange.answer(new DescribeLogDirsResponse(answer));
    }

    private static DescribeLogDirsTopic sizes(TopicSession session, TopicDefinition topic, List<Integer> indexes) {
        var result = new DescribeLogDirsTopic().setName(topic.name());
        for (int index : indexes) {
            session.partition(topic, index)
                    .ifPresent(partition -> result.partitions()
                            .add(new DescribeLogDirsPartition()
                                    .setPartitionIndex(index)
                                    .setPartitionSize(partition.sizeBytes())));
        }
        return result;
    }
}
