package io.headrace.kafka;

import static io.headrace.kafka.AclRow.row;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.protocol.Errors.COORDINATOR_NOT_AVAILABLE;
import static org.apache.kafka.common.protocol.Errors.SHARE_SESSION_NOT_FOUND;
import static org.apache.kafka.common.protocol.Errors.UNKNOWN_SERVER_ERROR;
import static org.apache.kafka.common.protocol.Errors.UNKNOWN_TOPIC_OR_PARTITION;

import io.headrace.kafka.AclRow.Need;
import java.util.List;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/// The rows of [AclRows] about share groups. Group `g` has not begun to read `t`, and who has the right hears so.
final class AclShareRows {
    private static final byte ACCEPT = 1;

    private AclShareRows() {}

    static List<AclRow> all() {
        return List.of(
                row(ApiKeys.SHARE_GROUP_HEARTBEAT, 1, Need.group(READ), _ -> heartbeat())
                        .with(Need.topic(DESCRIBE))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.SHARE_GROUP_HEARTBEAT, 1, Need.topic(DESCRIBE), _ -> heartbeat())
                        .with(Need.group(READ))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.SHARE_GROUP_DESCRIBE, 1, Need.group(DESCRIBE), _ -> describe())
                        .with(Need.topic(DESCRIBE)),
                row(ApiKeys.SHARE_GROUP_DESCRIBE, 1, Need.topic(DESCRIBE), _ -> describe())
                        .with(Need.group(DESCRIBE)),
                row(ApiKeys.SHARE_FETCH, 2, Need.group(READ), AclShareRows::fetch)
                        .with(Need.topic(READ))
                        .served(UNKNOWN_SERVER_ERROR),
                row(ApiKeys.SHARE_FETCH, 2, Need.topic(READ), AclShareRows::fetch)
                        .with(Need.group(READ))
                        .served(UNKNOWN_SERVER_ERROR),
                row(ApiKeys.SHARE_ACKNOWLEDGE, 2, Need.group(READ), AclShareRows::acknowledge)
                        .served(SHARE_SESSION_NOT_FOUND),
                row(ApiKeys.SHARE_ACKNOWLEDGE, 2, Need.topic(READ), AclShareRows::acknowledge)
                        .after(ApiKeys.SHARE_FETCH, 2, AclShareRows::fetch)
                        .with(Need.group(READ))
                        .served(UNKNOWN_TOPIC_OR_PARTITION),
                row(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, 1, Need.group(DESCRIBE), _ -> offsetsOfTopic())
                        .with(Need.topic(DESCRIBE)),
                row(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, 1, Need.topic(DESCRIBE), _ -> offsetsOfTopic())
                        .with(Need.group(DESCRIBE)),
                row(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, 1, Need.topic(DESCRIBE), _ -> offsets(null))
                        .with(Need.group(DESCRIBE))
                        .leftOut(answer -> !((DescribeShareGroupOffsetsResponseData) answer.data())
                                .groups()
                                .getFirst()
                                .topics()
                                .isEmpty()),
                row(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, 0, Need.group(READ), _ -> alterOffsets())
                        .with(Need.topic(READ)),
                row(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, 0, Need.topic(READ), _ -> alterOffsets())
                        .with(Need.group(READ)),
                row(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, 0, Need.group(DELETE), _ -> deleteOffsets())
                        .with(Need.topic(READ)),
                row(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, 0, Need.topic(READ), _ -> deleteOffsets())
                        .with(Need.group(DELETE)));
    }

    /// A group with a member that reads `t`, and offsets of it.
    static void answerOfGroups(MemoryGroups groups) {
        groups.answer(
                "shareGroupDescribe",
                (List<String> asked) -> asked.stream()
                        .map(group -> new DescribedGroup().setGroupId(group).setMembers(List.of(memberOfTopic())))
                        .toList());
        groups.answer(
                "describeShareGroupOffsets",
                (DescribeShareGroupOffsetsRequestGroup asked) ->
                        new DescribeShareGroupOffsetsResponseGroup().setGroupId(asked.groupId()));
        groups.answer(
                "describeShareGroupAllOffsets",
                (DescribeShareGroupOffsetsRequestGroup asked) -> new DescribeShareGroupOffsetsResponseGroup()
                        .setGroupId(asked.groupId())
                        .setTopics(List.of(new DescribeShareGroupOffsetsResponseTopic().setTopicName("t"))));
        groups.answer("alterShareGroupOffsets", (Object _) -> new AlterShareGroupOffsetsResponseData());
        groups.answer("deleteShareGroupOffsets", (Object _) -> new DeleteShareGroupOffsetsResponseData());
    }

    private static Member memberOfTopic() {
        return new Member()
                .setAssignment(new Assignment().setTopicPartitions(List.of(new TopicPartitions().setTopicName("t"))));
    }

    private static ShareGroupHeartbeatRequestData heartbeat() {
        return new ShareGroupHeartbeatRequestData()
                .setGroupId("g")
                .setMemberId("m")
                .setSubscribedTopicNames(List.of("t"));
    }

    private static ShareGroupDescribeRequestData describe() {
        return new ShareGroupDescribeRequestData().setGroupIds(List.of("g"));
    }

    /// Opens the member's session.
    private static ShareFetchRequestData fetch(MemoryBroker broker) {
        var topic = new ShareFetchRequestData.FetchTopic().setTopicId(AclRows.id(broker));
        topic.partitions().add(new ShareFetchRequestData.FetchPartition());
        var request = new ShareFetchRequestData()
                .setGroupId("g")
                .setMemberId("m")
                .setShareSessionEpoch(0)
                .setMaxWaitMs(0)
                .setMaxBytes(1_000)
                .setMaxRecords(1);
        request.topics().add(topic);
        return request;
    }

    /// Goes on with the member's session, if it has one.
    private static ShareAcknowledgeRequestData acknowledge(MemoryBroker broker) {
        var batch = new ShareAcknowledgeRequestData.AcknowledgementBatch()
                .setFirstOffset(0)
                .setLastOffset(0)
                .setAcknowledgeTypes(List.of(ACCEPT));
        var topic = new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(AclRows.id(broker));
        topic.partitions()
                .add(new ShareAcknowledgeRequestData.AcknowledgePartition().setAcknowledgementBatches(List.of(batch)));
        var request = new ShareAcknowledgeRequestData()
                .setGroupId("g")
                .setMemberId("m")
                .setShareSessionEpoch(1);
        request.topics().add(topic);
        return request;
    }

    private static DescribeShareGroupOffsetsRequestData offsetsOfTopic() {
        return offsets(List.of(
                new DescribeShareGroupOffsetsRequestTopic().setTopicName("t").setPartitions(List.of(0))));
    }

    /// @param topics null for all
    private static DescribeShareGroupOffsetsRequestData offsets(List<DescribeShareGroupOffsetsRequestTopic> topics) {
        return new DescribeShareGroupOffsetsRequestData()
                .setGroups(List.of(new DescribeShareGroupOffsetsRequestGroup()
                        .setGroupId("g")
                        .setTopics(topics)));
    }

    private static AlterShareGroupOffsetsRequestData alterOffsets() {
        var request = new AlterShareGroupOffsetsRequestData().setGroupId("g");
        request.topics()
                .add(new AlterShareGroupOffsetsRequestTopic()
                        .setTopicName("t")
                        .setPartitions(List.of(new AlterShareGroupOffsetsRequestPartition())));
        return request;
    }

    private static DeleteShareGroupOffsetsRequestData deleteOffsets() {
        return new DeleteShareGroupOffsetsRequestData()
                .setGroupId("g")
                .setTopics(List.of(new DeleteShareGroupOffsetsRequestTopic().setTopicName("t")));
    }
}
