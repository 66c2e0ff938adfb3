package io.headrace.stream.group;

import static io.headrace.stream.group.TestMember.context;
import static io.headrace.stream.group.TestMember.joinAlone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.catalog.TopicDefinition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.BufferSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: Kafka's coordinator does over our partitions what it does over Kafka's.
/// Method: the real coordinator; partitions in memory, a loop with a thread of its own.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GroupsTest {
    private final TestVhost vhost = new TestVhost();

    @AfterEach
    void close() {
        vhost.close();
    }

    @Test
    void nothing_is_made_before_the_first_question() {
        assertThat(vhost.catalog().topic(TestVhost.NAME, OffsetsTopic.NAME)).isEmpty();

        fetch("g", null);

        TopicDefinition offsets =
                vhost.catalog().topic(TestVhost.NAME, OffsetsTopic.NAME).orElseThrow();
        assertThat(offsets.partitions()).hasSize(3);
        assertThat(offsets.settings())
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("compression.type", "producer")
                .containsEntry("segment.bytes", "104857600");
    }

    @Test
    void questions_at_the_same_time_start_one_coordinator() {
        vhost.makeOffsetsTopic();

        var answers = List.of(asking("a"), asking("b"), asking("c"));

        CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new)).join();
        assertThat(vhost.loop.<Integer>on(() -> vhost.creations)).isEqualTo(1);
    }

    @Test
    void a_group_forms_and_keeps_its_assignment() {
        var joined = joinAlone(vhost, "g", "orders");
        assertThat(joined.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(joined.leader()).isEqualTo(joined.memberId());

        var synced = vhost.ask(coordinator -> coordinator.syncGroup(
                        context(ApiKeys.SYNC_GROUP),
                        new SyncGroupRequestData()
                                .setGroupId("g")
                                .setMemberId(joined.memberId())
                                .setGenerationId(joined.generationId())
                                .setProtocolType("consumer")
                                .setProtocolName("range")
                                .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                                        .setMemberId(joined.memberId())
                                        .setAssignment(new byte[] {1, 2}))),
                        BufferSupplier.NO_CACHING))
                .join();
        assertThat(synced.assignment()).containsExactly(1, 2);

        vhost.restart();
        var heartbeat = vhost.ask(coordinator -> coordinator.heartbeat(
                        context(ApiKeys.HEARTBEAT),
                        new HeartbeatRequestData()
                                .setGroupId("g")
                                .setMemberId(joined.memberId())
                                .setGenerationId(joined.generationId())))
                .join();

        assertThat(Errors.forCode(heartbeat.errorCode())).isIn(Errors.NONE, Errors.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void a_commit_is_answered_when_it_is_committed_to_the_log() throws Exception {
        TopicDefinition orders = vhost.createTopic("orders", 1);
        fetch("g", orders);
        allOffsets(partition -> partition.holdCommits = true);

        var commit = commit("g", orders, 42);
        TestVhost.await("appended", () -> records() == 1);
        assertThat(commit).isNotDone();
        allOffsets(MemoryPartition::commit);

        assertThat(commit.get(30, TimeUnit.SECONDS)
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
    }

    @Test
    void offsets_survive_a_restart_with_their_metadata() {
        TopicDefinition orders = vhost.createTopic("orders", 1);
        for (int offset = 1; offset <= 100; offset++) {
            commit("g", orders, offset).join();
        }

        vhost.restart();

        var found = fetched("g", orders).topics().getFirst().partitions().getFirst();
        assertThat(found.committedOffset()).isEqualTo(100);
        assertThat(found.metadata()).isEqualTo("at 100");
        assertThat(found.committedLeaderEpoch()).isEqualTo(5);
    }

    @Test
    void a_group_that_never_was_has_no_offset_and_no_error() {
        TopicDefinition orders = vhost.createTopic("orders", 1);

        var found = fetched("nobody", orders).topics().getFirst().partitions().getFirst();

        assertThat(found.committedOffset()).isEqualTo(-1);
        assertThat(found.errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void a_deleted_topic_takes_its_offsets_along() {
        TopicDefinition orders = vhost.createTopic("orders", 1);
        commit("g", orders, 42).join();

        vhost.deleteTopic("orders");
        vhost.createTopic("orders", 1);

        TestVhost.await("no offset", () -> offset("g", orders) == -1);
    }

    @Test
    void a_topic_that_was_deleted_while_no_coordinator_ran_took_its_offsets_along() {
        TopicDefinition orders = vhost.createTopic("orders", 1);
        TopicDefinition kept = vhost.createTopic("kept", 1);
        commit("g", orders, 42).join();
        commit("g", kept, 43).join();
        vhost.restart();
        vhost.deleteTopic("orders");
        vhost.createTopic("orders", 1);

        TestVhost.await("no offset", () -> offset("g", orders) == -1);
        assertThat(offset("g", kept)).isEqualTo(43);
    }

    @Test
    void a_partition_whose_records_all_went_is_written_on_from_its_end() {
        TopicDefinition orders = vhost.createTopic("orders", 1);
        vhost.makeOffsetsTopic();
        allOffsets(partition -> partition.startAt(1000));

        commit("g", orders, 42).join();

        assertThat(offset("g", orders)).isEqualTo(42);
        assertThat(records()).isEqualTo(1);
    }

    @Test
    void a_deleted_offsets_topic_is_made_anew() {
        TopicDefinition orders = vhost.createTopic("orders", 1);
        commit("g", orders, 42).join();

        vhost.deleteTopic(OffsetsTopic.NAME);

        assertThat(offset("g", orders)).isEqualTo(-1);
        commit("g", orders, 7).join();
        assertThat(offset("g", orders)).isEqualTo(7);
    }

    @Test
    void whoever_waits_is_told_when_the_coordinator_stops() throws Exception {
        TopicDefinition orders = vhost.createTopic("orders", 1);
        fetch("g", orders);
        allOffsets(partition -> partition.holdCommits = true);
        var commit = commit("g", orders, 42);
        TestVhost.await("appended", () -> records() == 1);

        vhost.stop();

        assertThat(commit.get(30, TimeUnit.SECONDS)
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.NOT_COORDINATOR.code());
        assertThatThrownBy(() -> asking("g").get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CoordinatorNotAvailableException.class);
    }

    private CompletableFuture<OffsetFetchResponseGroup> asking(String group) {
        return vhost.ask(coordinator -> coordinator.fetchOffsets(
                context(ApiKeys.OFFSET_FETCH),
                new OffsetFetchRequestGroup().setGroupId(group).setTopics(null),
                false));
    }

    private long offset(String group, TopicDefinition topic) {
        return fetched(group, topic).topics().getFirst().partitions().getFirst().committedOffset();
    }

    // as a client does: again while the coordinator loads
    private OffsetFetchResponseGroup fetched(String group, TopicDefinition topic) {
        OffsetFetchResponseGroup answer = fetch(group, topic);
        while (answer.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code()) {
            answer = fetch(group, topic);
        }
        return answer;
    }

    private OffsetFetchResponseGroup fetch(String group, TopicDefinition topic) {
        var request = new OffsetFetchRequestGroup().setGroupId(group);
        request.setTopics(
                topic == null
                        ? null
                        : List.of(new OffsetFetchRequestTopics()
                                .setName(topic.name())
                                .setTopicId(GroupIds.kafkaId(topic.id()))
                                .setPartitionIndexes(List.of(0))));
        return vhost.ask(coordinator -> coordinator.fetchOffsets(context(ApiKeys.OFFSET_FETCH), request, false))
                .join();
    }

    private CompletableFuture<OffsetCommitResponseData> commit(String group, TopicDefinition topic, long offset) {
        return vhost.ask(coordinator -> coordinator.commitOffsets(
                        context(ApiKeys.OFFSET_COMMIT), commitRequest(group, topic, offset), BufferSupplier.NO_CACHING))
                .thenCompose(answer -> loading(answer) ? commit(group, topic, offset) : completed(answer));
    }

    private static <T> CompletableFuture<T> completed(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private static boolean loading(OffsetCommitResponseData answer) {
        return answer.topics().getFirst().partitions().getFirst().errorCode()
                == Errors.forException(new CoordinatorLoadInProgressException(""))
                        .code();
    }

    private static OffsetCommitRequestData commitRequest(String group, TopicDefinition topic, long offset) {
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(topic.name())
                        .setTopicId(GroupIds.kafkaId(topic.id()))
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)
                                .setCommittedLeaderEpoch(5)
                                .setCommittedMetadata("at " + offset)))));
    }

    private void allOffsets(Consumer<MemoryPartition> change) {
        for (int index = 0; index < 3; index++) {
            var partition = vhost.offsets(index);
            vhost.loop.on(() -> {
                change.accept(partition);
                return null;
            });
        }
    }

    private long records() {
        long records = 0;
        for (int index = 0; index < 3; index++) {
            var partition = vhost.offsets(index);
            records += vhost.loop.<Long>on(() -> partition.endOffset() - partition.startOffset());
        }
        return records;
    }
}
