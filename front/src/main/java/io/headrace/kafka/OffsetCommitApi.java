package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.utils.BufferSupplier;

/// OffsetCommit 2-10 and OffsetDelete 0. Partitions that are not there, or may not be read, are refused one by one;
/// the coordinator hears of the others.
///
/// Threads: the loop of the connection.
final class OffsetCommitApi implements ApiFamily {
    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.OFFSET_COMMIT, 2, 10, this::commit),
                new Served(ApiKeys.OFFSET_DELETE, 0, 0, this::delete));
    }

    private void commit(Exchange exchange) {
        var data = exchange.request(OffsetCommitRequest.class).data();
        var session = exchange.session();
        if (!Rights.group(session, AclOperation.READ, data.groupId())) {
            throw GroupAuthorizationException.forGroupId(data.groupId());
        }
        boolean byId = OffsetCommitResponse.useTopicIds(exchange.version());
        var response = OffsetCommitResponse.newBuilder(byId);
        List<OffsetCommitRequestTopic> sound = new ArrayList<>();
        for (var topic : data.topics()) {
            sound(session, topic, byId, response).ifPresent(sound::add);
        }
        if (sound.isEmpty()) {
            exchange.answer(response.build());
            return;
        }
        var request = new OffsetCommitRequestData()
                .setGroupId(data.groupId())
                .setMemberId(data.memberId())
                .setGenerationIdOrMemberEpoch(data.generationIdOrMemberEpoch())
                .setRetentionTimeMs(data.retentionTimeMs())
                .setGroupInstanceId(data.groupInstanceId())
                .setTopics(sound);
        Coordination.ask(
                exchange,
                coordinator -> coordinator.commitOffsets(GroupContext.of(exchange), request, BufferSupplier.NO_CACHING),
                answer -> exchange.answer(response.merge(answer).build()));
    }

    /// What of a topic goes to the coordinator; the rest is in the response.
    private static Optional<OffsetCommitRequestTopic> sound(
            TopicSession session, OffsetCommitRequestTopic topic, boolean byId, OffsetCommitResponse.Builder response) {
        Optional<TopicDefinition> found = byId ? session.topic(Names.id(topic.topicId())) : session.topic(topic.name());
        String name = byId ? found.map(TopicDefinition::name).orElse("") : topic.name();
        var error = Errors.NONE;
        if (byId && found.isEmpty()) {
            error = Errors.UNKNOWN_TOPIC_ID;
        } else if (!Rights.topic(session, AclOperation.READ, name)) {
            error = Errors.TOPIC_AUTHORIZATION_FAILED;
        } else if (found.isEmpty()) {
            error = Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (error != Errors.NONE) {
            var id = byId ? topic.topicId() : Uuid.ZERO_UUID;
            response.addPartitions(id, name, topic.partitions(), OffsetCommitRequestPartition::partitionIndex, error);
            return Optional.empty();
        }
        var id = Names.id(found.orElseThrow().id());
        var sound = new OffsetCommitRequestTopic().setTopicId(id).setName(name);
        for (var partition : topic.partitions()) {
            if (session.partition(found.orElseThrow(), partition.partitionIndex())
                    .isPresent()) {
                sound.partitions().add(partition);
            } else {
                response.addPartition(id, name, partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
        }
        return sound.partitions().isEmpty() ? Optional.empty() : Optional.of(sound);
    }

    private void delete(Exchange exchange) {
        var data = exchange.request(OffsetDeleteRequest.class).data();
        var session = exchange.session();
        if (!Rights.group(session, AclOperation.DELETE, data.groupId())) {
            throw GroupAuthorizationException.forGroupId(data.groupId());
        }
        var response = new OffsetDeleteResponse.Builder();
        var request = new OffsetDeleteRequestData().setGroupId(data.groupId());
        for (var topic : data.topics()) {
            sound(session, topic, response).ifPresent(request.topics()::add);
        }
        Coordination.ask(
                exchange,
                coordinator -> coordinator.deleteOffsets(GroupContext.of(exchange), request, BufferSupplier.NO_CACHING),
                answer -> exchange.answer(response.merge(answer).build()));
    }

    private static Optional<OffsetDeleteRequestTopic> sound(
            TopicSession session, OffsetDeleteRequestTopic topic, OffsetDeleteResponse.Builder response) {
        var found = session.topic(topic.name());
        boolean readable = Rights.topic(session, AclOperation.READ, topic.name());
        if (!readable || found.isEmpty()) {
            response.addPartitions(
                    topic.name(),
                    topic.partitions(),
                    OffsetDeleteRequestPartition::partitionIndex,
                    readable ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.TOPIC_AUTHORIZATION_FAILED);
            return Optional.empty();
        }
        var sound = new OffsetDeleteRequestTopic().setName(topic.name());
        for (var partition : topic.partitions()) {
            if (session.partition(found.get(), partition.partitionIndex()).isPresent()) {
                sound.partitions().add(partition);
            } else {
                response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
        }
        return sound.partitions().isEmpty() ? Optional.empty() : Optional.of(sound);
    }
}
