package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.stream.Partition;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.common.resource.ResourceType;

/// DescribeProducers 0: what partitions know of producers, and what these have open (KIP-664).
///
/// Threads: the loop of the connection.
final class ProducersApi implements ApiFamily {
    private static final long NOTHING_OPEN = -1;

    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.DESCRIBE_PRODUCERS, 0, 0, this::describe));
    }

    private void describe(Exchange exchange) {
        var session = exchange.session();
        var answer = new DescribeProducersResponseData();
        exchange.request(DescribeProducersRequest.class).data().topics().forEach(topic -> {
            var result = new TopicResponse().setName(topic.name());
            answer.topics().add(result);
            var refusal = refusal(session, topic.name());
            topic.partitionIndexes()
                    .forEach(index -> result.partitions()
                            .add(
                                    refusal.isPresent()
                                            ? failed(index, refusal.get())
                                            : described(session, topic.name(), index)));
        });
        exchange.answer(new DescribeProducersResponse(answer));
    }

    // in Kafka's order: who may not read a topic does not learn whether it is there
    private static Optional<ApiError> refusal(TopicSession session, String name) {
        try {
            Topic.validate(name);
        } catch (InvalidTopicException e) {
            return Optional.of(ApiError.fromThrowable(e));
        }
        if (!Rights.may(session, AclOperation.READ, ResourceType.TOPIC, name)) {
            return Optional.of(new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED));
        }
        return session.topic(name).isEmpty()
                ? Optional.of(new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION))
                : Optional.empty();
    }

    private static PartitionResponse failed(int index, ApiError error) {
        return new PartitionResponse()
                .setPartitionIndex(index)
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    private static PartitionResponse described(TopicSession session, String name, int index) {
        Optional<Partition> partition = session.topic(name)
                .flatMap(topic -> session.partition(topic, index))
                .filter(found -> !found.gone());
        if (partition.isEmpty()) {
            return new PartitionResponse()
                    .setPartitionIndex(index)
                    .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        var result = new PartitionResponse().setPartitionIndex(index);
        for (var state : partition.get().producerStates()) {
            result.activeProducers()
                    .add(new ProducerState()
                            .setProducerId(state.producerId())
                            .setProducerEpoch(state.epoch())
                            .setLastSequence(state.lastSequence())
                            .setLastTimestamp(state.lastTimestampMillis())
                            .setCoordinatorEpoch(state.coordinatorEpoch())
                            .setCurrentTxnStartOffset(state.transactionStart().orElse(NOTHING_OPEN)));
        }
        return result;
    }
}
