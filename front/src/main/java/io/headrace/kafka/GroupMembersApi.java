package io.headrace.kafka;

import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// What members of groups ask: JoinGroup 0-9, SyncGroup 0-5, Heartbeat 0-4, LeaveGroup 0-5 of the classic protocol,
/// ConsumerGroupHeartbeat 0-1 of the newer one. To be a member is to read from the group.
///
/// Threads: the loop of the connection.
final class GroupMembersApi implements ApiFamily {
    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.JOIN_GROUP, 0, 9, this::join),
                new Served(ApiKeys.SYNC_GROUP, 0, 5, this::sync),
                new Served(ApiKeys.HEARTBEAT, 0, 4, this::heartbeat),
                new Served(ApiKeys.LEAVE_GROUP, 0, 5, this::leave),
                new Served(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 0, 1, this::consumerHeartbeat));
    }

    private void join(Exchange exchange) {
        var data = exchange.request(JoinGroupRequest.class).data();
        mayRead(exchange, data.groupId());
        ask(
                exchange,
                coordinator -> coordinator.joinGroup(GroupContext.of(exchange), data, BufferSupplier.NO_CACHING),
                response -> new JoinGroupResponse(response, exchange.version()));
    }

    private void sync(Exchange exchange) {
        var request = exchange.request(SyncGroupRequest.class);
        if (!request.areMandatoryProtocolTypeAndNamePresent()) {
            throw new InconsistentGroupProtocolException(Errors.INCONSISTENT_GROUP_PROTOCOL.message());
        }
        mayRead(exchange, request.data().groupId());
        ask(
                exchange,
                coordinator ->
                        coordinator.syncGroup(GroupContext.of(exchange), request.data(), BufferSupplier.NO_CACHING),
                SyncGroupResponse::new);
    }

    private void heartbeat(Exchange exchange) {
        var data = exchange.request(HeartbeatRequest.class).data();
        mayRead(exchange, data.groupId());
        ask(exchange, coordinator -> coordinator.heartbeat(GroupContext.of(exchange), data), HeartbeatResponse::new);
    }

    private void leave(Exchange exchange) {
        var request = exchange.request(LeaveGroupRequest.class);
        mayRead(exchange, request.data().groupId());
        ask(
                exchange,
                coordinator -> coordinator.leaveGroup(GroupContext.of(exchange), request.normalizedData()),
                response -> new LeaveGroupResponse(response, exchange.version()));
    }

    private void consumerHeartbeat(Exchange exchange) {
        var data = exchange.request(ConsumerGroupHeartbeatRequest.class).data();
        mayRead(exchange, data.groupId());
        var names = data.subscribedTopicNames();
        if (names != null
                && !new HashSet<>(names)
                        .stream().allMatch(name -> Rights.topic(exchange.session(), AclOperation.DESCRIBE, name))) {
            exchange.answer(new ConsumerGroupHeartbeatResponse(
                    new ConsumerGroupHeartbeatResponseData().setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
            return;
        }
        ask(
                exchange,
                coordinator -> coordinator.consumerGroupHeartbeat(GroupContext.of(exchange), data),
                ConsumerGroupHeartbeatResponse::new);
    }

    private static void mayRead(Exchange exchange, String group) {
        if (!Rights.group(exchange.session(), AclOperation.READ, group)) {
            throw GroupAuthorizationException.forGroupId(group);
        }
    }

    private static <T> void ask(
            Exchange exchange,
            Function<GroupCoordinator, CompletableFuture<T>> question,
            Function<T, AbstractResponse> response) {
        Coordination.ask(exchange, question, answer -> exchange.answer(response.apply(answer)));
    }
}
