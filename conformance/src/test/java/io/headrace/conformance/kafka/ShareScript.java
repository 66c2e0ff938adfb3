package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;

/// Share groups (KIP-932): members, records that are acquired, acknowledged, given back, refused, renewed, and the
/// offsets of the group.
final class ShareScript {
    private static final int LATEST = 2;
    private static final String MEMBER = "AAAAAAAAAAEAAAAAAAAAA%s";
    private static final int ACCEPT = 1;
    private static final int RELEASE = 2;
    private static final int REJECT = 3;
    private static final int RENEW = 4;

    private final Script script;
    private int batches;

    private ShareScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        script.topic("shared-by-nobody", 1);
        var part = new ShareScript(script);
        part.members();
        for (int version = 1; version <= LATEST; version++) {
            part.deliveries(version);
            part.attempts(version);
            part.sessions(version);
        }
        part.renewals();
        part.offsets();
        part.frames();
    }

    private static String member(String letter) {
        return MEMBER.formatted(letter);
    }

    private void members() throws IOException {
        var member = member("A");
        beat("without a group", "''", member, 0, ", subscribedTopicNames: ['$shared-by-nobody']");
        beat("without a name of the member", "'$shares'", "", 0, ", subscribedTopicNames: ['$shared-by-nobody']");
        beat("without topics", "'$shares'", member, 0, "");
        beat("with no topics", "'$shares'", member, 0, ", subscribedTopicNames: []");
        beat("below the last epoch", "'$shares'", member, -2, "");
        beat("as nobody of no group", "'$shares-none'", member, 3, "");
        beat("that leaves no group", "'$shares-none'", member, -1, "");
        beat("with an empty rack", "'$shares'", member, 0, ", rackId: '', subscribedTopicNames: ['$shared-by-nobody']");
        beat("that joins", "'$shares'", member, 0, ", subscribedTopicNames: ['$shared-by-nobody', '$none']");
        assigned("$shares", member, "$shared-by-nobody");
        beat("that stays", "'$shares'", member, 3, "");
        beat("with an epoch too great", "'$shares'", member, 9, "");
        beat("as nobody", "'$shares'", member("B"), 1, "");
        beat("that leaves as nobody", "'$shares'", member("B"), -1, "");
        describe("described", "'$shares'");
        script.versions("share group as a classic one", ApiKeys.DESCRIBE_GROUPS, 5, 6, "{groups: ['$shares']}");
        script.versions(
                "share group as a consumer group", ApiKeys.CONSUMER_GROUP_DESCRIBE, 0, 1, "{groupIds: ['$shares']}");
        script.call(
                "consumer in a share group",
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                1,
                "{groupId: '$shares', memberId: '%s', memberEpoch: 0, rebalanceTimeoutMs: 1000, topicPartitions: [], subscribedTopicNames: ['$none']}"
                        .formatted(member("C")));
        script.call(
                "classic member in a share group",
                ApiKeys.JOIN_GROUP,
                9,
                "{groupId: '$shares', memberId: '', protocolType: 'consumer', sessionTimeoutMs: 30000, rebalanceTimeoutMs: 30000, protocols: [{name: 'range', metadata: ''}]}");
        script.call(
                "commit in a share group",
                ApiKeys.OFFSET_COMMIT,
                9,
                "{groupId: '$shares', topics: [{name: '$shared-by-nobody', partitions: [{partitionIndex: 0, committedOffset: 1}]}]}");
        for (var filter : new String[] {
            "{typesFilter: ['share']}",
            "{typesFilter: ['SHARE'], statesFilter: ['Stable']}",
            "{statesFilter: ['Empty']}"
        }) {
            script.callForOwn("list groups " + filter, ApiKeys.LIST_GROUPS, 5, filter);
        }
        script.call("delete a share group with members", ApiKeys.DELETE_GROUPS, 2, "{groupsNames: ['$shares']}");
        beat("that leaves", "'$shares'", member, -1, "");
        describe("empty described", "'$shares'");
        describe("unknown described", "'$shares-none', ''");
        script.call("delete a share group", ApiKeys.DELETE_GROUPS, 2, "{groupsNames: ['$shares']}");
    }

    private void beat(String how, String group, String member, int epoch, String more) throws IOException {
        script.call(
                "share member " + how,
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                1,
                "{groupId: %s, memberId: '%s', memberEpoch: %d%s}".formatted(group, member, epoch, more));
    }

    private void describe(String how, String groups) throws IOException {
        script.call(
                "share group " + how,
                ApiKeys.SHARE_GROUP_DESCRIBE,
                1,
                "{groupIds: [%s], includeAuthorizedOperations: true}".formatted(groups));
    }

    /// What a member gets is known some time after it has joined.
    private void assigned(String group, String member, String topic) {
        var text = "{groupId: '%s', memberId: '%s', memberEpoch: %d, subscribedTopicNames: ['" + topic + "']}";
        var epoch = new int[] {1};
        await().pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    var answer = (ShareGroupHeartbeatResponseData) script.wire()
                            .call(
                                    ApiKeys.SHARE_GROUP_HEARTBEAT,
                                    1,
                                    script.request(
                                            ApiKeys.SHARE_GROUP_HEARTBEAT, 1, text.formatted(group, member, epoch[0])))
                            .orElseThrow()
                            .data();
                    epoch[0] = answer.memberEpoch();
                    return answer.assignment() != null
                            && !answer.assignment().topicPartitions().isEmpty();
                });
    }

    /// A topic of its own with ten records in five batches, and a group that reads it from its start.
    private String shared(String name) throws IOException {
        script.topic(name, 1, "retention.ms=-1");
        for (int i = 0; i < 5; i++) {
            produce(name);
        }
        script.quietly(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                1,
                "{resources: [{resourceType: 32, resourceName: '$%s', configs: [{name: 'share.auto.offset.reset', value: 'earliest'}]}]}"
                        .formatted(name));
        script.settle();
        var member = member("A");
        script.quietly(
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                1,
                "{groupId: '$%1$s', memberId: '%2$s', memberEpoch: 0, subscribedTopicNames: ['$%1$s']}"
                        .formatted(name, member));
        assigned("$" + name, member, "$" + name);
        return member;
    }

    private void produce(String topic) throws IOException {
        var batch = script.batches().plain("shared " + batches++, CompressionType.NONE, 2);
        var data = new TopicProduceData()
                .setName(script.name(topic))
                .setPartitionData(List.of(ProduceScript.partition(0, batch)));
        script.wire().call(ApiKeys.PRODUCE, 12, ProduceScript.request((short) -1, data));
    }

    private void deliveries(int version) throws IOException {
        var name = "delivered-" + version;
        var member = shared(name);
        fetch(name, "opens a session", version, member, 0, 4, "");
        fetch(name, "accepts two and takes more", version, member, 1, 2, acked(0, 1, ACCEPT));
        fetch(name, "accepts what it has accepted", version, member, 2, 2, acked(0, 1, ACCEPT));
        fetch(name, "accepts what it never had", version, member, 3, 2, acked(20, 21, ACCEPT));
        acknowledge(name, "releases one of two", version, member, 4, acked(2, 2, RELEASE));
        acknowledge(name, "rejects the other", version, member, 5, acked(3, 3, REJECT));
        fetch(name, "takes what it released", version, member, 6, 1, "");
        acknowledge(name, "settles each its way", version, member, 7, batch(4, 5, "1, 2"));
        acknowledge(name, "settles in a strange way", version, member, 8, acked(2, 2, 9));
        acknowledge(name, "settles in a way below none", version, member, 8, acked(2, 2, -1));
        acknowledge(name, "settles a gap", version, member, 8, acked(2, 2, 0));
        acknowledge(name, "settles with too many ways", version, member, 9, batch(2, 2, "1, 1"));
        acknowledge(name, "settles with no way", version, member, 9, batch(2, 2, ""));
        acknowledge(name, "settles backwards", version, member, 9, batch(3, 2, "1"));
        acknowledge(name, "settles below none", version, member, 9, batch(-1, 2, "1"));
        acknowledge(name, "settles out of order", version, member, 9, batch(6, 7, "1") + ", " + batch(4, 5, "1"));
        acknowledge(name, "settles twice in one", version, member, 9, batch(6, 7, "1") + ", " + batch(6, 7, "1"));
        acknowledge(name, "settles nothing", version, member, 9, "");
        fetch(name, "takes all that is left", version, member, 10, 100, "");
        acknowledge(name, "accepts all", version, member, 11, acked(5, 9, ACCEPT));
        script.callForOwn(
                name + ": offsets",
                ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                1,
                "{groups: [{groupId: '$%s', topics: null}]}".formatted(name));
    }

    /// A record that comes back too often is not delivered any more.
    private void attempts(int version) throws IOException {
        var name = "attempted-" + version;
        var member = shared(name);
        fetch(name, "opens a session", version, member, 0, 2, "");
        for (int attempt = 1; attempt <= 6; attempt++) {
            acknowledge(name, "releases, time " + attempt, version, member, 2 * attempt - 1, acked(0, 1, RELEASE));
            fetch(name, "takes again, time " + attempt, version, member, 2 * attempt, 2, "");
        }
    }

    private void sessions(int version) throws IOException {
        var name = "session-" + version;
        var member = shared(name);
        fetch(name, "with an epoch but no session", version, member, 5, 2, "");
        acknowledge(name, "acknowledges to open a session", version, member, 0, acked(0, 1, ACCEPT));
        acknowledge(name, "acknowledges without a session", version, member, 1, acked(0, 1, ACCEPT));
        acknowledge(name, "closes no session", version, member, -1, "");
        fetch(name, "closes no session", version, member, -1, 2, "");
        fetch(name, "acknowledges when it opens a session", version, member, 0, 2, acked(0, 1, ACCEPT));
        fetch(name, "opens a session", version, member, 0, 2, "");
        fetch(name, "with an epoch too great", version, member, 9, 2, "");
        fetch(name, "opens it again", version, member, 0, 2, "");
        acknowledge(name, "acknowledges with an epoch too great", version, member, 9, acked(0, 1, ACCEPT));
        call(name, "without a group", version, "groupId: null, memberId: '%s', shareSessionEpoch: 0".formatted(member));
        call(
                name,
                "with an empty group",
                version,
                "groupId: '', memberId: '%s', shareSessionEpoch: 0".formatted(member));
        call(name, "without a member", version, "groupId: '$%s', memberId: null, shareSessionEpoch: 0".formatted(name));
        call(
                name,
                "with a member of no name",
                version,
                "groupId: '$%s', memberId: '', shareSessionEpoch: 0".formatted(name));
        call(
                name,
                "with a member that is no id",
                version,
                "groupId: '$%s', memberId: 'm', shareSessionEpoch: 0".formatted(name));
        fetch(name, "takes no record", version, member, 1, 0, "");
        fetch(name, "takes fewer than none", version, member, 1, -1, "");
        topics(
                name,
                "of no topic",
                version,
                member,
                1,
                "{topicId: 'AAAAAAAAAAEAAAAAAAAAAg', partitions: [{partitionIndex: 0}]}");
        topics(
                name,
                "of no partition",
                version,
                member,
                2,
                "{topicId: '#%s', partitions: [{partitionIndex: 9}]}".formatted(name));
        script.call(
                name + ": fetch that forgets",
                ApiKeys.SHARE_FETCH,
                version,
                ("{groupId: '$%1$s', memberId: '%2$s', shareSessionEpoch: 3, maxWaitMs: 0, maxRecords: 2, batchSize: 2,"
                                + " forgottenTopicsData: [{topicId: '#%1$s', partitions: [0, 9]}]}")
                        .formatted(name, member));
        fetch(name, "closes the session", version, member, -1, 2, acked(0, 1, ACCEPT));
        fetch(name, "after the close", version, member, 5, 2, "");
    }

    private void renewals() throws IOException {
        var name = "renewed";
        var member = shared(name);
        fetch(name, "opens a session", LATEST, member, 0, 4, "");
        var renewing =
                "{groupId: '$renewed', memberId: '%s', shareSessionEpoch: %d, isRenewAck: %s, %stopics: [{topicId: '#renewed', partitions: [{partitionIndex: 0, acknowledgementBatches: [%s]}]}]}";
        script.call(
                "renew one",
                ApiKeys.SHARE_ACKNOWLEDGE,
                LATEST,
                renewing.formatted(member, 1, "true", "", acked(0, 0, RENEW)));
        script.call(
                "renew without saying so",
                ApiKeys.SHARE_ACKNOWLEDGE,
                LATEST,
                renewing.formatted(member, 2, "false", "", acked(1, 1, RENEW)));
        script.call(
                "renew what it never had",
                ApiKeys.SHARE_ACKNOWLEDGE,
                LATEST,
                renewing.formatted(member, 3, "true", "", acked(8, 8, RENEW)));
        script.call(
                "renew by a fetch",
                ApiKeys.SHARE_FETCH,
                LATEST,
                renewing.formatted(
                        member,
                        4,
                        "true",
                        "maxWaitMs: 0, maxBytes: 0, minBytes: 0, maxRecords: 0, ",
                        acked(1, 1, RENEW)));
        script.call(
                "renew by a fetch of more",
                ApiKeys.SHARE_FETCH,
                LATEST,
                renewing.formatted(member, 5, "true", "maxWaitMs: 0, maxRecords: 5, ", acked(1, 1, RENEW)));
        script.call(
                "say that it renews but accept",
                ApiKeys.SHARE_ACKNOWLEDGE,
                LATEST,
                renewing.formatted(member, 5, "true", "", acked(1, 1, ACCEPT)));
        script.call(
                "renew before renewing was known",
                ApiKeys.SHARE_ACKNOWLEDGE,
                1,
                renewing.formatted(member, 6, "false", "", acked(2, 2, RENEW)).replace("isRenewAck: false, ", ""));
        script.call(
                "take exactly three",
                ApiKeys.SHARE_FETCH,
                LATEST,
                "{groupId: '$renewed', memberId: '%s', shareSessionEpoch: 7, maxWaitMs: 0, maxRecords: 3, batchSize: 3, shareAcquireMode: 1, topics: []}"
                        .formatted(member));
        script.call(
                "take in a strange way",
                ApiKeys.SHARE_FETCH,
                LATEST,
                "{groupId: '$renewed', memberId: '%s', shareSessionEpoch: 8, maxWaitMs: 0, maxRecords: 3, batchSize: 3, shareAcquireMode: 7, topics: []}"
                        .formatted(member));
    }

    private static String acked(long first, long last, int type) {
        return batch(first, last, Integer.toString(type));
    }

    private static String batch(long first, long last, String types) {
        return "{firstOffset: %d, lastOffset: %d, acknowledgeTypes: [%s]}".formatted(first, last, types);
    }

    private void fetch(String group, String how, int version, String member, int epoch, int records, String acks)
            throws IOException {
        script.call(
                group + ": fetch that " + how,
                ApiKeys.SHARE_FETCH,
                version,
                ("{groupId: '$%1$s', memberId: '%2$s', shareSessionEpoch: %3$d, maxWaitMs: %6$d, minBytes: 1, maxRecords: %4$d, batchSize: %4$d,"
                                + " topics: [{topicId: '#%1$s', partitions: [{partitionIndex: 0, acknowledgementBatches: [%5$s]}]}]}")
                        .formatted(group, member, epoch, records, acks, epoch == 0 ? 5_000 : 100),
                ShareFetchResponseData.class);
    }

    private void topics(String group, String how, int version, String member, int epoch, String topics)
            throws IOException {
        script.call(
                group + ": fetch " + how,
                ApiKeys.SHARE_FETCH,
                version,
                "{groupId: '$%s', memberId: '%s', shareSessionEpoch: %d, maxWaitMs: 0, maxRecords: 2, batchSize: 2, topics: [%s]}"
                        .formatted(group, member, epoch, topics));
    }

    private void acknowledge(String group, String how, int version, String member, int epoch, String batches)
            throws IOException {
        script.call(
                group + ": " + how,
                ApiKeys.SHARE_ACKNOWLEDGE,
                version,
                "{groupId: '$%1$s', memberId: '%2$s', shareSessionEpoch: %3$d, topics: [{topicId: '#%1$s', partitions: [{partitionIndex: 0, acknowledgementBatches: [%4$s]}]}]}"
                        .formatted(group, member, epoch, batches));
    }

    private void call(String group, String how, int version, String who) throws IOException {
        script.call(
                group + ": fetch " + how,
                ApiKeys.SHARE_FETCH,
                version,
                "{%s, maxWaitMs: 0, maxRecords: 2, batchSize: 2}".formatted(who));
        script.call(group + ": acknowledge " + how, ApiKeys.SHARE_ACKNOWLEDGE, version, "{" + who + "}");
    }

    private void offsets() throws IOException {
        var name = "moved";
        var member = shared(name);
        offsets("while there are members", "{groupId: '$moved', topics: null}");
        alter(
                "while there are members",
                "'$moved'",
                "{topicName: '$moved', partitions: [{partitionIndex: 0, startOffset: 4}]}");
        delete("while there are members", "'$moved'", "{topicName: '$moved'}");
        script.quietly(
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                1,
                "{groupId: '$moved', memberId: '%s', memberEpoch: -1}".formatted(member));
        alter("of no group", "'$none'", "{topicName: '$moved', partitions: [{partitionIndex: 0, startOffset: 4}]}");
        alter(
                "of a group without a name",
                "''",
                "{topicName: '$moved', partitions: [{partitionIndex: 0, startOffset: 4}]}");
        alter("", "'$moved'", "{topicName: '$moved', partitions: [{partitionIndex: 0, startOffset: 4}]}");
        offsets("after they were altered", "{groupId: '$moved', topics: null}");
        alter("of no topic", "'$moved'", "{topicName: '$none', partitions: [{partitionIndex: 0, startOffset: 4}]}");
        alter(
                "of no partition",
                "'$moved'",
                "{topicName: '$moved', partitions: [{partitionIndex: 9, startOffset: 4}]}");
        alter("of nothing", "'$moved'", "");
        offsets("of one partition", "{groupId: '$moved', topics: [{topicName: '$moved', partitions: [0]}]}");
        offsets("of no topic", "{groupId: '$moved', topics: [{topicName: '$none', partitions: [0]}]}");
        offsets("of no topics", "{groupId: '$moved', topics: []}");
        offsets("of no group", "{groupId: '$none', topics: null}");
        offsets("of a group without a name", "{groupId: '', topics: null}");
        offsets("of nothing", "");
        delete("of no group", "'$none'", "{topicName: '$moved'}");
        delete("of a group without a name", "''", "{topicName: '$moved'}");
        delete("of no topic", "'$moved'", "{topicName: '$none'}");
        delete("of nothing", "'$moved'", "");
        delete("", "'$moved'", "{topicName: '$moved'}");
        delete("again", "'$moved'", "{topicName: '$moved'}");
        offsets("after they were deleted", "{groupId: '$moved', topics: null}");
    }

    private void offsets(String how, String groups) throws IOException {
        script.versions(
                "share offsets " + how, ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, 0, 1, "{groups: [%s]}".formatted(groups));
    }

    private void alter(String how, String group, String topics) throws IOException {
        script.call(
                "alter share offsets " + how,
                ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
                0,
                "{groupId: %s, topics: [%s]}".formatted(group, topics));
    }

    private void delete(String how, String group, String topics) throws IOException {
        script.call(
                "delete share offsets " + how,
                ApiKeys.DELETE_SHARE_GROUP_OFFSETS,
                0,
                "{groupId: %s, topics: [%s]}".formatted(group, topics));
    }

    private void frames() throws IOException {
        FrameScript.check(script, ApiKeys.SHARE_GROUP_HEARTBEAT, "{groupId: '$none', memberId: 'm', memberEpoch: 1}");
        FrameScript.check(script, ApiKeys.SHARE_GROUP_DESCRIBE, "{groupIds: ['$none']}");
        FrameScript.check(script, ApiKeys.SHARE_FETCH, "{groupId: '$none', memberId: 'm', shareSessionEpoch: 4}");
        FrameScript.check(script, ApiKeys.SHARE_ACKNOWLEDGE, "{groupId: '$none', memberId: 'm', shareSessionEpoch: 4}");
        FrameScript.check(script, ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, "{groups: [{groupId: '$none'}]}");
        FrameScript.check(script, ApiKeys.ALTER_SHARE_GROUP_OFFSETS, "{groupId: '$none'}");
        FrameScript.check(script, ApiKeys.DELETE_SHARE_GROUP_OFFSETS, "{groupId: '$none'}");
    }
}
