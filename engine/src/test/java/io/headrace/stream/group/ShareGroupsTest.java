package io.headrace.stream.group;

import static io.headrace.stream.group.TestMember.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.stream.share.SharePartition;
import io.headrace.stream.share.ShareSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopicCollection;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.BufferSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what Kafka's coordinator decides about share groups reaches our share partitions, and what it wants to know of
/// them is true. Method: the real coordinator; partitions in memory, a loop with a thread of its own.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShareGroupsTest {
    private static final String MEMBER = "a-member";

    private final TestVhost vhost = new TestVhost();

    @AfterEach
    void close() {
        vhost.close();
    }

    private ShareGroupHeartbeatResponseData heartbeat(int epoch, String... topics) {
        return vhost.ask(coordinator -> coordinator.shareGroupHeartbeat(
                        context(ApiKeys.SHARE_GROUP_HEARTBEAT),
                        new ShareGroupHeartbeatRequestData()
                                .setGroupId("g")
                                .setMemberId(MEMBER)
                                .setMemberEpoch(epoch)
                                .setSubscribedTopicNames(topics.length == 0 ? null : List.of(topics))))
                .join();
    }

    /// Joins, and stays until it has all partitions of `orders`.
    private void join(int partitions) {
        var answer = new ShareGroupHeartbeatResponseData[] {heartbeat(0, "orders")};
        assertThat(answer[0].errorCode()).isZero();
        TestVhost.await("an assignment", () -> {
            if (answer[0].assignment() != null
                    && answer[0].assignment().topicPartitions().stream()
                                    .mapToInt(topic -> topic.partitions().size())
                                    .sum()
                            == partitions) {
                return true;
            }
            answer[0] = heartbeat(answer[0].memberEpoch());
            return false;
        });
    }

    private Optional<SharePartition> share(int index) {
        return vhost.loop.on(() -> vhost.share("g", "orders", index));
    }

    private Map<Integer, DescribeShareGroupOffsetsResponsePartition> offsets() {
        var answer = vhost.ask(coordinator -> coordinator.describeShareGroupAllOffsets(
                        context(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS),
                        new DescribeShareGroupOffsetsRequestGroup()
                                .setGroupId("g")
                                .setTopics(null)))
                .join();
        assertThat(answer.errorCode()).isZero();
        var offsets = new HashMap<Integer, DescribeShareGroupOffsetsResponsePartition>();
        answer.topics()
                .forEach(topic ->
                        topic.partitions().forEach(partition -> offsets.put(partition.partitionIndex(), partition)));
        return offsets;
    }

    @Test
    void a_member_gets_partitions_once_their_state_is_kept() {
        vhost.createTopic("orders", 2);

        join(2);

        assertThat(share(0)).isPresent();
        assertThat(share(1)).isPresent();
        assertThat(offsets().get(0).startOffset()).isEqualTo(-1);
        assertThat(offsets().get(0).lag()).isEqualTo(-1);
    }

    @Test
    void partitions_that_are_added_come_along() {
        vhost.createTopic("orders", 1);
        join(1);

        vhost.growTopic("orders", 1);

        TestVhost.await("the new partition", () -> {
            heartbeat(0, "orders");
            return share(1).isPresent();
        });
    }

    @Test
    void offsets_are_set_told_and_deleted_while_nobody_is_there() {
        vhost.createTopic("orders", 1);
        join(1);
        assertThat(alter(7).responses()).isEmpty();
        heartbeat(-1);

        assertThat(alter(7).responses().find("orders").partitions().getFirst().errorCode())
                .isZero();

        assertThat(share(0).flatMap(SharePartition::start)).hasValue(7L);
        assertThat(offsets().get(0).startOffset()).isEqualTo(7);
        assertThat(offsets().get(0).lag()).isEqualTo(-7); // the partition is empty
        vhost.ask(coordinator -> coordinator.deleteGroups(
                        context(ApiKeys.DELETE_GROUPS), List.of("g"), BufferSupplier.NO_CACHING))
                .join();
        assertThat(share(0)).isEmpty();
    }

    private AlterShareGroupOffsetsResponseData alter(long offset) {
        var topics = new AlterShareGroupOffsetsRequestTopicCollection();
        topics.add(new AlterShareGroupOffsetsRequestTopic()
                .setTopicName("orders")
                .setPartitions(List.of(new AlterShareGroupOffsetsRequestPartition()
                        .setPartitionIndex(0)
                        .setStartOffset(offset))));
        return vhost.ask(coordinator -> coordinator.alterShareGroupOffsets(
                        context(ApiKeys.ALTER_SHARE_GROUP_OFFSETS),
                        "g",
                        new AlterShareGroupOffsetsRequestData().setGroupId("g").setTopics(topics)))
                .join();
    }

    @Test
    void share_groups_are_listed_as_such() {
        vhost.createTopic("orders", 1);
        join(1);

        var groups = vhost.ask(coordinator -> coordinator.listGroups(
                        context(ApiKeys.LIST_GROUPS), new ListGroupsRequestData().setTypesFilter(List.of("share"))))
                .join()
                .groups();

        assertThat(groups).singleElement().satisfies(group -> {
            assertThat(group.groupId()).isEqualTo("g");
            assertThat(group.groupType()).isEqualTo("share");
        });
    }

    @Test
    void settings_of_a_group_hold_and_those_that_are_out_of_bounds_are_refused() {
        assertThat(settings("g").lockMillis()).isEqualTo(30_000);

        vhost.putSettings(
                GroupSettings.OF_ONE_GROUP + "g",
                Map.of(
                        "share.record.lock.duration.ms", "20000",
                        "share.delivery.count.limit", "3",
                        "share.partition.max.record.locks", "150",
                        "share.isolation.level", "read_committed",
                        "share.renew.acknowledge.enable", "false",
                        "share.auto.offset.reset", "by_duration:PT2H"));

        var set = settings("g");
        assertThat(set.lockMillis()).isEqualTo(20_000);
        assertThat(set.deliveryLimit()).isEqualTo(3);
        assertThat(set.locksMax()).isEqualTo(150);
        assertThat(set.committedOnly()).isTrue();
        assertThat(set.renewing()).isFalse();
        assertThat(set.reset()).isEqualTo(new ShareSettings.Reset.ByDuration(Duration.ofHours(2)));
        assertThat(settings("other").deliveryLimit()).isEqualTo(5);
        var broker = GroupSettings.defaults();
        assertThatThrownBy(() -> broker.checkOneGroup(Map.of("share.record.lock.duration.ms", "1")))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> broker.checkOneGroup(Map.of("share.auto.offset.reset", "never")))
                .isInstanceOf(InvalidConfigurationException.class);
    }

    private ShareSettings settings(String group) {
        return vhost.loop.on(() -> vhost.groups().ofShareGroup(group));
    }
}
