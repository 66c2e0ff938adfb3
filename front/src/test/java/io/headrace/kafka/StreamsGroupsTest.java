package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse.Status;
import org.apache.kafka.coordinator.group.streams.StreamsGroupHeartbeatResult;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: a Streams application whose tasks the broker assigns gets the topics between its parts, if it may have them
/// (KIP-1071).
/// Method: Kafka's own bytes over a fake wire; a fake coordinator that answers what the test lays down.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamsGroupsTest {
    private static final String REPARTITION = "app-counts-repartition";

    private final TestPeer peer = new TestPeer();

    @Test
    void a_missing_topic_between_two_parts_is_created_with_what_the_topology_asks_for() {
        missing(REPARTITION, 3, (short) 1, "cleanup.policy", "compact");

        var answer = heartbeat(null);

        assertThat(answer.status())
                .extracting(status -> status.statusDetail())
                .containsExactly("missing: " + REPARTITION);
        var topic = peer.broker.topics.get(REPARTITION);
        assertThat(topic.partitions()).hasSize(3);
        assertThat(topic.settings()).isEqualTo(Map.of("cleanup.policy", "compact"));
    }

    @Test
    void who_may_not_create_it_is_told_so() {
        missing(REPARTITION, 3, (short) 1, "cleanup.policy", "compact");
        peer.broker.denied.add("CONFIGURE " + REPARTITION);

        assertThat(heartbeat(null).status())
                .extracting(status -> status.statusDetail())
                .containsExactly("missing: " + REPARTITION + "; Unauthorized to CREATE on topics " + REPARTITION + ".");
        assertThat(peer.broker.topics).doesNotContainKey(REPARTITION);
    }

    @ParameterizedTest
    @CsvSource({
        "3, cleanup.policy, compact, there is one broker to replicate it to",
        "1, cleanup.policy, shred, cleanup.policy",
        "1, no.such.key, 1, no.such.key"
    })
    void a_topic_that_cannot_be_as_asked_for_is_not_created_and_the_member_hears_why(
            short replicas, String key, String value, String why) {
        missing(REPARTITION, 3, replicas, key, value);

        assertThat(heartbeat(null).status().getFirst().statusDetail()).contains(REPARTITION, why);
        assertThat(peer.broker.topics).doesNotContainKey(REPARTITION);
    }

    @ParameterizedTest
    @CsvSource({
        "__consumer_offsets, STREAMS_INVALID_TOPOLOGY",
        "no/name, STREAMS_INVALID_TOPOLOGY",
        "hidden, TOPIC_AUTHORIZATION_FAILED"
    })
    void a_topology_over_topics_that_cannot_be_used_is_refused_before_the_coordinator_hears_of_it(
            String topic, Errors error) {
        List.of("READ", "WRITE", "CONFIGURE").forEach(access -> peer.broker.denied.add(access + " hidden"));
        var topology = new Topology()
                .setSubtopologies(List.of(new Subtopology()
                        .setSubtopologyId("0")
                        .setSourceTopics(List.of("input"))
                        .setStateChangelogTopics(List.of(new TopicInfo().setName(topic)))));

        assertThat(heartbeat(topology).errorCode()).isEqualTo(error.code());
        assertThat(peer.broker.groups.asked).isEmpty();
    }

    @Test
    void who_may_not_read_the_group_is_no_member_of_it() {
        peer.broker.denied.add("READ app");

        assertThat(heartbeat(null).errorCode()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
        assertThat(peer.broker.groups.asked).isEmpty();
    }

    @Test
    void a_group_over_topics_that_the_user_may_not_see_is_not_described() {
        List.of("READ", "WRITE", "CONFIGURE").forEach(access -> peer.broker.denied.add(access + " hidden"));
        peer.broker.groups.answer(
                "streamsGroupDescribe",
                (List<String> groups) -> List.of(over("seen", "input"), over("unseen", "hidden")));

        var answer = peer.ask(
                ApiKeys.STREAMS_GROUP_DESCRIBE,
                0,
                new StreamsGroupDescribeRequestData().setGroupIds(List.of("seen", "unseen")),
                StreamsGroupDescribeResponseData.class);

        assertThat(answer.groups())
                .extracting(group -> Errors.forCode(group.errorCode()))
                .containsExactly(Errors.NONE, Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(answer.groups().getLast().topology()).isNull();
    }

    private static StreamsGroupDescribeResponseData.DescribedGroup over(String group, String topic) {
        return new StreamsGroupDescribeResponseData.DescribedGroup()
                .setGroupId(group)
                .setTopology(new StreamsGroupDescribeResponseData.Topology()
                        .setSubtopologies(List.of(new StreamsGroupDescribeResponseData.Subtopology()
                                .setSubtopologyId("0")
                                .setSourceTopics(List.of(topic)))));
    }

    private void missing(String topic, int partitions, short replicas, String key, String value) {
        var configs = new CreatableTopicConfigCollection();
        configs.add(new CreatableTopicConfig().setName(key).setValue(value));
        peer.broker.groups.answer(
                "streamsGroupHeartbeat",
                (StreamsGroupHeartbeatRequestData request) -> new StreamsGroupHeartbeatResult(
                        new StreamsGroupHeartbeatResponseData()
                                .setStatus(List.of(new StreamsGroupHeartbeatResponseData.Status()
                                        .setStatusCode(Status.MISSING_INTERNAL_TOPICS.code())
                                        .setStatusDetail("missing: " + topic))),
                        Map.of(
                                topic,
                                new CreatableTopic()
                                        .setName(topic)
                                        .setNumPartitions(partitions)
                                        .setReplicationFactor(replicas)
                                        .setConfigs(configs))));
    }

    private StreamsGroupHeartbeatResponseData heartbeat(Topology topology) {
        return peer.ask(
                ApiKeys.STREAMS_GROUP_HEARTBEAT,
                0,
                new StreamsGroupHeartbeatRequestData()
                        .setGroupId("app")
                        .setMemberId("m")
                        .setTopology(topology),
                StreamsGroupHeartbeatResponseData.class);
    }
}
