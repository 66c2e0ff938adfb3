package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.ApiKeys;

/// A group's life in every version of both protocols, and offsets committed, fetched and deleted.
final class GroupScript {
    private static final int LATEST_JOIN = 9;
    private static final int JOIN_BY_ID_FIRST =
            4; // since this version a new member is told its id and has to ask again
    private static final int SESSION_MILLIS = 30_000;

    private final Script script;
    private final Uuid id;

    private GroupScript(Script script) throws IOException {
        this.script = script;
        this.id = script.topic("grouped", 2);
    }

    static void run(Script script) throws IOException {
        var part = new GroupScript(script);
        part.offsetsWithoutMembers();
        part.lives();
        part.strangers();
        part.consumerProtocol();
        part.deletions();
    }

    private void offsetsWithoutMembers() throws IOException {
        for (int version = 2; version <= 10; version++) {
            script.call("commit", ApiKeys.OFFSET_COMMIT, version, commit(version, "alone", 0, 10 + version));
            script.call("commit in no partition", ApiKeys.OFFSET_COMMIT, version, commit(version, "alone", 9, 1));
        }
        for (int version = 1; version <= 10; version++) {
            script.call("fetch offsets", ApiKeys.OFFSET_FETCH, version, fetch(version, "alone", List.of(0, 1, 9)));
            script.call(
                    "fetch offsets of an unknown group",
                    ApiKeys.OFFSET_FETCH,
                    version,
                    fetch(version, "unknown", List.of(0)));
            if (version >= 2) {
                script.call("fetch all offsets", ApiKeys.OFFSET_FETCH, version, fetch(version, "alone", null));
            }
        }
        script.call("commit with much metadata", ApiKeys.OFFSET_COMMIT, 9, withMetadata("x".repeat(5_000)));
        script.call("commit with no metadata", ApiKeys.OFFSET_COMMIT, 9, withMetadata(null));
        script.call("commit to a topic that is not there", ApiKeys.OFFSET_COMMIT, 9, unknownTopic());
        script.call(
                "commit in a group without a name",
                ApiKeys.OFFSET_COMMIT,
                9,
                commit(9, "alone", 0, 1).setGroupId(""));
        script.call(
                "commit as a member",
                ApiKeys.OFFSET_COMMIT,
                9,
                commit(9, "alone", 0, 1).setMemberId("nobody").setGenerationIdOrMemberEpoch(3));
    }

    private OffsetCommitRequestData withMetadata(String metadata) {
        var request = commit(9, "alone", 0, 50);
        request.topics().getFirst().partitions().getFirst().setCommittedMetadata(metadata);
        return request;
    }

    private OffsetCommitRequestData unknownTopic() {
        var request = commit(9, "alone", 0, 50);
        request.topics().getFirst().setName(script.name("unknown"));
        return request;
    }

    private OffsetCommitRequestData commit(int version, String group, int partition, long offset) {
        var topic = new OffsetCommitRequestTopic()
                .setPartitions(List.of(new OffsetCommitRequestPartition()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata("by v" + version)));
        if (version >= 10) {
            topic.setTopicId(id);
        } else {
            topic.setName(script.name("grouped"));
        }
        return new OffsetCommitRequestData().setGroupId(script.name(group)).setTopics(List.of(topic));
    }

    /// @param partitions null for all
    private OffsetFetchRequestData fetch(int version, String group, List<Integer> partitions) {
        if (version < 8) {
            var topics = partitions == null
                    ? null
                    : List.of(new OffsetFetchRequestTopic()
                            .setName(script.name("grouped"))
                            .setPartitionIndexes(partitions));
            return new OffsetFetchRequestData().setGroupId(script.name(group)).setTopics(topics);
        }
        var asked = new OffsetFetchRequestGroup().setGroupId(script.name(group)).setTopics(null);
        if (partitions != null) {
            var topic = new OffsetFetchRequestTopics().setPartitionIndexes(partitions);
            asked.setTopics(List.of(version >= 10 ? topic.setTopicId(id) : topic.setName(script.name("grouped"))));
        }
        return new OffsetFetchRequestData().setGroups(List.of(asked));
    }

    /// One group for each version of join. They wait at the same time for others that might join as well.
    private void lives() throws IOException {
        var lives = new ArrayList<Life>();
        for (int version = 0; version <= LATEST_JOIN; version++) {
            var life = new Life(version);
            lives.add(life);
            life.beginJoin();
        }
        for (Life life : lives) {
            life.endJoin();
            life.live();
        }
    }

    /// A group of one member, from its join to its leave.
    private final class Life {
        private final int version;
        private final String group;
        private final Wire wire;
        private String member = "";
        private int generation;

        Life(int version) throws IOException {
            this.version = version;
            this.group = script.name("life-" + version);
            this.wire = script.connect();
        }

        void beginJoin() throws IOException {
            if (version >= JOIN_BY_ID_FIRST) {
                var answer = script.call(
                        "join without an id", ApiKeys.JOIN_GROUP, version, join(), JoinGroupResponseData.class);
                member = answer.orElseThrow().memberId();
            }
            wire.send(ApiKeys.JOIN_GROUP, version, join());
        }

