package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;
import org.apache.kafka.common.requests.AlterReplicaLogDirsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;

/// Where replicas are and who leads: ElectLeaders 0-2, AlterPartitionReassignments 0-1, ListPartitionReassignments 0,
/// AlterReplicaLogDirs 1-2. One node has every replica and leads it, in one directory: what is asked for is so already,
/// or cannot be, and the answers are those of a Kafka of one node.
///
/// Threads: the loop of the connection.
final class ReplicasApi implements ApiFamily {
    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.ELECT_LEADERS, 0, 2, this::elect),
                new Served(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, 0, 1, this::reassign),
                new Served(ApiKeys.LIST_PARTITION_REASSIGNMENTS, 0, 0, this::reassignments),
                new Served(ApiKeys.ALTER_REPLICA_LOG_DIRS, 1, 2, this::move));
    }

    private static boolean exists(TopicSession session, String name, int index) {
        return session.topic(name)
                .flatMap(topic -> session.partition(topic, index))
                .isPresent();
    }

    // ----------------------------------------------------------------------------------------------- elections

    /// Whoever leads is the only one who can.
    private void elect(Exchange exchange) {
        var session = exchange.session();
        Rights.needCluster(session, AclOperation.ALTER);
        var request = exchange.request(ElectLeadersRequest.class).data();
        checkElection(request.electionType());
        var answer = new ElectLeadersResponseData();
        if (request.topicPartitions() == null) { // all: of each topic, those that needed one, which is none
            session.topics()
                    .forEach(topic ->
                            answer.replicaElectionResults().add(new ReplicaElectionResult().setTopic(topic.name())));
        } else {
            request.topicPartitions().forEach(topic -> {
                var result = new ReplicaElectionResult().setTopic(topic.topic());
                answer.replicaElectionResults().add(result);
                topic.partitions()
                        .forEach(index -> result.partitionResult().add(elected(session, topic.topic(), index)));
            });
        }
        exchange.answer(new ElectLeadersResponse(answer));
    }

    private static void checkElection(byte type) {
        try {
            ElectionType.valueOf(type);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("Unknown election type " + type);
        }
    }

    private static PartitionResult elected(TopicSession session, String name, int index) {
        var error = session.topic(name).isEmpty()
                ? new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such topic as " + name)
                : exists(session, name, index)
                        ? new ApiError(Errors.ELECTION_NOT_NEEDED)
                        : new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such partition as " + name + "-" + index);
        return new PartitionResult()
                .setPartitionId(index)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    // ------------------------------------------------------------------------------------------- reassignments

    private void reassign(Exchange exchange) {
        var session = exchange.session();
        Rights.needCluster(session, AclOperation.ALTER);
        var request = exchange.request(AlterPartitionReassignmentsRequest.class).data();
        boolean otherFactor = request.allowReplicationFactorChange();
        var answer = new AlterPartitionReassignmentsResponseData().setAllowReplicationFactorChange(otherFactor);
        request.topics().forEach(topic -> {
            var result = new ReassignableTopicResponse().setName(topic.name());
            answer.responses().add(result);
            topic.partitions().forEach(partition -> {
                var error =
                        refusal(session, topic.name(), partition, otherFactor).orElse(ApiError.NONE);
                result.partitions()
                        .add(new ReassignablePartitionResponse()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.message()));
            });
        });
        exchange.answer(new AlterPartitionReassignmentsResponse(answer));
    }

    private static Optional<ApiError> refusal(
            TopicSession session, String topic, ReassignablePartition wanted, boolean otherFactor) {
        try {
            if (session.topic(topic).isEmpty()) {
                throw new UnknownTopicOrPartitionException("Unable to find a topic named " + topic + ".");
            }
            if (!exists(session, topic, wanted.partitionIndex())) {
                throw new UnknownTopicOrPartitionException(
                        "Unable to find partition " + topic + ":" + wanted.partitionIndex() + ".");
            }
            if (wanted.replicas() == null) { // to stop one that is under way
                throw new NoReassignmentInProgressException(Errors.NO_REASSIGNMENT_IN_PROGRESS.message());
            }
            checkReplicas(wanted.replicas());
            if (!otherFactor && wanted.replicas().size() > 1) {
                throw new InvalidReplicationFactorException("The replication factor is changed from 1 to "
                        + wanted.replicas().size());
            }
            return Optional.empty(); // they are where they shall be
        } catch (ApiException refused) {
            return Optional.of(ApiError.fromThrowable(refused));
        }
    }

    private static void checkReplicas(List<Integer> replicas) {
        if (replicas.isEmpty()) {
            throw new InvalidReplicaAssignmentException(
                    "The manual partition assignment includes an empty replica list.");
        }
        var seen = new HashSet<Integer>();
        for (int node : replicas.stream().sorted().toList()) {
            if (node != KafkaConfig.NODE_ID) {
                throw new InvalidReplicaAssignmentException("The manual partition assignment includes broker " + node
                        + ", but no such broker is registered.");
            }
            if (!seen.add(node)) {
                throw new InvalidReplicaAssignmentException(
                        "The manual partition assignment includes the broker " + node + " more than once.");
            }
        }
    }

    /// There is one node, so none is ever under way.
    private void reassignments(Exchange exchange) {
        Rights.needCluster(exchange.session(), AclOperation.DESCRIBE);
        exchange.answer(new ListPartitionReassignmentsResponse(new ListPartitionReassignmentsResponseData()));
    }

    // --------------------------------------------------------------------------------------------- directories

    private void move(Exchange exchange) {
        var session = exchange.session();
        Rights.needCluster(session, AclOperation.ALTER);
        var results = new ArrayList<AlterReplicaLogDirTopicResult>();
        exchange.request(AlterReplicaLogDirsRequest.class)
                .data()
                .dirs()
                .forEach(directory -> directory
                        .topics()
                        .forEach(topic -> results.add(new AlterReplicaLogDirTopicResult()
                                .setTopicName(topic.name())
                                .setPartitions(topic.partitions().stream()
                                        .map(index -> moved(session, directory.path(), topic.name(), index))
                                        .toList()))));
        exchange.answer(new AlterReplicaLogDirsResponse(new AlterReplicaLogDirsResponseData().setResults(results)));
    }

    private static AlterReplicaLogDirPartitionResult moved(
            TopicSession session, String directory, String topic, int index) {
        var error = !directory.equals(PartitionsApi.LOG_DIRECTORY)
                ? Errors.LOG_DIR_NOT_FOUND
                : exists(session, topic, index) ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        return new AlterReplicaLogDirPartitionResult().setPartitionIndex(index).setErrorCode(error.code());
    }
}
