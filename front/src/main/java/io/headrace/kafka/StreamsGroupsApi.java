package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.StreamsInvalidTopologyException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupDescribeRequest;
import org.apache.kafka.common.requests.StreamsGroupDescribeResponse;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatRequest;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse.Status;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.coordinator.group.streams.StreamsGroupHeartbeatResult;

/// StreamsGroupHeartbeat 0 and StreamsGroupDescribe 0 (KIP-1071): Kafka Streams applications whose tasks are assigned
/// by the broker, which also creates the topics that are between their parts.
///
/// Threads: the loop of the connection.
final class StreamsGroupsApi implements ApiFamily {
    private final TopicCreation creation;
    private final KafkaConfig config;

    StreamsGroupsApi(KafkaConfig config, TopicCreation creation) {
        this.config = config;
        this.creation = creation;
    }

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.STREAMS_GROUP_HEARTBEAT, 0, 0, this::heartbeat),
                new Served(ApiKeys.STREAMS_GROUP_DESCRIBE, 0, 0, this::describe));
    }

    private void heartbeat(Exchange exchange) {
        var session = exchange.session();
        var data = exchange.request(StreamsGroupHeartbeatRequest.class).data();
        if (!Rights.may(session, AclOperation.READ, ResourceType.GROUP, data.groupId())) {
            throw GroupAuthorizationException.forGroupId(data.groupId());
        }
        if (data.topology() != null) {
            check(session, named(data.topology()));
        }
        Coordination.ask(
                exchange, coordinator -> coordinator.streamsGroupHeartbeat(GroupContext.of(exchange), data), result -> {
                    createMissing(session, result);
                    exchange.answer(new StreamsGroupHeartbeatResponse(result.data()));
                });
    }

    /// All topics of a topology, but for those that a pattern finds.
    private static Set<String> named(StreamsGroupHeartbeatRequestData.Topology topology) {
        return topology.subtopologies().stream()
                .flatMap(part -> Stream.of(
                                part.sourceTopics().stream(),
                                part.repartitionSinkTopics().stream(),
                                part.repartitionSourceTopics().stream().map(TopicInfo::name),
                                part.stateChangelogTopics().stream().map(TopicInfo::name))
                        .flatMap(names -> names))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static void check(TopicSession session, Set<String> topics) {
        var internal = topics.stream().filter(Topic::isInternal).toList();
        if (!internal.isEmpty()) {
            throw new StreamsInvalidTopologyException(
                    "Use of Kafka internal topics %s in a Kafka Streams topology is prohibited."
                            .formatted(String.join(",", internal)));
        }
        var invalid = topics.stream().filter(name -> !Topic.isValid(name)).toList();
        if (!invalid.isEmpty()) {
            throw new StreamsInvalidTopologyException(
                    "Topic names %s are not valid topic names.".formatted(String.join(",", invalid)));
        }
        var hidden = topics.stream()
                .filter(name -> !Rights.may(session, AclOperation.DESCRIBE, ResourceType.TOPIC, name))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!hidden.isEmpty()) {
            throw new TopicAuthorizationException(hidden);
        }
    }

    /// Members ask again until what is missing is there, so nobody waits for it; only who has no right to it is told
    /// why it never will be.
    private void createMissing(TopicSession session, StreamsGroupHeartbeatResult result) {
        var forbidden = new ArrayList<String>();
        for (CreatableTopic wanted : result.creatableTopics().values()) {
            if (!Rights.create(session, wanted.name())) {
                forbidden.add(wanted.name());
            }
        }
        if (!forbidden.isEmpty()) {
            tell(result, "Unauthorized to CREATE on topics " + String.join(", ", forbidden) + ".");
            return;
        }
        result.creatableTopics().values().forEach(wanted -> create(session, wanted, result));
    }

    private void create(TopicSession session, CreatableTopic wanted, StreamsGroupHeartbeatResult result) {
        var settings = new LinkedHashMap<String, String>();
        wanted.configs().forEach(entry -> settings.put(entry.name(), entry.value()));
        try {
            TopicConfigs.check(settings);
        } catch (ApiException unfit) {
            tell(result, "Creation of topic " + wanted.name() + " failed: " + unfit.getMessage());
            return;
        }
        if (wanted.replicationFactor() > 1 && !config.clampReplicationFactor()) {
            tell(
                    result,
                    "Creation of topic " + wanted.name() + " failed: there is one broker to replicate it to, not "
                            + wanted.replicationFactor() + ".");
        } else if (creation.refusal(session, wanted.name()).isEmpty()) {
            creation.create(session, wanted.name(), wanted.numPartitions(), Map.copyOf(settings), _ -> {});
        }
    }

    /// Where the coordinator says that topics are missing, it is also said why.
    private static void tell(StreamsGroupHeartbeatResult result, String why) {
        var status = result.data().status();
        if (status != null) {
            status.stream()
                    .filter(one -> one.statusCode() == Status.MISSING_INTERNAL_TOPICS.code())
                    .forEach(one -> one.setStatusDetail(one.statusDetail() + "; " + why));
        }
    }

    private void describe(Exchange exchange) {
        var session = exchange.session();
        var data = exchange.request(StreamsGroupDescribeRequest.class).data();
        var response = new StreamsGroupDescribeResponseData();
        var seen = new ArrayList<String>();
        for (var group : data.groupIds()) {
            if (Rights.may(session, AclOperation.DESCRIBE, ResourceType.GROUP, group)) {
                seen.add(group);
            } else {
                response.groups().add(failed(group, Errors.GROUP_AUTHORIZATION_FAILED));
            }
        }
        Coordination.ask(
                exchange, coordinator -> coordinator.streamsGroupDescribe(GroupContext.of(exchange), seen), groups -> {
                    for (var group : groups) {
                        if (data.includeAuthorizedOperations() && group.errorCode() == Errors.NONE.code()) {
                            group.setAuthorizedOperations(Rights.ofGroup(session, group.groupId()));
                        }
                        response.groups().add(withoutHidden(session, group));
                    }
                    exchange.answer(new StreamsGroupDescribeResponse(response));
                });
    }

    // who may not see a topic is not told who reads it
    private static StreamsGroupDescribeResponseData.DescribedGroup withoutHidden(
            TopicSession session, StreamsGroupDescribeResponseData.DescribedGroup group) {
        boolean hidden = group.topology() != null
                && group.topology().subtopologies().stream()
                        .flatMap(part -> Stream.of(
                                        part.sourceTopics().stream(),
                                        part.repartitionSinkTopics().stream(),
                                        part.repartitionSourceTopics().stream()
                                                .map(StreamsGroupDescribeResponseData.TopicInfo::name),
                                        part.stateChangelogTopics().stream()
                                                .map(StreamsGroupDescribeResponseData.TopicInfo::name))
                                .flatMap(names -> names))
                        .distinct()
                        .anyMatch(name -> !Rights.may(session, AclOperation.DESCRIBE, ResourceType.TOPIC, name));
        return hidden
                ? failed(group.groupId(), Errors.TOPIC_AUTHORIZATION_FAILED)
                        .setErrorMessage(
                                "The described group uses topics that the client is not authorized to describe.")
                : group;
    }

    private static StreamsGroupDescribeResponseData.DescribedGroup failed(String group, Errors error) {
        return new StreamsGroupDescribeResponseData.DescribedGroup()
                .setGroupId(group)
                .setErrorCode(error.code());
    }
}
