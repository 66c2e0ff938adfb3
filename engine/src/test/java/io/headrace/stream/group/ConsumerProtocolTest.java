package io.headrace.stream.group;

import static io.headrace.stream.group.TestMember.context;
import static io.headrace.stream.group.TestMember.joinAlone;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.TopicDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what Kafka's coordinator assigns follows the catalog's topics (KIP-848).
/// Method: the real coordinator; members that report what they own, as a client does.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConsumerProtocolTest {
    private final TestVhost vhost = new TestVhost(Map.of("group.consumer.assignment.interval.ms", "0"));

    @AfterEach
    void close() {
        vhost.close();
    }

    @Test
    void a_member_gets_all_partitions_of_its_topics() {
        TopicDefinition orders = vhost.createTopic("orders", 4);
        vhost.createTopic("others", 4);
        var member = new Member("g").subscribed("orders");

        member.heartbeatUntil("4 partitions", () -> member.owned.equals(Map.of(id(orders), List.of(0, 1, 2, 3))));
    }

    @Test
    void a_second_member_gets_what_the_first_gives_up() {
        TopicDefinition orders = vhost.createTopic("orders", 4);
        var first = new Member("g").subscribed("orders");
        first.heartbeatUntil("4 partitions", () -> first.count() == 4);

        var second = new Member("g").subscribed("orders");
        TestVhost.await("2 partitions each", () -> {
            second.heartbeat();
            first.heartbeat();
            return first.count() == 2 && second.count() == 2;
        });

        List<Integer> all = new ArrayList<>(first.owned.get(id(orders)));
        all.addAll(second.owned.get(id(orders)));
        assertThat(all).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void partitions_that_a_topic_grows_are_assigned() {
        vhost.createTopic("orders", 2);
        var member = new Member("g").subscribed("orders");
        member.heartbeatUntil("2 partitions", () -> member.count() == 2);

        vhost.growTopic("orders", 3);

        member.heartbeatUntil("5 partitions", () -> member.count() == 5);
    }

    @Test
    void a_topic_created_later_is_assigned_to_who_waits_for_its_name() {
        var member = new Member("g").subscribed("orders");
        member.heartbeat();
        assertThat(member.count()).isZero();

        vhost.createTopic("orders", 2);

        member.heartbeatUntil("2 partitions", () -> member.count() == 2);
    }

    @Test
    void a_pattern_finds_the_topics_that_match_it() {
        vhost.createTopic("orders-eu", 1);
        vhost.createTopic("orders-us", 1);
        vhost.createTopic("invoices", 1);
        var member = new Member("g").matching("orders-.*");

        member.heartbeatUntil("2 partitions", () -> member.count() == 2);
    }

    @Test
    void a_pattern_finds_no_topic_that_the_user_may_not_see() {
        TopicDefinition seen = vhost.createTopic("orders-eu", 1);
        vhost.createTopic("orders-us", 1);
        vhost.hidden.add("orders-us");
        var member = new Member("g").matching("orders-.*");

        member.heartbeatUntil("1 partition", () -> member.count() == 1);
        assertThat(member.owned).containsOnlyKeys(id(seen));
    }

    @Test
    void a_deleted_topic_is_taken_away() {
        vhost.createTopic("orders", 1);
        vhost.createTopic("invoices", 1);
        var member = new Member("g").subscribed("orders", "invoices");
        member.heartbeatUntil("2 partitions", () -> member.count() == 2);

        vhost.deleteTopic("orders");

        member.heartbeatUntil("1 partition", () -> member.count() == 1);
    }

    @Test
    void a_member_goes_on_after_a_restart() {
        vhost.createTopic("orders", 3);
        var member = new Member("g").subscribed("orders");
        member.heartbeatUntil("3 partitions", () -> member.count() == 3);
        int epoch = member.epoch;

        vhost.restart();

        assertThat(member.heartbeat().errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(member.epoch).isEqualTo(epoch);
        assertThat(member.count()).isEqualTo(3);
    }

    @Test
    void settings_of_one_group_act_at_once_and_after_a_restart() {
        vhost.createTopic("orders", 1);
        var member = new Member("g").subscribed("orders");
        assertThat(member.heartbeat().heartbeatIntervalMs()).isEqualTo(5000);

        vhost.putSettings(GroupSettings.OF_ONE_GROUP + "g", Map.of("consumer.heartbeat.interval.ms", "6000"));

        TestVhost.await("6 s", () -> member.heartbeat().heartbeatIntervalMs() == 6000);
        assertThat(new Member("h").subscribed("orders").heartbeat().heartbeatIntervalMs())
                .isEqualTo(5000);
    }

    @Test
    void a_classic_group_turns_into_a_consumer_group_when_a_member_of_the_new_protocol_comes() {
        vhost.createTopic("orders", 2);
        var classic = joinAlone(vhost, "g", "orders");
        assertThat(classic.errorCode()).isEqualTo(Errors.NONE.code());

        var member = new Member("g").subscribed("orders");
        assertThat(member.heartbeat().errorCode()).isEqualTo(Errors.NONE.code());

        var described = vhost.ask(coordinator ->
                        coordinator.consumerGroupDescribe(context(ApiKeys.CONSUMER_GROUP_DESCRIBE), List.of("g")))
                .join()
                .getFirst();
        assertThat(described.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(described.members()).extracting("memberType").containsExactlyInAnyOrder((byte) 0, (byte) 1);
        var beat = vhost.ask(coordinator -> coordinator.heartbeat(
                        context(ApiKeys.HEARTBEAT),
                        new HeartbeatRequestData()
                                .setGroupId("g")
                                .setMemberId(classic.memberId())
                                .setGenerationId(classic.generationId())))
                .join();
        assertThat(beat.errorCode()).isEqualTo(Errors.REBALANCE_IN_PROGRESS.code());
    }

    private static Uuid id(TopicDefinition topic) {
        return GroupIds.kafkaId(topic.id());
    }

    /// A member that takes what it is given and gives up what is taken away.
    private final class Member {
        private final String group;
        private final String id = Uuid.randomUuid().toString();
        private List<String> names;
        private String pattern;
        private int epoch;
        private Map<Uuid, List<Integer>> owned = new HashMap<>();

        Member(String group) {
            this.group = group;
        }

        Member subscribed(String... topics) {
            names = List.of(topics);
            return this;
        }

        Member matching(String regex) {
            pattern = regex;
            return this;
        }

        ConsumerGroupHeartbeatResponseData heartbeat() {
            var request = new ConsumerGroupHeartbeatRequestData()
                    .setGroupId(group)
                    .setMemberId(id)
                    .setMemberEpoch(epoch)
                    .setRebalanceTimeoutMs(60_000)
                    .setSubscribedTopicNames(names)
                    .setSubscribedTopicRegex(pattern)
                    .setTopicPartitions(owned.entrySet().stream()
                            .map(entry -> new TopicPartitions()
                                    .setTopicId(entry.getKey())
                                    .setPartitions(entry.getValue()))
                            .toList());
            var answer = vhost.ask(coordinator ->
                            coordinator.consumerGroupHeartbeat(context(ApiKeys.CONSUMER_GROUP_HEARTBEAT), request))
                    .join();
            assertThat(Errors.forCode(answer.errorCode()))
                    .as(answer.errorMessage())
                    .isEqualTo(Errors.NONE);
            epoch = answer.memberEpoch();
            if (answer.assignment() != null) {
                owned = new HashMap<>();
                answer.assignment().topicPartitions().forEach(topic -> owned.put(topic.topicId(), topic.partitions()));
            }
            return answer;
        }

        void heartbeatUntil(String what, BooleanSupplier condition) {
            TestVhost.await(what, () -> {
                heartbeat();
                return condition.getAsBoolean();
            });
        }

        int count() {
            return owned.values().stream().mapToInt(List::size).sum();
        }
    }
}