        void endJoin() throws IOException {
            var answer = wire.receive();
            script.note("join v" + version, answer, version);
            var joined = (JoinGroupResponseData) answer.orElseThrow().data();
            member = joined.memberId();
            generation = joined.generationId();
            wire.close();
        }

        private JoinGroupRequestData join() {
            var request = new JoinGroupRequestData()
                    .setGroupId(group)
                    .setMemberId(member)
                    .setSessionTimeoutMs(SESSION_MILLIS)
                    .setRebalanceTimeoutMs(SESSION_MILLIS)
                    .setProtocolType("consumer");
            for (String protocol : List.of("range", "roundrobin")) {
                request.protocols()
                        .add(new JoinGroupRequestProtocol().setName(protocol).setMetadata(new byte[] {0, 0}));
            }
            return request;
        }

        void live() throws IOException {
            int sync = Math.min(version, 5);
            int beat = Math.min(version, 4);
            script.call("heartbeat before sync " + version, ApiKeys.HEARTBEAT, beat, heartbeat(generation));
            script.call("sync " + version, ApiKeys.SYNC_GROUP, sync, sync(generation));
            script.call("sync again " + version, ApiKeys.SYNC_GROUP, sync, sync(generation));
            script.call("sync too late " + version, ApiKeys.SYNC_GROUP, sync, sync(generation - 1));
            script.call("heartbeat " + version, ApiKeys.HEARTBEAT, beat, heartbeat(generation));
            script.call("heartbeat too late " + version, ApiKeys.HEARTBEAT, beat, heartbeat(generation - 1));
            script.call("heartbeat too soon " + version, ApiKeys.HEARTBEAT, beat, heartbeat(generation + 1));
            script.call("commit as the member " + version, ApiKeys.OFFSET_COMMIT, 9, committing(generation));
            script.call("commit too late " + version, ApiKeys.OFFSET_COMMIT, 9, committing(generation - 1));
            int describe = Math.min(version, 6);
            script.call("describe " + version, ApiKeys.DESCRIBE_GROUPS, describe, description(group));
            script.call("leave " + version, ApiKeys.LEAVE_GROUP, sync, leaving(sync));
            script.call("leave again " + version, ApiKeys.LEAVE_GROUP, sync, leaving(sync));
            script.call("describe what is left " + version, ApiKeys.DESCRIBE_GROUPS, describe, description(group));
        }

        private HeartbeatRequestData heartbeat(int generation) {
            return new HeartbeatRequestData()
                    .setGroupId(group)
                    .setMemberId(member)
                    .setGenerationId(generation);
        }

        private SyncGroupRequestData sync(int generation) {
            var request = new SyncGroupRequestData()
                    .setGroupId(group)
                    .setMemberId(member)
                    .setGenerationId(generation)
                    .setProtocolType("consumer")
                    .setProtocolName("range");
            request.assignments()
                    .add(new SyncGroupRequestAssignment().setMemberId(member).setAssignment(new byte[] {1, 2, 3}));
            return request;
        }

        private OffsetCommitRequestData committing(int generation) {
            return commit(9, "life-" + version, 0, 5).setMemberId(member).setGenerationIdOrMemberEpoch(generation);
        }

        private LeaveGroupRequestData leaving(int version) {
            var request = new LeaveGroupRequestData().setGroupId(group);
            return version < 3
                    ? request.setMemberId(member)
                    : request.setMembers(List.of(new MemberIdentity().setMemberId(member)));
        }
    }

    private static DescribeGroupsRequestData description(String group) {
        return new DescribeGroupsRequestData().setGroups(List.of(group));
    }

    private void strangers() throws IOException {
        for (int version = 0; version <= 6; version++) {
            script.call("describe nothing", ApiKeys.DESCRIBE_GROUPS, version, description(script.name("unknown")));
        }
        script.call(
                "heartbeat of nobody",
                ApiKeys.HEARTBEAT,
                4,
                new HeartbeatRequestData()
                        .setGroupId(script.name("unknown"))
                        .setMemberId("nobody")
                        .setGenerationId(1));
        script.call(
                "leave as nobody",
                ApiKeys.LEAVE_GROUP,
                5,
                new LeaveGroupRequestData()
                        .setGroupId(script.name("unknown"))
                        .setMembers(List.of(new MemberIdentity().setMemberId("nobody"))));
        join("join a group without a name", request -> request.setGroupId(""));
        join("join with a short session", request -> request.setSessionTimeoutMs(5));
        join("join with a long session", request -> request.setSessionTimeoutMs(100_000_000));
        join("join as a member nobody knows", request -> request.setMemberId("nobody"));
        join("join without protocols", request -> request.protocols().clear());
        join("join without a type", request -> request.setProtocolType(""));
    }

    private interface Wish {
        void change(JoinGroupRequestData request);
    }

