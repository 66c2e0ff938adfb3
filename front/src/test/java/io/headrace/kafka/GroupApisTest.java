package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headrace.catalog.TopicDefinition;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: what clients ask of groups reaches the coordinator as Kafka's broker would pass it on, and nothing that the
/// user may not do does.
/// Method: Kafka's own bytes over a fake wire; a fake coordinator that remembers.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GroupApisTest {
    private final TestPeer peer = new TestPeer();

    @ParameterizedTest
    @EnumSource(
            value = ApiKeys.class,
            names = {
                "FIND_COORDINATOR",
                "OFFSET_COMMIT",
                "OFFSET_FETCH",
                "JOIN_GROUP",
                "SYNC_GROUP",
                "HEARTBEAT",
                "LEAVE_GROUP",
                "DESCRIBE_GROUPS",
                "LIST_GROUPS",
                "DELETE_GROUPS",
                "OFFSET_DELETE",
                "CONSUMER_GROUP_HEARTBEAT",
                "CONSUMER_GROUP_DESCRIBE"
            })
    void every_version_is_answered_while_the_coordinator_is_not_available(ApiKeys key) {
        for (short version = key.oldestVersion(); version <= key.latestVersion(); version++) {
            var request = key.messageType.newRequest();

            peer.send(key, version, request);

            assertThat(peer.answers()).as("%s %d", key, version).hasSize(1);
        }
        assertThat(peer.connection.isClosed()).isFalse();
    }

    @Test
    void this_node_coordinates_every_group() {
        var answer = peer.ask(
                ApiKeys.FIND_COORDINATOR,
                6,
                new FindCoordinatorRequestData().setCoordinatorKeys(List.of("a", "b")),
                FindCoordinatorResponseData.class);

        assertThat(answer.coordinators()).hasSize(2).allSatisfy(found -> {
            assertThat(found.nodeId()).isEqualTo(1);
            assertThat(found.port()).isPositive();
            assertThat(found.errorCode()).isEqualTo(Errors.NONE.code());
        });
        assertThat(peer.broker.groups.opened).isTrue();
    }

    @Test
    void an_old_client_asks_for_one_coordinator() {
        var answer = peer.ask(
                ApiKeys.FIND_COORDINATOR,
                2,
                new FindCoordinatorRequestData().setKey("a"),
                FindCoordinatorResponseData.class);

        assertThat(answer.nodeId()).isEqualTo(1);
        assertThat(answer.errorMessage()).isEqualTo("NONE");
    }

    @Test
    void who_may_not_read_a_group_is_no_member_of_it() {
        deny("READ", "g");

        assertThat(peer.ask(
                                ApiKeys.JOIN_GROUP,
                                9,
                                new JoinGroupRequestData().setGroupId("g"),
                                JoinGroupResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
        assertThat(peer.ask(
                                ApiKeys.SYNC_GROUP,
                                3,
                                new SyncGroupRequestData().setGroupId("g"),
                                SyncGroupResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
        assertThat(peer.ask(
                                ApiKeys.HEARTBEAT,
                                4,
                                new HeartbeatRequestData().setGroupId("g"),
                                HeartbeatResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
        assertThat(peer.ask(
                                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                                1,
                                new ConsumerGroupHeartbeatRequestData().setGroupId("g"),
                                ConsumerGroupHeartbeatResponseData.class)
                        .errorCode())
                .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
        assertThat(peer.broker.groups.asked).isEmpty();
    }

    @Test
    void the_coordinator_hears_who_asks() {
        peer.broker.groups.answer(
                "heartbeat", (HeartbeatRequestData request) -> new HeartbeatResponseData().setErrorCode((short) 27));

        var answer =
                peer.ask(ApiKeys.HEARTBEAT, 3, new HeartbeatRequestData().setGroupId("g"), HeartbeatResponseData.class);

        assertThat(answer.errorCode()).isEqualTo((short) 27);
        var context = peer.broker.groups.asked.getFirst().context();
        assertThat(context.clientId()).isEqualTo("test");
        assertThat(context.requestVersion()).isEqualTo(3);
        assertThat(context.principal().getName()).isEqualTo("guest");
    }

    @Test
    void an_old_leave_is_one_of_a_list() {
        peer.broker.groups.answer(
                "leaveGroup",
                (LeaveGroupRequestData request) -> new LeaveGroupResponseData()
                        .setMembers(List.of(new LeaveGroupResponseData.MemberResponse()
                                .setMemberId("m")
                                .setErrorCode(Errors.UNKNOWN_MEMBER_ID.code()))));

        var answer = peer.ask(
                ApiKeys.LEAVE_GROUP,
                2,
                new LeaveGroupRequestData().setGroupId("g").setMemberId("m"),
                LeaveGroupResponseData.class);

        assertThat(answer.errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
        assertThat(((LeaveGroupRequestData) peer.broker.groups.asked.getFirst().request()).members())
                .hasSize(1);
    }

    @Test
    void a_sync_without_the_names_that_its_version_demands_is_refused() {
        var answer = peer.ask(
                ApiKeys.SYNC_GROUP, 5, new SyncGroupRequestData().setGroupId("g"), SyncGroupResponseData.class);

        assertThat(answer.errorCode()).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
    }

    @Test
    void offsets_of_partitions_that_are_not_there_are_refused_and_the_others_committed() {
        TopicDefinition orders = peer.broker.add("orders", 2);
        peer.broker.add("secret", 1);
        deny("READ", "secret");
        peer.broker.groups.answer("commitOffsets", GroupApisTest::committed);

        var answer = peer.ask(
                ApiKeys.OFFSET_COMMIT,
                8,
                new OffsetCommitRequestData()
                        .setGroupId("g")
                        .setMemberId("m")
                        .setGenerationIdOrMemberEpoch(7)
                        .setTopics(List.of(named("orders", 0, 1, 2), named("secret", 0), named("nothing", 0))),
                OffsetCommitResponseData.class);

        assertThat(errors(answer))
                .containsExactlyInAnyOrder(
                        "orders-0 NONE",
                        "orders-1 NONE",
                        "orders-2 UNKNOWN_TOPIC_OR_PARTITION",
                        "secret-0 TOPIC_AUTHORIZATION_FAILED",
                        "nothing-0 UNKNOWN_TOPIC_OR_PARTITION");
        var passed =
                (OffsetCommitRequestData) peer.broker.groups.asked.getFirst().request();
        assertThat(passed.memberId()).isEqualTo("m");
        assertThat(passed.generationIdOrMemberEpoch()).isEqualTo(7);
        assertThat(passed.topics()).singleElement().satisfies(topic -> {
            assertThat(topic.topicId()).isEqualTo(Names.id(orders.id()));
            assertThat(topic.partitions()).hasSize(2);
        });
    }

    @Test
    void offsets_are_committed_by_the_topics_id() {
        TopicDefinition orders = peer.broker.add("orders", 1);
        var unknown = Uuid.randomUuid();
        peer.broker.groups.answer("commitOffsets", GroupApisTest::committed);

        var answer = peer.ask(
                ApiKeys.OFFSET_COMMIT,
                10,
                new OffsetCommitRequestData()
                        .setGroupId("g")
                        .setTopics(List.of(byId(Names.id(orders.id())), byId(unknown))),
                OffsetCommitResponseData.class);

        assertThat(answer.topics())
                .extracting(
                        OffsetCommitResponseTopic::topicId,
                        topic -> topic.partitions().getFirst().errorCode())
                .containsExactlyInAnyOrder(
                        tuple(Names.id(orders.id()), Errors.NONE.code()),
                        tuple(unknown, Errors.UNKNOWN_TOPIC_ID.code()));
    }

    @Test
    void a_commit_with_nothing_sound_in_it_does_not_reach_the_coordinator() {
        var answer = peer.ask(
                ApiKeys.OFFSET_COMMIT,
                8,
                new OffsetCommitRequestData().setGroupId("g").setTopics(List.of(named("nothing", 0))),
                OffsetCommitResponseData.class);

        assertThat(errors(answer)).containsExactly("nothing-0 UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(peer.broker.groups.asked).isEmpty();
    }

    @Test
    void offsets_of_several_groups_come_in_the_order_asked_for() {
        deny("READ", "b");
        deny("WRITE", "b");
        deny("CONFIGURE", "b");
        peer.broker.groups.answer(
                "fetchOffsets",
                (OffsetFetchRequestGroup request) -> new OffsetFetchResponseGroup().setGroupId(request.groupId()));

        var answer = peer.ask(
                ApiKeys.OFFSET_FETCH,
                8,
                new OffsetFetchRequestData().setGroups(List.of(allOf("a"), allOf("b"), allOf("c"))),
                OffsetFetchResponseData.class);

        assertThat(answer.groups())
                .extracting(OffsetFetchResponseGroup::groupId)
                .containsExactly("a", "b", "c");
        assertThat(answer.groups().get(1).errorCode()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
    }

    @Test
    void topics_that_may_not_be_seen_are_left_out_of_all_offsets() {
        hide("secret");
        peer.broker.groups.answer(
                "fetchOffsets",
                (OffsetFetchRequestGroup request) -> new OffsetFetchResponseGroup()
                        .setGroupId(request.groupId())
                        .setTopics(List.of(offsetOf("orders"), offsetOf("secret"))));

        var answer = peer.ask(
                ApiKeys.OFFSET_FETCH,
                7,
                new OffsetFetchRequestData().setGroupId("g").setTopics(null),
                OffsetFetchResponseData.class);

        assertThat(answer.topics()).extracting("name").containsExactly("orders");
    }

    @Test
    void an_offset_asked_for_by_an_id_that_nobody_has_is_refused() {
        TopicDefinition orders = peer.broker.add("orders", 1);
        peer.broker.groups.answer(
                "fetchOffsets",
                (OffsetFetchRequestGroup request) -> new OffsetFetchResponseGroup()
                        .setGroupId(request.groupId())
                        .setTopics(request.topics().stream()
                                .map(topic -> offsetOf(topic.name()).setTopicId(topic.topicId()))
                                .toList()));
        var unknown = Uuid.randomUuid();

        var answer = peer.ask(
                ApiKeys.OFFSET_FETCH,
                10,
                new OffsetFetchRequestData()
                        .setGroups(List.of(new OffsetFetchRequestGroup()
                                .setGroupId("g")
                                .setTopics(List.of(
                                        new OffsetFetchRequestTopics()
                                                .setTopicId(Names.id(orders.id()))
                                                .setPartitionIndexes(List.of(0)),
                                        new OffsetFetchRequestTopics()
                                                .setTopicId(unknown)
                                                .setPartitionIndexes(List.of(0)))))),
                OffsetFetchResponseData.class);

        var topics = answer.groups().getFirst().topics();
        assertThat(topics).extracting("topicId").containsExactly(Names.id(orders.id()), unknown);
        assertThat(topics.getFirst().partitions().getFirst().committedOffset()).isEqualTo(5);
        assertThat(topics.getLast().partitions().getFirst().errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void a_subscription_to_a_topic_that_may_not_be_seen_is_refused() {
        hide("secret");

        var answer = peer.ask(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                1,
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("g")
                        .setMemberId("m")
                        .setSubscribedTopicNames(List.of("orders", "secret")),
                ConsumerGroupHeartbeatResponseData.class);

        assertThat(answer.errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(peer.broker.groups.asked).isEmpty();
    }

    @Test
    void only_groups_that_may_be_seen_are_listed() {
        hide("secret");
        peer.broker.groups.answer(
                "listGroups",
                (ListGroupsRequestData request) -> new ListGroupsResponseData()
                        .setGroups(List.of(
                                new ListGroupsResponseData.ListedGroup().setGroupId("g"),
                                new ListGroupsResponseData.ListedGroup().setGroupId("secret"))));

        var answer = peer.ask(ApiKeys.LIST_GROUPS, 5, new ListGroupsRequestData(), ListGroupsResponseData.class);

        assertThat(answer.groups()).extracting("groupId").containsExactly("g");
    }

    @Test
    void a_description_says_what_the_user_may_do_if_asked() {
        hide("secret");
        deny("CONFIGURE", "g");
        peer.broker.groups.answer(
                "describeGroups",
                (List<String> groups) -> groups.stream()
                        .map(group -> new DescribeGroupsResponseData.DescribedGroup().setGroupId(group))
                        .toList());

        var answer = peer.ask(
                ApiKeys.DESCRIBE_GROUPS,
                6,
                new DescribeGroupsRequestData()
                        .setGroups(List.of("g", "secret"))
                        .setIncludeAuthorizedOperations(true),
                DescribeGroupsResponseData.class);

        assertThat(answer.groups()).extracting("groupId").containsExactlyInAnyOrder("g", "secret");
        var readAndDescribe = 1 << 3 | 1 << 8 | 1 << 10;
        assertThat(answer.groups()).anySatisfy(group -> {
            assertThat(group.groupId()).isEqualTo("g");
            assertThat(group.authorizedOperations()).isEqualTo(readAndDescribe);
        });
        assertThat(answer.groups())
                .anySatisfy(group -> assertThat(group.errorCode()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code()));
    }

    @Test
    void a_consumer_group_with_a_hidden_topic_is_not_described() {
        hide("secret");
        peer.broker.groups.answer(
                "consumerGroupDescribe",
                (List<String> groups) -> groups.stream()
                        .map(group -> new ConsumerGroupDescribeResponseData.DescribedGroup()
                                .setGroupId(group)
                                .setMembers(List.of(new ConsumerGroupDescribeResponseData.Member()
                                        .setAssignment(new ConsumerGroupDescribeResponseData.Assignment()
                                                .setTopicPartitions(
                                                        List.of(new ConsumerGroupDescribeResponseData.TopicPartitions()
                                                                .setTopicName("secret")))))))
                        .toList());

        var answer = peer.ask(
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                1,
                new ConsumerGroupDescribeRequestData().setGroupIds(List.of("g")),
                ConsumerGroupDescribeResponseData.class);

        assertThat(answer.groups().getFirst().errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(answer.groups().getFirst().members()).isEmpty();
    }

    @Test
    void who_may_not_configure_a_group_does_not_delete_it() {
        deny("CONFIGURE", "kept");
        peer.broker.groups.answer("deleteGroups", (List<String> groups) -> {
            var results = new DeleteGroupsResponseData.DeletableGroupResultCollection();
            groups.forEach(group -> results.add(new DeleteGroupsResponseData.DeletableGroupResult().setGroupId(group)));
            return results;
        });

        var answer = peer.ask(
                ApiKeys.DELETE_GROUPS,
                2,
                new DeleteGroupsRequestData().setGroupsNames(List.of("old", "kept", "old")),
                DeleteGroupsResponseData.class);

        assertThat(answer.results()).hasSize(2);
        assertThat(answer.results().find("old").errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(answer.results().find("kept").errorCode()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
    }

    @Test
    void a_setting_of_one_group_is_kept_and_described() {
        assertThat(set("g", "consumer.heartbeat.interval.ms", "6000")).isEqualTo(Errors.NONE);

        assertThat(peer.broker.settings.get("kafka.group/g")).containsEntry("consumer.heartbeat.interval.ms", "6000");
        var described = peer.ask(
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType(ConfigResource.Type.GROUP.id())
                                .setResourceName("g")
                                .setConfigurationKeys(null))),
                DescribeConfigsResponseData.class);
        assertThat(described.results().getFirst().configs())
                .anySatisfy(config -> {
                    assertThat(config.name()).isEqualTo("consumer.heartbeat.interval.ms");
                    assertThat(config.value()).isEqualTo("6000");
                    assertThat(config.configSource()).isEqualTo(ConfigSource.GROUP_CONFIG.id());
                })
                .anySatisfy(config -> {
                    assertThat(config.name()).isEqualTo("consumer.session.timeout.ms");
                    assertThat(config.value()).isEqualTo("45000");
                    assertThat(config.configSource()).isEqualTo(ConfigSource.DEFAULT_CONFIG.id());
                });
    }

    @Test
    void a_setting_that_a_group_does_not_have_or_may_not_have_is_refused() {
        assertThat(set("g", "group.max.size", "5")).isEqualTo(Errors.INVALID_CONFIG); // the broker has it
        assertThat(set("g", "consumer.heartbeat.interval.ms", "1")).isEqualTo(Errors.INVALID_CONFIG);
        deny("CONFIGURE", "g");
        assertThat(set("g", "consumer.heartbeat.interval.ms", "6000")).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
        assertThat(peer.broker.settings).isEmpty();
    }

    private Errors set(String group, String name, String value) {
        var resource = new AlterConfigsResource()
                .setResourceType(ConfigResource.Type.GROUP.id())
                .setResourceName(group);
        resource.configs().add(new AlterableConfig().setName(name).setValue(value));
        var request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        var answer = peer.ask(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, request, IncrementalAlterConfigsResponseData.class);
        return Errors.forCode(answer.responses().getFirst().errorCode());
    }

    private void deny(String access, String name) {
        peer.broker.denied.add(access + " " + name);
    }

    private void hide(String name) {
        deny("READ", name);
        deny("WRITE", name);
        deny("CONFIGURE", name);
    }

    private static OffsetFetchRequestGroup allOf(String group) {
        return new OffsetFetchRequestGroup().setGroupId(group).setTopics(null);
    }

    private static OffsetFetchResponseTopics offsetOf(String topic) {
        return new OffsetFetchResponseTopics()
                .setName(topic)
                .setPartitions(List.of(new OffsetFetchResponsePartitions().setCommittedOffset(5)));
    }

    private static OffsetCommitRequestTopic named(String name, int... partitions) {
        var topic = new OffsetCommitRequestTopic().setName(name);
        for (int partition : partitions) {
            topic.partitions().add(new OffsetCommitRequestPartition().setPartitionIndex(partition));
        }
        return topic;
    }

    private static OffsetCommitRequestTopic byId(Uuid id) {
        return named("", 0).setTopicId(id);
    }

    private static OffsetCommitResponseData committed(OffsetCommitRequestData request) {
        return new OffsetCommitResponseData()
                .setTopics(request.topics().stream()
                        .map(topic -> new OffsetCommitResponseTopic()
                                .setName(topic.name())
                                .setTopicId(topic.topicId())
                                .setPartitions(topic.partitions().stream()
                                        .map(partition -> new OffsetCommitResponsePartition()
                                                .setPartitionIndex(partition.partitionIndex()))
                                        .toList()))
                        .toList());
    }

    private static List<String> errors(OffsetCommitResponseData answer) {
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> topic.name() + "-" + partition.partitionIndex() + " "
                                + Errors.forCode(partition.errorCode())))
                .toList();
    }
}
