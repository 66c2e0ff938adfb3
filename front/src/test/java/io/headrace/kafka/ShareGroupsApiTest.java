package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.stream.group.ShareJoins;
import java.util.List;
import java.util.stream.Stream;
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
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what the coordinator of share groups is asked, and told, is what the user may.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShareGroupsApiTest {
    private final TestPeer peer = new TestPeer();

    @BeforeEach
    void topics() {
        peer.broker.add("orders", 1);
        peer.broker.add("secret", 1);
    }

    private void deny(String name) {
        List.of("READ ", "WRITE ", "CONFIGURE ").forEach(access -> peer.broker.denied.add(access + name));
    }

    private Errors heartbeat(String group, String member, String... topics) {
        return Errors.forCode(beat(group, member, 0, topics).errorCode());
    }

    private ShareGroupHeartbeatResponseData beat(String group, String member, int epoch, String... topics) {
        return peer.ask(
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                1,
                new ShareGroupHeartbeatRequestData()
                        .setGroupId(group)
                        .setMemberId(member)
                        .setMemberEpoch(epoch)
                        .setSubscribedTopicNames(List.of(topics)),
                ShareGroupHeartbeatResponseData.class);
    }

    @Test
    void a_member_may_read_the_group_and_see_its_topics() {
        peer.broker.groups.answer("shareGroupHeartbeat", _ -> new ShareGroupHeartbeatResponseData());
        deny("hidden");
        deny("secret");

        assertThat(heartbeat("g", "m", "orders")).isEqualTo(Errors.NONE);
        assertThat(heartbeat("hidden", "m", "orders")).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
        assertThat(heartbeat("g", "m", "orders", "secret")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(heartbeat("g", "")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(peer.broker.groups.asked).hasSize(1);
    }

    @Test
    void who_joined_asks_again_soon_until_it_gets_partitions() {
        int usual = 5000;
        var told = new ShareGroupHeartbeatResponseData.Assignment();
        peer.broker.groups.answer(
                "shareGroupHeartbeat",
                (ShareGroupHeartbeatRequestData asked) -> new ShareGroupHeartbeatResponseData()
                        .setHeartbeatIntervalMs(usual)
                        .setAssignment(asked.memberEpoch() == 1 ? null : told));

        assertThat(beat("g", "m", 0, "orders").heartbeatIntervalMs()).isEqualTo(ShareJoins.SOON_MILLIS);
        assertThat(beat("g", "m", 1, "orders").heartbeatIntervalMs()).isEqualTo(ShareJoins.SOON_MILLIS);
        assertThat(beat("g", "other", 1, "orders").heartbeatIntervalMs()).isEqualTo(usual);
        told.setTopicPartitions(List.of(new ShareGroupHeartbeatResponseData.TopicPartitions()));
        assertThat(beat("g", "m", 2, "orders").heartbeatIntervalMs()).isEqualTo(usual);
        assertThat(beat("g", "m", 1, "orders").heartbeatIntervalMs()).isEqualTo(usual);
        assertThat(beat("g", "n", 0, "orders").heartbeatIntervalMs()).isEqualTo(usual);
    }

    @Test
    void who_waits_for_a_topic_that_is_not_there_asks_as_seldom_as_others_after_a_second() {
        peer.broker.groups.answer(
                "shareGroupHeartbeat", _ -> new ShareGroupHeartbeatResponseData().setHeartbeatIntervalMs(5000));

        beat("g", "m", 0, "nowhere");
        var soon = Stream.generate(() -> beat("g", "m", 1, "nowhere"))
                .takeWhile(answer -> answer.heartbeatIntervalMs() == ShareJoins.SOON_MILLIS)
                .limit(ShareJoins.TRIES)
                .count();

        assertThat(soon).isEqualTo(ShareJoins.TRIES - 2);
    }

    @Test
    void a_description_leaves_out_what_may_not_be_seen() {
        peer.broker.groups.answer(
                "shareGroupDescribe",
                (List<String> asked) -> asked.stream()
                        .map(group -> new DescribedGroup()
                                .setGroupId(group)
                                .setMembers(List.of(new Member()
                                        .setAssignment(new Assignment()
                                                .setTopicPartitions(List.of(new TopicPartitions()
                                                        .setTopicName(group.equals("g") ? "orders" : "secret")))))))
                        .toList());
        deny("hidden");
        deny("secret");

        var answer = peer.ask(
                ApiKeys.SHARE_GROUP_DESCRIBE,
                1,
                new ShareGroupDescribeRequestData()
                        .setGroupIds(List.of("g", "hidden", "h"))
                        .setIncludeAuthorizedOperations(true),
                ShareGroupDescribeResponseData.class);

        assertThat(answer.groups())
                .extracting(group -> group.groupId() + " " + Errors.forCode(group.errorCode()))
                .containsExactlyInAnyOrder(
                        "g NONE", "hidden GROUP_AUTHORIZATION_FAILED", "h TOPIC_AUTHORIZATION_FAILED");
        assertThat(answer.groups().stream().filter(group -> group.groupId().equals("g")))
                .allMatch(group -> group.authorizedOperations() != Rights.NOT_ASKED);
    }

    private DescribeShareGroupOffsetsResponseGroup describeOffsets(DescribeShareGroupOffsetsRequestGroup group) {
        return peer.ask(
                        ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                        1,
                        new DescribeShareGroupOffsetsRequestData().setGroups(List.of(group)),
                        DescribeShareGroupOffsetsResponseData.class)
                .groups()
                .getFirst();
    }

    private static DescribeShareGroupOffsetsRequestTopic asked(String topic) {
        return new DescribeShareGroupOffsetsRequestTopic().setTopicName(topic).setPartitions(List.of(0));
    }

    private static DescribeShareGroupOffsetsResponseTopic told(String topic) {
        return new DescribeShareGroupOffsetsResponseTopic()
                .setTopicName(topic)
                .setPartitions(List.of(new DescribeShareGroupOffsetsResponsePartition()
                        .setStartOffset(4)
                        .setLag(2)));
    }

    @Test
    void offsets_are_told_of_topics_that_may_be_seen() {
        peer.broker.groups.answer(
                "describeShareGroupOffsets",
                (DescribeShareGroupOffsetsRequestGroup group) -> new DescribeShareGroupOffsetsResponseGroup()
                        .setGroupId(group.groupId())
                        .setTopics(group.topics().stream()
                                .map(topic -> told(topic.topicName()))
                                .toList()));
        peer.broker.groups.answer(
                "describeShareGroupAllOffsets",
                (DescribeShareGroupOffsetsRequestGroup group) -> new DescribeShareGroupOffsetsResponseGroup()
                        .setGroupId(group.groupId())
                        .setTopics(List.of(told("orders"), told("secret"))));
        deny("secret");
        deny("hidden");

        var named = describeOffsets(new DescribeShareGroupOffsetsRequestGroup()
                .setGroupId("g")
                .setTopics(List.of(asked("orders"), asked("secret"))));
        assertThat(named.topics().get(0).partitions().getFirst().startOffset()).isEqualTo(4);
        assertThat(named.topics().get(1).partitions().getFirst().errorCode())
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        var all = describeOffsets(
                new DescribeShareGroupOffsetsRequestGroup().setGroupId("g").setTopics(null));
        assertThat(all.topics())
                .extracting(DescribeShareGroupOffsetsResponseTopic::topicName)
                .containsExactly("orders");
        assertThat(describeOffsets(new DescribeShareGroupOffsetsRequestGroup()
                                .setGroupId("hidden")
                                .setTopics(null))
                        .errorCode())
                .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
    }

    @Test
    void what_the_coordinator_fails_with_is_told_of_the_group() {
        assertThat(describeOffsets(new DescribeShareGroupOffsetsRequestGroup()
                                .setGroupId("g")
                                .setTopics(null))
                        .errorCode())
                .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
    }

    @Test
    void offsets_are_set_where_the_topic_may_be_read_and_is_there() {
        peer.broker.groups.answers.put("alterShareGroupOffsets", _ -> new AlterShareGroupOffsetsResponseData());
        deny("secret");
        var request = new AlterShareGroupOffsetsRequestData().setGroupId("g");
        for (var topic : List.of("orders", "secret", "nowhere")) {
            request.topics()
                    .add(new AlterShareGroupOffsetsRequestTopic()
                            .setTopicName(topic)
                            .setPartitions(List.of(new AlterShareGroupOffsetsRequestPartition())));
        }

        var answer = peer.ask(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, 0, request, AlterShareGroupOffsetsResponseData.class);

        assertThat(answer.responses())
                .extracting(topic -> topic.topicName() + " "
                        + Errors.forCode(topic.partitions().getFirst().errorCode()))
                .containsExactly("secret TOPIC_AUTHORIZATION_FAILED", "nowhere UNKNOWN_TOPIC_OR_PARTITION");
    }

    @Test
    void offsets_are_deleted_by_who_may_delete_the_group() {
        peer.broker.groups.answer("deleteShareGroupOffsets", _ -> new DeleteShareGroupOffsetsResponseData());
        deny("secret");
        var request = new DeleteShareGroupOffsetsRequestData()
                .setGroupId("g")
                .setTopics(List.of(new DeleteShareGroupOffsetsRequestTopic().setTopicName("secret")));

        var answer =
                peer.ask(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, 0, request, DeleteShareGroupOffsetsResponseData.class);
        assertThat(answer.responses().getFirst().errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());

        peer.broker.denied.add("CONFIGURE g");
        assertThat(peer.ask(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, 0, request, DeleteShareGroupOffsetsResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
    }
}