    private void join(String name, Wish wish) throws IOException {
        var request = new JoinGroupRequestData()
                .setGroupId(script.name("strange"))
                .setSessionTimeoutMs(SESSION_MILLIS)
                .setRebalanceTimeoutMs(SESSION_MILLIS)
                .setProtocolType("consumer");
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {0, 0}));
        wish.change(request);
        script.call(name, ApiKeys.JOIN_GROUP, LATEST_JOIN, request);
    }

    private void consumerProtocol() throws IOException {
        for (int version = 0; version <= 1; version++) {
            var group = script.name("consumers-" + version);
            var member = version == 0 ? "" : Uuid.randomUuid().toString();
            var joined = script.call(
                            "consumer joins",
                            ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                            version,
                            beat(group, member, 0)
                                    .setSubscribedTopicNames(List.of(script.name("grouped")))
                                    .setTopicPartitions(List.of())
                                    .setRebalanceTimeoutMs(SESSION_MILLIS),
                            ConsumerGroupHeartbeatResponseData.class)
                    .orElseThrow();
            var name = joined.memberId();
            int epoch = joined.memberEpoch();
            script.call("consumer beats", ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, beat(group, name, epoch));
            script.call("consumer is ahead", ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, beat(group, name, epoch + 7));
            script.call("a stranger beats", ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, beat(group, "stranger", 1));
            script.call("consumer group described", ApiKeys.CONSUMER_GROUP_DESCRIBE, version, describing(group));
            script.call(
                    "consumer commits " + version,
                    ApiKeys.OFFSET_COMMIT,
                    9,
                    commit(9, "consumers-" + version, 1, 3).setMemberId(name).setGenerationIdOrMemberEpoch(epoch));
            script.call(
                    "consumer commits ahead " + version,
                    ApiKeys.OFFSET_COMMIT,
                    9,
                    commit(9, "consumers-" + version, 1, 3).setMemberId(name).setGenerationIdOrMemberEpoch(epoch + 7));
            script.call(
                    "consumer group described as a classic one " + version,
                    ApiKeys.DESCRIBE_GROUPS,
                    6,
                    description(group));
            script.call("consumer leaves", ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, beat(group, name, -1));
            script.call("consumer group that is empty", ApiKeys.CONSUMER_GROUP_DESCRIBE, version, describing(group));
        }
        script.call(
                "consumer group that is not there",
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                1,
                describing(script.name("unknown")));
        script.call(
                "consumer without a topic",
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                1,
                beat(script.name("unknown"), Uuid.randomUuid().toString(), 0));
        script.call(
                "consumer with a strange assignor",
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                1,
                beat(script.name("unknown"), Uuid.randomUuid().toString(), 0)
                        .setSubscribedTopicNames(List.of(script.name("grouped")))
                        .setTopicPartitions(List.of())
                        .setRebalanceTimeoutMs(SESSION_MILLIS)
                        .setServerAssignor("dice"));
        script.call(
                "consumer with a bad pattern",
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                1,
                beat(script.name("unknown"), Uuid.randomUuid().toString(), 0)
                        .setSubscribedTopicRegex("(")
                        .setTopicPartitions(List.of())
                        .setRebalanceTimeoutMs(SESSION_MILLIS));
    }

    private static ConsumerGroupHeartbeatRequestData beat(String group, String member, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setMemberEpoch(epoch)
                .setTopicPartitions(null)
                .setSubscribedTopicNames(null);
    }

    private static ConsumerGroupDescribeRequestData describing(String group) {
        return new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group));
    }

    private void deletions() throws IOException {
        script.call("delete offsets", ApiKeys.OFFSET_DELETE, 0, deletion("alone", 0));
        script.call("delete offsets that are gone", ApiKeys.OFFSET_DELETE, 0, deletion("alone", 0));
        script.call("delete offsets of no partition", ApiKeys.OFFSET_DELETE, 0, deletion("alone", 9));
        script.call("delete offsets of no group", ApiKeys.OFFSET_DELETE, 0, deletion("unknown", 0));
        script.call("commit to be deleted", ApiKeys.OFFSET_COMMIT, 9, commit(9, "alone", 0, 1));
        script.call("fetch what is left", ApiKeys.OFFSET_FETCH, 9, fetch(9, "alone", null));
        for (int version = 0; version <= 2; version++) {
            script.call(
                    "delete groups",
                    ApiKeys.DELETE_GROUPS,
                    version,
                    new DeleteGroupsRequestData()
                            .setGroupsNames(List.of(script.name("life-" + version), script.name("unknown"))));
        }
        script.call("fetch offsets of a deleted group", ApiKeys.OFFSET_FETCH, 9, fetch(9, "life-1", null));
    }

    private OffsetDeleteRequestData deletion(String group, int partition) {
        var request = new OffsetDeleteRequestData().setGroupId(script.name(group));
        request.topics()
                .add(new OffsetDeleteRequestTopic()
                        .setName(script.name("grouped"))
                        .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(partition))));
        return request;
    }
}
