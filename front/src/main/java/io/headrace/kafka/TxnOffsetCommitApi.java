package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;
import org.apache.kafka.common.utils.BufferSupplier;

/// TxnOffsetCommit 0-5: offsets that hold when the transaction commits. Whether they may be part of it is asked where
/// the coordinator of groups appends them.
///
/// Threads: the loop of the connection.
final class TxnOffsetCommitApi implements ApiFamily {
    /// Older clients do not come again after COORDINATOR_LOAD_IN_PROGRESS.
    private static final short FIRST_WITH_LOADING = 2;

    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.TXN_OFFSET_COMMIT, 0, 5, this::commit));
    }

    private void commit(Exchange exchange) {
        var sent = exchange.request(TxnOffsetCommitRequest.class);
        var data = sent.data();
        var session = exchange.session();
        if (!TransactionsApi.mayWrite(exchange, data.transactionalId())) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        if (!Rights.group(session, AclOperation.READ, data.groupId())) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
        var response = new TxnOffsetCommitResponse.Builder();
        List<TxnOffsetCommitRequestTopic> sound = new ArrayList<>();
        data.topics().forEach(topic -> sound(session, topic, response).ifPresent(sound::add));
        if (sound.isEmpty()) {
            exchange.answer(response.build());
            return;
        }
        var request = new TxnOffsetCommitRequestData()
                .setTransactionalId(data.transactionalId())
                .setGroupId(data.groupId())
                .setProducerId(data.producerId())
                .setProducerEpoch(data.producerEpoch())
                .setGenerationId(data.generationId())
                .setMemberId(data.memberId())
                .setGroupInstanceId(data.groupInstanceId())
                .setTopics(sound);
        Coordination.ask(
                exchange,
                coordinator -> coordinator.commitTransactionalOffsets(
                        GroupContext.of(exchange), request, BufferSupplier.NO_CACHING),
                answer -> exchange.answer(
                        response.merge(told(answer, exchange.version())).build()));
    }

    private static Optional<TxnOffsetCommitRequestTopic> sound(
            TopicSession session, TxnOffsetCommitRequestTopic topic, TxnOffsetCommitResponse.Builder response) {
        if (!Rights.topic(session, AclOperation.READ, topic.name())) {
            refuse(topic, response, Errors.TOPIC_AUTHORIZATION_FAILED);
            return Optional.empty();
        }
        var found = session.topic(topic.name());
        if (found.isEmpty()) {
            refuse(topic, response, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            return Optional.empty();
        }
        var sound = new TxnOffsetCommitRequestTopic().setName(topic.name());
        for (var partition : topic.partitions()) {
            if (session.partition(found.get(), partition.partitionIndex()).isPresent()) {
                sound.partitions().add(partition);
            } else {
                response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
        }
        return sound.partitions().isEmpty() ? Optional.empty() : Optional.of(sound);
    }

    private static void refuse(
            TxnOffsetCommitRequestTopic topic, TxnOffsetCommitResponse.Builder response, Errors error) {
        response.addPartitions(
                topic.name(), topic.partitions(), TxnOffsetCommitRequestPartition::partitionIndex, error);
    }

    private static TxnOffsetCommitResponseData told(TxnOffsetCommitResponseData answer, short version) {
        if (version < FIRST_WITH_LOADING) {
            answer.topics().forEach(topic -> topic.partitions().forEach(TxnOffsetCommitApi::withoutLoading));
        }
        return answer;
    }

    private static void withoutLoading(TxnOffsetCommitResponsePartition partition) {
        if (partition.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code()) {
            partition.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code());
        }
    }
}
