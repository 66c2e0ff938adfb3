package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.utils.BufferSupplier;

/// What administrators ask of groups: DescribeGroups 0-6, ConsumerGroupDescribe 0-1, ListGroups 0-5, DeleteGroups 0-2.
/// Who may do anything with a group may see it; who may configure it may delete it.
///
/// Threads: the loop of the connection.
final class GroupAdminApi implements ApiFamily {
    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.DESCRIBE_GROUPS, 0, 6, this::describe),
                new Served(ApiKeys.CONSUMER_GROUP_DESCRIBE, 0, 1, this::describeConsumers),
                new Served(ApiKeys.LIST_GROUPS, 0, 5, this::list),
                new Served(ApiKeys.DELETE_GROUPS, 0, 2, this::delete));
    }

    private void describe(Exchange exchange) {
        var session = exchange.session();
        var data = exchange.request(DescribeGroupsRequest.class).data();
        var response = new DescribeGroupsResponseData();
        List<String> seen = new ArrayList<>();
        for (var group : data.groups()) {
            if (Rights.describe(session, group)) {
                seen.add(group);
            } else {
                response.groups().add(DescribeGroupsResponse.groupError(group, Errors.GROUP_AUTHORIZATION_FAILED));
            }
        }
        Coordination.ask(
                exchange, coordinator -> coordinator.describeGroups(GroupContext.of(exchange), seen), groups -> {
                    if (data.includeAuthorizedOperations()) {
                        groups.stream()
                                .filter(group -> group.errorCode() == Errors.NONE.code())
                                .forEach(group -> group.setAuthorizedOperations(rights(session, group.groupId())));
                    }
                    response.groups().addAll(groups);
                    exchange.answer(new DescribeGroupsResponse(response));
                });
    }

    private void describeConsumers(Exchange exchange) {
        var session = exchange.session();
        var data = exchange.request(ConsumerGroupDescribeRequest.class).data();
        var response = new ConsumerGroupDescribeResponseData();
        List<String> seen = new ArrayList<>();
        for (var group : data.groupIds()) {
            if (Rights.describe(session, group)) {
                seen.add(group);
            } else {
                response.groups()
                        .add(new ConsumerGroupDescribeResponseData.DescribedGroup()
                                .setGroupId(group)
                                .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        Coordination.ask(
                exchange, coordinator -> coordinator.consumerGroupDescribe(GroupContext.of(exchange), seen), groups -> {
                    for (var group : groups) {
                        if (data.includeAuthorizedOperations() && group.errorCode() == Errors.NONE.code()) {
                            group.setAuthorizedOperations(rights(session, group.groupId()));
                        }
                        response.groups().add(withoutHidden(session, group));
                    }
                    exchange.answer(new ConsumerGroupDescribeResponse(response));
                });
    }

    // who may not see a topic is not told who reads it
    private static ConsumerGroupDescribeResponseData.DescribedGroup withoutHidden(
            TopicSession session, ConsumerGroupDescribeResponseData.DescribedGroup group) {
        boolean seen = group.members().stream()
                .flatMap(member -> Stream.of(member.assignment(), member.targetAssignment()))
                .map(Assignment::topicPartitions)
                .flatMap(List::stream)
                .map(TopicPartitions::topicName)
                .distinct()
                .allMatch(topic -> Rights.describe(session, topic));
        return seen
                ? group
                : new ConsumerGroupDescribeResponseData.DescribedGroup()
                        .setGroupId(group.groupId())
                        .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage(
                                "The group has described topic(s) that the client is not authorized to describe.");
    }

    private void list(Exchange exchange) {
        var session = exchange.session();
        var data = exchange.request(ListGroupsRequest.class).data();
        Coordination.ask(
                exchange,
                coordinator -> coordinator.listGroups(GroupContext.of(exchange), data),
                response -> exchange.answer(new ListGroupsResponse(response.setGroups(response.groups().stream()
                        .filter(group -> Rights.describe(session, group.groupId()))
                        .toList()))));
    }

    private void delete(Exchange exchange) {
        var session = exchange.session();
        List<String> allowed = new ArrayList<>();
        var refused = new DeleteGroupsResponseData.DeletableGroupResultCollection();
        for (var group : new LinkedHashSet<>(
                exchange.request(DeleteGroupsRequest.class).data().groupsNames())) {
            if (Rights.configure(session, group)) {
                allowed.add(group);
            } else {
                refused.add(result(group, Errors.GROUP_AUTHORIZATION_FAILED));
            }
        }
        Coordination.ask(
                exchange,
                coordinator -> coordinator.deleteGroups(GroupContext.of(exchange), allowed, BufferSupplier.NO_CACHING),
                results -> {
                    results.forEach(result -> refused.add(result.duplicate()));
                    exchange.answer(new DeleteGroupsResponse(new DeleteGroupsResponseData().setResults(refused)));
                },
                failure -> {
                    allowed.forEach(group -> refused.add(result(group, Errors.forException(failure))));
                    exchange.answer(new DeleteGroupsResponse(new DeleteGroupsResponseData().setResults(refused)));
                });
    }

    private static DeletableGroupResult result(String group, Errors error) {
        return new DeletableGroupResult().setGroupId(group).setErrorCode(error.code());
    }

    /// Bit n is the operation of code n.
    static int rights(TopicSession session, String group) {
        int bits = bit(AclOperation.DESCRIBE) | bit(AclOperation.DESCRIBE_CONFIGS);
        if (Rights.read(session, group)) {
            bits |= bit(AclOperation.READ);
        }
        if (Rights.configure(session, group)) {
            bits |= bit(AclOperation.DELETE) | bit(AclOperation.ALTER_CONFIGS);
        }
        return bits;
    }

    private static int bit(AclOperation operation) {
        return 1 << operation.code();
    }
}
