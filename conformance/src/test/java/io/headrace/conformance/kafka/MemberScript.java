package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/// Members of groups whose partitions the broker assigns: of consumers (KIP-848) and of Kafka Streams (KIP-1071), with
/// everything that they are refused.
final class MemberScript {
    private static final String MEMBER = "AAAAAAAAAAEAAAAAAAAAA%s";
    private static final String SUBSCRIBED = ", subscribedTopicNames: ['$membered']";
    private static final String JOINING = ", rebalanceTimeoutMs: 30000, topicPartitions: []";

    private final Script script;

    private MemberScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        script.topic("membered", 2);
        var part = new MemberScript(script);
        for (int version = 0; version <= 1; version++) {
            part.refused(version);
            part.member(version);
            part.instance(version);
        }
        part.patterns();
        part.streams();
    }

    private void beat(String how, int version, String group, String member, int epoch, String more) throws IOException {
        script.call(
                "consumer " + how,
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                version,
                "{groupId: %s, memberId: '%s', memberEpoch: %d%s}".formatted(group, member, epoch, more));
    }

    private void refused(int version) throws IOException {
        var member = MEMBER.formatted("A");
        beat("without a group", version, "''", member, 0, JOINING + SUBSCRIBED);
        beat("without a name", version, "'$refused'", "", 1, "");
        beat("without a time", version, "'$refused'", member, 0, ", topicPartitions: []" + SUBSCRIBED);
        beat("without partitions", version, "'$refused'", member, 0, ", rebalanceTimeoutMs: 30000" + SUBSCRIBED);
        beat(
                "with partitions at once",
                version,
                "'$refused'",
                member,
                0,
                ", rebalanceTimeoutMs: 30000, topicPartitions: [{topicId: '#membered', partitions: [0]}]" + SUBSCRIBED);
        beat("without topics", version, "'$refused'", member, 0, JOINING);
        beat("below the last epoch", version, "'$refused'", member, -3, "");
        beat("that leaves as an instance without one", version, "'$refused'", member, -2, "");
        beat(
                "with an instance without a name",
                version,
                "'$refused'",
                member,
                0,
                ", instanceId: ''" + JOINING + SUBSCRIBED);
        beat("with a rack without a name", version, "'$refused'", member, 0, ", rackId: ''" + JOINING + SUBSCRIBED);
        beat(
                "with a strange assignor",
                version,
                "'$refused'",
                member,
                0,
                ", serverAssignor: 'dice'" + JOINING + SUBSCRIBED);
        beat("of no group", version, "'$refused'", member, 5, "");
        beat("that leaves no group", version, "'$refused'", member, -1, "");
        script.versions(
                "consumer group without a name",
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                version,
                version,
                "{groupIds: ['', '$refused']}");
        script.versions("no consumer group", ApiKeys.CONSUMER_GROUP_DESCRIBE, version, version, "{groupIds: []}");
    }

    private int assigned(int version, String group, String member) {
        var epoch = new int[] {1};
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    var answer = (ConsumerGroupHeartbeatResponseData) script.wire()
                            .call(
                                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                                    version,
                                    script.request(
                                            ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                                            version,
                                            "{groupId: %s, memberId: '%s', memberEpoch: %d%s}"
                                                    .formatted(group, member, epoch[0], JOINING + SUBSCRIBED)))
                            .orElseThrow()
                            .data();
                    epoch[0] = answer.memberEpoch();
                    return answer.assignment() != null
                            && !answer.assignment().topicPartitions().isEmpty();
                });
        return epoch[0];
    }

    private void member(int version) throws IOException {
        var group = "'$members-" + version + "'";
        var first = MEMBER.formatted("A");
        var second = MEMBER.formatted("B");
        script.quietly(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                version,
                "{groupId: %s, memberId: '%s', memberEpoch: 0%s}".formatted(group, first, JOINING + SUBSCRIBED));
        int epoch = assigned(version, group, first);
        beat("that stays", version, group, first, epoch, "");
        beat(
                "that stays and has all",
                version,
                group,
                first,
                epoch,
                ", topicPartitions: [{topicId: '#membered', partitions: [0, 1]}]");
        beat("with an epoch too great", version, group, first, epoch + 9, "");
        beat("with an epoch below", version, group, first, 0, "");
        beat("nobody knows", version, group, second, epoch, "");
        beat("nobody knows, leaving", version, group, second, -1, "");
        beat("that takes another instance", version, group, first, epoch, ", instanceId: 'i'");
        script.versions(
                "consumer group described",
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                version,
                version,
                "{groupIds: [%s], includeAuthorizedOperations: true}".formatted(group));
        script.versions(
                "consumer group of version " + version + " as a classic one",
                ApiKeys.DESCRIBE_GROUPS,
                5,
                6,
                "{groups: [%s]}".formatted(group));
        commits(version, group, first, epoch);
        script.call(
                "consumer group deleted with members",
                ApiKeys.DELETE_GROUPS,
                version,
                "{groupsNames: [%s]}".formatted(group));
        script.call(
                "classic member of a consumer group, of version " + version,
                ApiKeys.JOIN_GROUP,
                9,
                "{groupId: %s, memberId: '', protocolType: 'other', sessionTimeoutMs: 30000, rebalanceTimeoutMs: 30000, protocols: [{name: 'range', metadata: ''}]}"
                        .formatted(group));
        script.call(
                "classic heartbeat of a consumer of version " + version,
                ApiKeys.HEARTBEAT,
                4,
                "{groupId: %s, memberId: '%s', generationId: %d}".formatted(group, first, epoch));
        script.call(
                "classic leave of a consumer of version " + version,
                ApiKeys.LEAVE_GROUP,
                5,
                "{groupId: %s, members: [{memberId: 'nobody'}]}".formatted(group));
        beat("that leaves", version, group, first, -1, "");
        beat("that has left", version, group, first, epoch, "");
        script.versions(
                "consumer group that is empty",
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                version,
                version,
                "{groupIds: [%s]}".formatted(group));
        for (var filter :
                new String[] {"{typesFilter: ['consumer']}", "{typesFilter: ['consumer'], statesFilter: ['Empty']}"}) {
            script.callForOwn("list groups " + filter + " of version " + version, ApiKeys.LIST_GROUPS, 5, filter);
        }
    }

    private void commits(int version, String group, String member, int epoch) throws IOException {
        var topics =
                "topics: [{name_until_9: '$membered', topicId_since_10: '#membered', partitions: [{partitionIndex: 0, committedOffset: 5}]}]";
        for (int ahead = -1; ahead <= 1; ahead++) {
            script.everyVersion(
                    "commit with the epoch and " + ahead + " in a group of version " + version,
                    ApiKeys.OFFSET_COMMIT,
                    "{groupId: %s, memberId: '%s', generationIdOrMemberEpoch: %d, %s}"
                            .formatted(group, member, epoch + ahead, topics));
            script.versions(
                    "offsets with the epoch and " + ahead + " in a group of version " + version,
                    ApiKeys.OFFSET_FETCH,
                    9,
                    10,
                    "{groups: [{groupId: %s, memberId: '%s', memberEpoch: %d, topics: null}]}"
                            .formatted(group, member, epoch + ahead));
        }
        script.everyVersion(
                "commit of nobody in a group of version " + version,
                ApiKeys.OFFSET_COMMIT,
                "{groupId: %s, memberId: 'nobody', generationIdOrMemberEpoch: %d, %s}".formatted(group, epoch, topics));
        script.everyVersion(
                "commit of an operator in a group of version " + version,
                ApiKeys.OFFSET_COMMIT,
                "{groupId: %s, %s}".formatted(group, topics));
        script.call(
                "delete offsets that a group of version " + version + " subscribes to",
                ApiKeys.OFFSET_DELETE,
                0,
                "{groupId: %s, topics: [{name: '$membered', partitions: [{partitionIndex: 0}]}]}".formatted(group));
    }

    private void instance(int version) throws IOException {
        var group = "'$instances-" + version + "'";
        var first = MEMBER.formatted("A");
        var second = MEMBER.formatted("B");
        var named = ", instanceId: 'i'";
        beat("of an instance joins", version, group, first, 0, named + JOINING + SUBSCRIBED);
        beat("of an instance that is taken", version, group, second, 0, named + JOINING + SUBSCRIBED);
        beat("of an instance that is another's", version, group, second, 1, named);
        beat("without its instance", version, group, first, 1, "");
        beat("that leaves for a while", version, group, first, -2, named);
        beat("that leaves for a while again", version, group, first, -2, named);
        script.versions(
                "consumer group with an instance that is away",
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                version,
                version,
                "{groupIds: [%s]}".formatted(group));
        beat("that takes the instance over", version, group, second, 0, named + JOINING + SUBSCRIBED);
        beat("of the instance before", version, group, first, 1, named);
        beat("of the instance leaves as nobody", version, group, first, -1, named);
        beat("of the instance leaves", version, group, second, -1, named);
    }

    private void patterns() throws IOException {
        var member = MEMBER.formatted("A");
        beat("with a bad pattern", 1, "'$patterns'", member, 0, ", subscribedTopicRegex: '('" + JOINING);
        beat("with an empty pattern", 1, "'$patterns'", member, 0, ", subscribedTopicRegex: ''" + JOINING);
        beat(
                "with names and a pattern",
                1,
                "'$patterns'",
                member,
                0,
                ", subscribedTopicRegex: 'a.*'" + JOINING + SUBSCRIBED);
        beat(
                "with a pattern that looks back",
                1,
                "'$patterns'",
                member,
                0,
                ", subscribedTopicRegex: '(a)\\\\1'" + JOINING);
    }

    private void streams() throws IOException {
        var member = MEMBER.formatted("A");
        var topology = ", topology: {epoch: 1, subtopologies: [{subtopologyId: '0', sourceTopics: [%s]%s}]}";
        var good = topology.formatted("'$membered'", "");
        var process = ", processId: 'p', rebalanceTimeoutMs: 30000, activeTasks: [], standbyTasks: [], warmupTasks: []";
        streams("without a group", "''", member, 0, process + good);
        streams("without a name", "'$streams'", "", 0, process + good);
        streams("without a topology", "'$streams'", member, 0, process);
        streams("without a process", "'$streams'", member, 0, process.replace(", processId: 'p'", "") + good);
        streams("without a time", "'$streams'", member, 0, process.replace("30000", "-1") + good);
        streams("without tasks", "'$streams'", member, 0, ", processId: 'p', rebalanceTimeoutMs: 30000" + good);
        streams(
                "with tasks at once",
                "'$streams'",
                member,
                0,
                process.replace("activeTasks: []", "activeTasks: [{subtopologyId: '0', partitions: [0]}]") + good);
        streams("below the last epoch", "'$streams'", member, -3, "");
        streams("with an instance", "'$streams'", member, 0, ", instanceId: 'i'" + process + good);
        streams(
                "with a pattern",
                "'$streams'",
                member,
                0,
                process + topology.formatted("", ", sourceTopicRegex: ['a.*']"));
        streams("of no group", "'$streams-none'", member, 5, "");
        streams("that leaves no group", "'$streams-none'", member, -1, "");
        streams(
                "with a source that is not there",
                "'$streams-missing'",
                member,
                0,
                process + topology.formatted("'$none'", ""));
        streams("that joins", "'$streams'", member, 0, process + good);
        streams("with an epoch too great", "'$streams'", member, 99, "");
        streams("nobody knows", "'$streams'", MEMBER.formatted("B"), 1, "");
        streams(
                "with another topology",
                "'$streams'",
                member,
                1,
                topology.formatted("'$membered'", "").replace("epoch: 1", "epoch: 2"));
        script.call(
                "streams group as a consumer group", ApiKeys.CONSUMER_GROUP_DESCRIBE, 1, "{groupIds: ['$streams']}");
        script.call("streams group as a classic group", ApiKeys.DESCRIBE_GROUPS, 6, "{groups: ['$streams']}");
        script.call(
                "streams groups that are none",
                ApiKeys.STREAMS_GROUP_DESCRIBE,
                0,
                "{groupIds: ['$members-1', '$streams-none', '']}");
        beat("in a streams group", 1, "'$streams'", MEMBER.formatted("C"), 0, JOINING + SUBSCRIBED);
        streams("in a consumer group", "'$members-1'", member, 0, process + good);
        script.callForOwn("list groups of streams", ApiKeys.LIST_GROUPS, 5, "{typesFilter: ['streams']}");
        script.call("streams group deleted with members", ApiKeys.DELETE_GROUPS, 2, "{groupsNames: ['$streams']}");
        streams("that leaves", "'$streams'", member, -1, "");
        script.call(
                "streams group that is empty",
                ApiKeys.STREAMS_GROUP_DESCRIBE,
                0,
                "{groupIds: ['$streams'], includeAuthorizedOperations: true}");
        script.call("streams group deleted", ApiKeys.DELETE_GROUPS, 2, "{groupsNames: ['$streams']}");
    }

    private void streams(String how, String group, String member, int epoch, String more) throws IOException {
        script.call(
                "streams member " + how,
                ApiKeys.STREAMS_GROUP_HEARTBEAT,
                0,
                "{groupId: %s, memberId: '%s', memberEpoch: %d%s}".formatted(group, member, epoch, more));
    }
}
