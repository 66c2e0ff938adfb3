package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.headrace.conformance.Names;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: groups share partitions, hand them over and remember how far they read, in both protocols (acceptance A3, C1,
/// D1 to D4).
@ExtendWith(RealKafka.class)
@Execution(ExecutionMode.CONCURRENT) // most of it is waiting for time-outs
@DisplayNameGeneration(ReplaceUnderscores.class)
class GroupsIT {
    private static final String ASSIGNOR = "partition.assignment.strategy=org.apache.kafka.clients.consumer.";
    private static final String SHORT_SESSION = "session.timeout.ms=6000"; // the shortest that Kafka allows
    private static final String OFTEN = "heartbeat.interval.ms=300";

    private final String group = Names.fresh("group");
    private String topic;

    @BeforeEach
    void four_partitions(Admin admin) throws Exception {
        topic = Topics.create(admin, 4);
    }

    @Test
    void two_members_have_two_partitions_each_four_have_one_and_a_fifth_idles(KafkaEndpoint kafka) {
        try (var first = Member.join(kafka, group, topic, OFTEN);
                var second = Member.join(kafka, group, topic, OFTEN)) {
            Member.awaitShared(4, 2, first, second);
            assertThat(Set.of(first.partitions(), second.partitions())).isEqualTo(Set.of(Set.of(0, 1), Set.of(2, 3)));

            try (var third = Member.join(kafka, group, topic, OFTEN);
                    var fourth = Member.join(kafka, group, topic, OFTEN)) {
                Member.awaitShared(4, 1, first, second, third, fourth);

                try (var fifth = Member.join(kafka, group, topic, OFTEN)) {
                    await().atMost(Duration.ofSeconds(60))
                            .until(() -> IntStream.of(
                                                    first.partitions().size(),
                                                    second.partitions().size(),
                                                    third.partitions().size(),
                                                    fourth.partitions().size(),
                                                    fifth.partitions().size())
                                            .sum()
                                    == 4);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RangeAssignor", "RoundRobinAssignor", "StickyAssignor", "CooperativeStickyAssignor"})
    void join_leave_and_crash_move_partitions(String assignor, KafkaEndpoint kafka) throws Exception {
        var settings = new String[] {ASSIGNOR + assignor, OFTEN, SHORT_SESSION};
        try (var stays = Member.join(kafka, group, topic, settings)) {
            Member.awaitShared(4, 4, stays);

            try (var leaves = Member.join(kafka, group, topic, settings)) {
                Member.awaitShared(4, 2, stays, leaves);
            }
            Member.awaitShared(4, 4, stays);

            var crashes = Member.join(kafka, group, topic, settings);
            Member.awaitShared(4, 2, stays, crashes);
            crashes.vanish();
            Member.awaitShared(4, 4, stays);

            produceToEach(kafka, "after");
            stays.awaitValues(4);
            assertThat(stays.values()).containsExactlyInAnyOrder("after 0", "after 1", "after 2", "after 3");
        }
    }

    @Test
    void only_moved_partitions_pause_under_the_cooperative_assignor(KafkaEndpoint kafka) {
        var settings = new String[] {ASSIGNOR + "CooperativeStickyAssignor", OFTEN};
        try (var first = Member.join(kafka, group, topic, settings)) {
            Member.awaitShared(4, 4, first);
            try (var second = Member.join(kafka, group, topic, settings)) {
                Member.awaitShared(4, 2, first, second);

                assertThat(first.everRevoked()).isEqualTo(second.partitions());
            }
        }
    }

    @Test
    void a_static_member_that_comes_back_in_time_causes_no_rebalance(KafkaEndpoint kafka) {
        var settings = new String[] {OFTEN, "session.timeout.ms=30000"};
        try (var stays = Member.join(kafka, group, topic, settings)) {
            var name = "group.instance.id=one";
            var before = Member.join(kafka, group, topic, OFTEN, "session.timeout.ms=30000", name);
            Member.awaitShared(4, 2, stays, before);
            var partitions = before.partitions();
            var revoked = stays.everRevoked();
            before.close(); // a static member does not say good bye

            try (var again = Member.join(kafka, group, topic, OFTEN, "session.timeout.ms=30000", name)) {
                Member.awaitShared(4, 2, stays, again);
                assertThat(again.partitions()).isEqualTo(partitions);
                assertThat(stays.everRevoked()).isEqualTo(revoked);
            }
        }
    }

    @Test
    void a_static_member_can_be_removed_by_an_admin(KafkaEndpoint kafka, Admin admin) throws Exception {
        try (var stays = Member.join(kafka, group, topic, OFTEN)) {
            var gone = Member.join(kafka, group, topic, OFTEN, "group.instance.id=gone", "session.timeout.ms=45000");
            Member.awaitShared(4, 2, stays, gone);
            gone.close();

            var removed = admin.removeMembersFromConsumerGroup(
                    group, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("gone"))));
            Topics.await(removed.all());

            Member.awaitShared(4, 4, stays);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void the_consumer_protocol_shares_partitions_by_the_brokers_assignor(
            String assignor, KafkaEndpoint kafka, Admin admin) throws Exception {
        var settings = new String[] {"group.protocol=consumer", "group.remote.assignor=" + assignor};
        try (var first = Member.join(kafka, group, topic, settings)) {
            Member.awaitShared(4, 4, first);
            try (var second = Member.join(kafka, group, topic, settings)) {
                Member.awaitShared(4, 2, first, second);
                assertThat(first.everRevoked()).isEqualTo(second.partitions());
                var described = describe(admin);
                assertThat(described.type().toString()).isEqualTo("Consumer");
                assertThat(described.partitionAssignor()).isEqualTo(assignor);
                assertThat(described.members()).hasSize(2);
            }
            Member.awaitShared(4, 4, first);

            produceToEach(kafka, "after");
            first.awaitValues(4);
        }
    }

    @Test
    void the_consumer_protocol_subscribes_by_a_pattern_that_the_broker_knows(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        try (var consumer = kafka.consumer("group.protocol=consumer", "group.id=" + group)) {
            consumer.subscribe(new SubscriptionPattern(topic.replace(".", "[.]") + "[.]part[.][ab]"));
            Topics.create(admin, topic + ".part.a", 1);
            Topics.create(admin, topic + ".part.c", 1);

            await().atMost(Duration.ofSeconds(60)).until(() -> {
                consumer.poll(Duration.ofMillis(200));
                return consumer.assignment().equals(Set.of(new TopicPartition(topic + ".part.a", 0)));
            });
        }
    }

    @Test
    void each_group_reads_all_at_its_own_pace(KafkaEndpoint kafka) throws Exception {
        produceToEach(kafka, "m");
        for (String name : List.of(group + ".a", group + ".b")) {
            try (var consumer = kafka.consumer("group.id=" + name)) {
                consumer.subscribe(List.of(topic));
                assertThat(Polling.takeValues(consumer, 4)).containsExactlyInAnyOrder("m 0", "m 1", "m 2", "m 3");
            }
        }
    }

    @Test
    void offsets_are_committed_by_themselves_and_read_no_record_again(KafkaEndpoint kafka, Admin admin)
            throws Exception {
        produceToEach(kafka, "first");
        try (var member = Member.join(kafka, group, topic, "enable.auto.commit=true", "auto.commit.interval.ms=100")) {
            member.awaitValues(4);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> committed(admin).values().stream()
                            .allMatch(offset -> offset != null && offset.offset() == 1));
        }
        produceToEach(kafka, "second");

        try (var member = Member.join(kafka, group, topic)) {
            member.awaitValues(4);
            assertThat(member.values()).allMatch(value -> value.startsWith("second"));
        }
    }

    @Test
    void a_commit_keeps_its_metadata_and_leader_epoch(KafkaEndpoint kafka) throws Exception {
        produceToEach(kafka, "m");
        var partition = new TopicPartition(topic, 2);
        var commit = new OffsetAndMetadata(1, Optional.of(0), "by hand: ✓");
        try (var consumer = kafka.consumer("group.id=" + group, "enable.auto.commit=false")) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, commit));
        }

        try (var consumer = kafka.consumer("group.id=" + group)) {
            assertThat(consumer.committed(Set.of(partition, new TopicPartition(topic, 3))))
                    .containsEntry(partition, commit)
                    .containsEntry(new TopicPartition(topic, 3), null);
        }
    }

    @Test
    void a_group_is_described_reset_and_deleted_by_an_admin(KafkaEndpoint kafka, Admin admin) throws Exception {
        produceToEach(kafka, "m");
        try (var member = Member.join(kafka, group, topic, "auto.commit.interval.ms=100", "client.id=worker")) {
            member.awaitValues(4);
            var described = describe(admin);
            assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(described.coordinator().id()).isEqualTo(1);
            assertThat(described.partitionAssignor()).isEqualTo("range");
            assertThat(described.members()).singleElement().satisfies(one -> {
                assertThat(one.clientId()).isEqualTo("worker");
                assertThat(one.host()).startsWith("/");
                assertThat(one.assignment().topicPartitions()).hasSize(4);
            });
            assertThat(Topics.await(admin.listGroups().all()))
                    .anySatisfy(one -> assertThat(one.groupId()).isEqualTo(group));
            assertThatThrownBy(() -> Topics.await(
                            admin.deleteConsumerGroups(List.of(group)).all()))
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
        }
        assertThat(describe(admin).groupState()).isEqualTo(GroupState.EMPTY);

        Topics.await(
                admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
                        .all());
        Topics.await(admin.deleteConsumerGroupOffsets(group, Set.of(new TopicPartition(topic, 1)))
                .all());
        var offsets = committed(admin);
        assertThat(offsets.get(new TopicPartition(topic, 0)).offset()).isZero();
        assertThat(offsets.get(new TopicPartition(topic, 1))).isNull();
        assertThat(offsets.get(new TopicPartition(topic, 2)).offset()).isEqualTo(1);

        Topics.await(admin.deleteConsumerGroups(List.of(group)).all());
        assertThatThrownBy(() -> describe(admin)).hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    @Test
    void the_offsets_of_a_deleted_topic_are_gone(KafkaEndpoint kafka, Admin admin) throws Exception {
        produceToEach(kafka, "old");
        try (var member = Member.join(kafka, group, topic)) {
            member.awaitValues(4);
        }
        assertThat(committed(admin)).isNotEmpty();

        Topics.await(admin.deleteTopics(List.of(topic)).all());

        await().atMost(Duration.ofSeconds(30)).until(() -> committed(admin).isEmpty());
    }

    private void produceToEach(KafkaEndpoint kafka, String text) {
        try (var producer = kafka.producer()) {
            for (int partition = 0; partition < 4; partition++) {
                producer.send(new ProducerRecord<>(topic, partition, null, text + " " + partition));
            }
        }
    }

    private ConsumerGroupDescription describe(Admin admin) throws Exception {
        return Topics.await(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) throws Exception {
        return Topics.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    }
}
