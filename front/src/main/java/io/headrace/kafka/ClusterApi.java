package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Partition;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.MismatchedEndpointTypeException;
import org.apache.kafka.common.errors.UnsupportedEndpointTypeException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;

/// DescribeCluster 0-2, DescribeTopicPartitions 0: what administrators' clients ask instead of Metadata.
///
/// Threads: the loop of the connection.
final class ClusterApi implements ApiFamily {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;
    private static final List<Integer> THIS_NODE = List.of(KafkaConfig.NODE_ID);

    private final KafkaConfig config;

    ClusterApi(KafkaConfig config) {
        this.config = config;
    }

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.DESCRIBE_CLUSTER, 0, 2, this::cluster),
                new Served(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, 0, this::partitions));
    }

    private void cluster(Exchange exchange) {
        var session = exchange.session();
        var request = exchange.request(DescribeClusterRequest.class).data();
        switch (request.endpointType()) {
            case BROKERS -> {}
            case CONTROLLERS ->
                throw new MismatchedEndpointTypeException("The request was sent to an endpoint of type BROKER,"
                        + " but we wanted an endpoint of type CONTROLLER");
            default ->
                throw new UnsupportedEndpointTypeException("Unsupported endpoint type " + request.endpointType());
        }
        var here = Advertised.to(exchange.connection().wire(), config);
        var answer = new DescribeClusterResponseData()
                .setClusterId(Names.id(session.clusterId()).toString())
                .setControllerId(KafkaConfig.NODE_ID)
                .setEndpointType(BROKERS)
                .setClusterAuthorizedOperations(
                        request.includeClusterAuthorizedOperations() ? Rights.ofCluster(session) : Rights.NOT_ASKED);
        answer.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(KafkaConfig.NODE_ID)
                        .setHost(here.host())
                        .setPort(here.port()));
        exchange.answer(new DescribeClusterResponse(answer));
    }

    private void partitions(Exchange exchange) {
        var request = exchange.request(DescribeTopicPartitionsRequest.class).data();
        exchange.answer(new DescribeTopicPartitionsResponse(new Description(exchange.session(), request).whole()));
    }

    /// One answer to DescribeTopicPartitions: topics in the order of their names, from the cursor on, as far as the
    /// limit allows.
    private static final class Description {
        private final TopicSession session;
        private final DescribeTopicPartitionsRequestData request;
        private final DescribeTopicPartitionsResponseData answer = new DescribeTopicPartitionsResponseData();
        private int left;

        Description(TopicSession session, DescribeTopicPartitionsRequestData request) {
            this.session = session;
            this.request = request;
            this.left = Math.clamp(request.responsePartitionLimit(), 1, KafkaConfig.DESCRIBED_PARTITIONS_MAX);
        }

        DescribeTopicPartitionsResponseData whole() {
            var cursor = Optional.ofNullable(request.cursor());
            if (cursor.isPresent() && cursor.get().partitionIndex() < 0) {
                throw new InvalidRequestException(
                        "DescribeTopicPartitionsRequest cursor partition must be valid: " + cursor.get());
            }
            var names = new TreeSet<String>();
            boolean all = request.topics().isEmpty();
            if (all) {
                session.topics().stream().map(TopicDefinition::name).forEach(names::add);
            } else {
                request.topics().forEach(topic -> names.add(topic.name()));
                if (cursor.isPresent() && !names.contains(cursor.get().topicName())) {
                    throw new InvalidRequestException(
                            "DescribeTopicPartitionsRequest topic list should contain the cursor topic: "
                                    + cursor.get().topicName());
                }
            }
            var firstName = cursor.map(DescribeTopicPartitionsRequestData.Cursor::topicName)
                    .orElse("");
            for (String name : names.tailSet(firstName)) {
                int first = cursor.isPresent() && name.equals(firstName)
                        ? cursor.get().partitionIndex()
                        : 0;
                if (!Rights.topic(session, AclOperation.DESCRIBE, name)) {
                    if (!all) {
                        answer.topics().add(failed(Errors.TOPIC_AUTHORIZATION_FAILED, name));
                    }
                } else if (left == 0) {
                    answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(first));
                    break;
                } else if (!add(name, first)) {
                    break;
                }
            }
            return answer;
        }

        /// @return false: the limit is reached within this topic
        private boolean add(String name, int first) {
            var topic = session.topic(name);
            if (topic.isEmpty()) {
                answer.topics()
                        .add(failed(Names.unknown(name), name)
                                .setIsInternal(Topic.isInternal(name))
                                .setTopicAuthorizedOperations(Rights.ofTopic(session, name)));
                return true;
            }
            int count = topic.get().partitions().size();
            int end = Math.min(count, first + Math.min(left, count));
            var described = new DescribeTopicPartitionsResponseTopic()
                    .setName(name)
                    .setTopicId(Names.id(topic.get().id()))
                    .setIsInternal(Topic.isInternal(name))
                    .setTopicAuthorizedOperations(Rights.ofTopic(session, name));
            for (int i = first; i < end; i++) {
                described.partitions().add(partition(topic.get(), i));
            }
            answer.topics().add(described);
            left -= Math.max(0, end - first);
            if (end < count) {
                answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(end));
                return false;
            }
            return true;
        }

        private DescribeTopicPartitionsResponsePartition partition(TopicDefinition topic, int index) {
            return new DescribeTopicPartitionsResponsePartition()
                    .setPartitionIndex(index)
                    .setLeaderId(KafkaConfig.NODE_ID)
                    .setLeaderEpoch(session.partition(topic, index)
                            .map(Partition::leaderEpoch)
                            .orElse(0))
                    .setReplicaNodes(THIS_NODE)
                    .setIsrNodes(THIS_NODE)
                    .setEligibleLeaderReplicas(List.of())
                    .setLastKnownElr(List.of());
        }

        private DescribeTopicPartitionsResponseTopic failed(Errors error, String name) {
            return new DescribeTopicPartitionsResponseTopic()
                    .setErrorCode(error.code())
                    .setName(name);
        }
    }
}
