package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.stream.group.ShareJoins;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopicCollection;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData.DeleteShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.AlterShareGroupOffsetsResponse;
import org.apache.kafka.common.requests.DeleteShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.DeleteShareGroupOffsetsResponse;
import org.apache.kafka.common.requests.DescribeShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.DescribeShareGroupOffsetsResponse;
import org.apache.kafka.common.requests.ShareGroupDescribeRequest;
import org.apache.kafka.common.requests.ShareGroupDescribeResponse;
import org.apache.kafka.common.requests.ShareGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ShareGroupHeartbeatResponse;
import org.apache.kafka.common.resource.ResourceType;

/// Share groups as their members and administrators ask for them: ShareGroupHeartbeat 1, ShareGroupDescribe 1,
/// DescribeShareGroupOffsets 0-1, AlterShareGroupOffsets 0, DeleteShareGroupOffsets 0. The coordinator answers.
///
/// Threads: the loop of the connection.
final class ShareGroupsApi implements ApiFamily {
    private static final long NONE = -1;

    private final ShareJoins joins = new ShareJoins();

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.SHARE_GROUP_HEARTBEAT, 1, 1, this::heartbeat),
                new Served(ApiKeys.SHARE_GROUP_DESCRIBE, 1, 1, this::describe),
                new Served(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, 0, 1, this::describeOffsets),
                new Served(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, 0, 0, this::alterOffsets),
                new Served(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, 0, 0, this::deleteOffsets));
    }

    private static boolean may(TopicSession session, AclOperation operation, String topic) {
        return Rights.may(session, operation, ResourceType.TOPIC, topic);
    }

    private static void check(Exchange exchange, AclOperation operation, String group) {
        if (!Rights.may(exchange.session(), operation, ResourceType.GROUP, group)) {
            throw GroupAuthorizationException.forGroupId(group);
        }
    }

    // ------------------------------------------------------------------------------------------------- members

    private void heartbeat(Exchange exchange) {
        var data = exchange.request(ShareGroupHeartbeatRequest.class).data();
        check(exchange, AclOperation.READ, data.groupId());
        ShareApi.checkMember(data.memberId());
        var names = data.subscribedTopicNames();
        if (names != null
                && !new HashSet<>(names)
                        .stream().allMatch(name -> may(exchange.session(), AclOperation.DESCRIBE, name))) {
            exchange.answer(new ShareGroupHeartbeatResponse(
                    new ShareGroupHeartbeatResponseData().setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
            return;
        }
        Coordination.ask(
                exchange,
                coordinator -> coordinator.shareGroupHeartbeat(GroupContext.of(exchange), data),
                answer -> exchange.answer(new ShareGroupHeartbeatResponse(joins.answer(data, answer))));
    }

    private void describe(Exchange exchange) {
        var session = exchange.session();
        var data = exchange.request(ShareGroupDescribeRequest.class).data();
        var response = new ShareGroupDescribeResponseData();
        List<String> seen = new ArrayList<>();
        for (var group : data.groupIds()) {
            if (Rights.may(session, AclOperation.DESCRIBE, ResourceType.GROUP, group)) {
                seen.add(group);
            } else {
                response.groups()
                        .add(new DescribedGroup()
                                .setGroupId(group)
                                .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        Coordination.ask(
                exchange, coordinator -> coordinator.shareGroupDescribe(GroupContext.of(exchange), seen), groups -> {
                    for (var group : groups) {
                        if (data.includeAuthorizedOperations() && group.errorCode() == Errors.NONE.code()) {
                            group.setAuthorizedOperations(Rights.ofGroup(session, group.groupId()));
                        }
                        response.groups().add(withoutHidden(session, group));
                    }
                    exchange.answer(new ShareGroupDescribeResponse(response));
                });
    }

    // who may not see a topic is not told who reads it
    private static DescribedGroup withoutHidden(TopicSession session, DescribedGroup group) {
        boolean seen = group.members().stream()
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .allMatch(assigned -> may(session, AclOperation.DESCRIBE, assigned.topicName()));
        return seen
                ? group
                : new DescribedGroup()
                        .setGroupId(group.groupId())
                        .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage(
                                "The group has described topic(s) that the client is not authorized to describe.");
    }

    // ------------------------------------------------------------------------------------------------- offsets

    private void describeOffsets(Exchange exchange) {
        var response = new DescribeShareGroupOffsetsResponseData();
        var all = new Outstanding(() -> exchange.answer(new DescribeShareGroupOffsetsResponse(response)));
        for (var group :
                exchange.request(DescribeShareGroupOffsetsRequest.class).groups()) {
            all.expect();
            describeOffsets(exchange, group, answer -> {
                response.groups().add(answer);
                all.done();
            });
        }
        all.done();
    }

    private interface Told {
        void with(DescribeShareGroupOffsetsResponseGroup answer);
    }

    private void describeOffsets(Exchange exchange, DescribeShareGroupOffsetsRequestGroup group, Told told) {
        var session = exchange.session();
        if (!Rights.may(session, AclOperation.DESCRIBE, ResourceType.GROUP, group.groupId())) {
            told.with(failed(group, Errors.GROUP_AUTHORIZATION_FAILED));
        } else if (group.topics() == null) {
            Coordination.ask(
                    exchange,
                    coordinator -> coordinator.describeShareGroupAllOffsets(GroupContext.of(exchange), group),
                    answer -> told.with(answer.setTopics(answer.topics().stream()
                            .filter(topic -> may(session, AclOperation.DESCRIBE, topic.topicName()))
                            .toList())),
                    failure -> told.with(failed(group, Errors.forException(failure))));
        } else if (group.topics().isEmpty()) {
            told.with(new DescribeShareGroupOffsetsResponseGroup().setGroupId(group.groupId()));
        } else {
            describeNamed(exchange, group, told);
        }
    }

    private void describeNamed(Exchange exchange, DescribeShareGroupOffsetsRequestGroup group, Told told) {
        List<DescribeShareGroupOffsetsRequestTopic> seen = new ArrayList<>();
        List<DescribeShareGroupOffsetsResponseTopic> hidden = new ArrayList<>();
        for (var topic : group.topics()) {
            if (may(exchange.session(), AclOperation.DESCRIBE, topic.topicName())) {
                seen.add(topic);
            } else {
                hidden.add(hidden(topic));
            }
        }
        var asked = new DescribeShareGroupOffsetsRequestGroup()
                .setGroupId(group.groupId())
                .setTopics(seen);
        Coordination.ask(
                exchange,
                coordinator -> coordinator.describeShareGroupOffsets(GroupContext.of(exchange), asked),
                answer -> {
                    if (answer.errorCode() == Errors.NONE.code()) {
                        hidden.addAll(0, answer.topics());
                        answer.setTopics(hidden);
                    }
                    told.with(answer);
                },
                failure -> told.with(failed(group, Errors.forException(failure))));
    }

    private static DescribeShareGroupOffsetsResponseGroup failed(
            DescribeShareGroupOffsetsRequestGroup group, Errors error) {
        return new DescribeShareGroupOffsetsResponseGroup()
                .setGroupId(group.groupId())
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }

    private static DescribeShareGroupOffsetsResponseTopic hidden(DescribeShareGroupOffsetsRequestTopic topic) {
        return new DescribeShareGroupOffsetsResponseTopic()
                .setTopicName(topic.topicName())
                .setTopicId(Uuid.ZERO_UUID)
                .setPartitions(topic.partitions().stream()
                        .map(index -> new DescribeShareGroupOffsetsResponsePartition()
                                .setPartitionIndex(index)
                                .setStartOffset(NONE)
                                .setLag(NONE)
                                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                                .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()))
                        .toList());
    }

    private void alterOffsets(Exchange exchange) {
        var request = exchange.request(AlterShareGroupOffsetsRequest.class);
        var data = request.data();
        check(exchange, AclOperation.READ, data.groupId());
        var allowed = new AlterShareGroupOffsetsRequestTopicCollection();
        var refused = new ArrayList<AlterShareGroupOffsetsResponseTopic>();
        for (var topic : data.topics()) {
            if (!may(exchange.session(), AclOperation.READ, topic.topicName())) {
                refused.add(refused(topic, Errors.TOPIC_AUTHORIZATION_FAILED));
            } else if (exchange.session().topic(topic.topicName()).isEmpty()) {
                refused.add(refused(topic, Errors.UNKNOWN_TOPIC_OR_PARTITION));
            } else {
                allowed.add(topic.duplicate());
            }
        }
        var asked = new AlterShareGroupOffsetsRequestData()
                .setGroupId(data.groupId())
                .setTopics(allowed);
        Coordination.ask(
                exchange,
                coordinator -> coordinator.alterShareGroupOffsets(GroupContext.of(exchange), data.groupId(), asked),
                answer -> exchange.answer(
                        answer.errorCode() == Errors.NONE.code()
                                ? new AlterShareGroupOffsetsResponse(merged(exchange, answer, refused))
                                : new AlterShareGroupOffsetsResponse(new AlterShareGroupOffsetsResponseData()
                                        .setErrorCode(answer.errorCode())
                                        .setErrorMessage(answer.errorMessage()))));
    }

    private static AlterShareGroupOffsetsResponseTopic refused(AlterShareGroupOffsetsRequestTopic topic, Errors error) {
        return new AlterShareGroupOffsetsResponseTopic()
                .setTopicName(topic.topicName())
                .setPartitions(topic.partitions().stream()
                        .map(partition -> new AlterShareGroupOffsetsResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.code())
                                .setErrorMessage(error.message()))
                        .toList());
    }

    private static AlterShareGroupOffsetsResponseData merged(
            Exchange exchange,
            AlterShareGroupOffsetsResponseData answer,
            List<AlterShareGroupOffsetsResponseTopic> refused) {
        refused.forEach(answer.responses()::add);
        for (var topic : answer.responses()) {
            exchange.session().topic(topic.topicName()).ifPresent(found -> topic.setTopicId(Names.id(found.id())));
        }
        return answer;
    }

    private void deleteOffsets(Exchange exchange) {
        var data = exchange.request(DeleteShareGroupOffsetsRequest.class).data();
        check(exchange, AclOperation.DELETE, data.groupId());
        List<DeleteShareGroupOffsetsRequestTopic> allowed = new ArrayList<>();
        List<DeleteShareGroupOffsetsResponseTopic> answers = new ArrayList<>();
        for (var topic : data.topics()) {
            if (may(exchange.session(), AclOperation.READ, topic.topicName())) {
                allowed.add(topic);
            } else {
                answers.add(new DeleteShareGroupOffsetsResponseTopic()
                        .setTopicName(topic.topicName())
                        .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()));
            }
        }
        var asked = new DeleteShareGroupOffsetsRequestData()
                .setGroupId(data.groupId())
                .setTopics(allowed);
        Coordination.ask(
                exchange,
                coordinator -> coordinator.deleteShareGroupOffsets(GroupContext.of(exchange), asked),
                answer -> {
                    if (answer.errorCode() == Errors.NONE.code()) {
                        answers.addAll(answer.responses());
                        answer.setResponses(answers);
                    }
                    exchange.answer(new DeleteShareGroupOffsetsResponse(answer));
                });
    }
}
