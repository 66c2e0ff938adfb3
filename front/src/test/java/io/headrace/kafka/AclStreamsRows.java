package io.headrace.kafka;

import static io.headrace.kafka.AclRow.row;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;

import io.headrace.kafka.AclRow.Need;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse.Status;
import org.apache.kafka.coordinator.group.streams.StreamsGroupHeartbeatResult;

/// The rows of [AclRows] about Streams groups. Topic `new`, which `g` needs between its parts, is not there yet; whom
/// it may not be created for is served all the same, and told why it is missing.
final class AclStreamsRows {
    private AclStreamsRows() {}

    static List<AclRow> all() {
        return List.of(
                row(ApiKeys.STREAMS_GROUP_HEARTBEAT, 0, Need.group(READ), _ -> heartbeat(List.of()))
                        .with(Need.topic(DESCRIBE)),
                row(ApiKeys.STREAMS_GROUP_HEARTBEAT, 0, Need.topic(DESCRIBE), _ -> heartbeat(List.of()))
                        .with(Need.group(READ)),
                row(
                                ApiKeys.STREAMS_GROUP_HEARTBEAT,
                                0,
                                Need.topic(DESCRIBE, CREATE).of("new"),
                                _ -> heartbeatOfNew())
                        .with(Need.group(READ))
                        .with(Need.topic(DESCRIBE))
                        .leftOut(AclStreamsRows::creates),
                row(ApiKeys.STREAMS_GROUP_HEARTBEAT, 0, Need.cluster(CREATE), _ -> heartbeatOfNew())
                        .with(Need.group(READ))
                        .with(Need.topic(DESCRIBE))
                        .with(Need.topic(DESCRIBE).of("new"))
                        .leftOut(AclStreamsRows::creates),
                row(ApiKeys.STREAMS_GROUP_DESCRIBE, 0, Need.group(DESCRIBE), _ -> describe())
                        .with(Need.topic(DESCRIBE)),
                row(ApiKeys.STREAMS_GROUP_DESCRIBE, 0, Need.topic(DESCRIBE), _ -> describe())
                        .with(Need.group(DESCRIBE)));
    }

    /// A group that reads `t` and misses `new`.
    static void answerOfGroups(MemoryGroups groups) {
        groups.answer("streamsGroupHeartbeat", (Object _) -> missingNew());
        groups.answer(
                "streamsGroupDescribe",
                (List<String> asked) -> asked.stream()
                        .map(group -> new StreamsGroupDescribeResponseData.DescribedGroup()
                                .setGroupId(group)
                                .setTopology(new StreamsGroupDescribeResponseData.Topology()
                                        .setSubtopologies(List.of(new StreamsGroupDescribeResponseData.Subtopology()
                                                .setSubtopologyId("0")
                                                .setSourceTopics(List.of("t"))))))
                        .toList());
    }

    private static StreamsGroupHeartbeatResult missingNew() {
        var status = new StreamsGroupHeartbeatResponseData.Status()
                .setStatusCode(Status.MISSING_INTERNAL_TOPICS.code())
                .setStatusDetail("missing: new");
        return new StreamsGroupHeartbeatResult(
                new StreamsGroupHeartbeatResponseData().setStatus(List.of(status)),
                Map.of(
                        "new",
                        new CreatableTopic().setName("new").setNumPartitions(1).setReplicationFactor((short) 1)));
    }

    private static StreamsGroupHeartbeatRequestData heartbeatOfNew() {
        return heartbeat(List.of(new TopicInfo().setName("new")));
    }

    private static StreamsGroupHeartbeatRequestData heartbeat(List<TopicInfo> between) {
        return new StreamsGroupHeartbeatRequestData()
                .setGroupId("g")
                .setMemberId("m")
                .setTopology(new Topology()
                        .setSubtopologies(List.of(new Subtopology()
                                .setSubtopologyId("0")
                                .setSourceTopics(List.of("t"))
                                .setRepartitionSourceTopics(between))));
    }

    private static boolean creates(AbstractResponse answer) {
        var data = (StreamsGroupHeartbeatResponseData) answer.data();
        return data.errorCode() == Errors.NONE.code()
                && data.status().stream()
                        .noneMatch(status -> status.statusDetail().contains("Unauthorized to CREATE"));
    }

    private static StreamsGroupDescribeRequestData describe() {
        return new StreamsGroupDescribeRequestData().setGroupIds(List.of("g"));
    }
}
