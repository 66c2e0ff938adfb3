package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;

/// Sessions of fetches (KIP-227), and each way to be refused a fetch, in every version.
final class FetchSessionScript {
    private static final int OLDEST_WITH_SESSIONS = 7;
    private static final int LATEST = 18;
    private static final String ONE = "topic_until_12: '$session', topicId_since_13: '#session', partitions: ";
    private static final String OTHER = "topic_until_12: '$other', topicId_since_13: '#other', partitions: ";

    private final Script script;
    private int batches;

    private FetchSessionScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        script.topic("session", 3, "retention.ms=-1");
        script.topic("other", 1, "retention.ms=-1");
        var part = new FetchSessionScript(script);
        for (int version = OLDEST_WITH_SESSIONS; version <= LATEST; version++) {
            part.session(version);
            part.errors(version);
        }
        part.change();
        for (int version = 4; version <= LATEST; version++) {
            part.places(version);
        }
        part.comings(LATEST);
    }

    private void session(int version) throws IOException {
        produce("session", 0);
        long end = batches * 2L;
        var opened = fetch(
                "that opens a session",
                version,
                0,
                0,
                topic(ONE, partition(0, end - 2), partition(1, 0)) + "," + topic(OTHER, partition(0, 0)));
        script.remember("session", opened.sessionId());
        goesOn("in the session, with news", version, 1, "");
        goesOn("in the session, moved", version, 2, topic(ONE, partition(0, end)));
        goesOn("in the session, no news", version, 3, "");
        produce("session", 0);
        goesOn("in the session, after a produce", version, 4, "");
        goesOn("in the session, a partition more", version, 5, topic(ONE, partition(2, 0)));
        goesOn("in the session, a partition that is not there", version, 6, topic(ONE, partition(9, 0)));
        goesOn("in the session, what is not there stays told", version, 7, "");
        forget("in the session, without two", version, 8, topic(ONE, "9", "0"));
        goesOn("in the session, out of range", version, 9, topic(ONE, partition(1, 77)));
        goesOn("in the session, still out of range", version, 10, "");
        goesOn("in the session, in range again", version, 11, topic(ONE, partition(1, 0)));
        goesOn("in the session, with an epoch of before", version, 3, "");
        goesOn("in the session, with an epoch too great", version, 99, "");
        goesOn("in the session, with the right epoch after that", version, 12, "");
        goesOn("that closes the session", version, -1, topic(ONE, partition(1, 0)));
        goesOn("in the closed session", version, 13, "");
    }

    private void errors(int version) throws IOException {
        fetch("in no session with an epoch", version, 0, 5, topic(ONE, partition(1, 0)));
        fetch("in a session that is not there", version, 424242, 1, topic(ONE, partition(1, 0)));
        fetch("that closes a session that is not there", version, 424242, -1, topic(ONE, partition(1, 0)));
        fetch("that opens another in place of none", version, 424242, 0, topic(ONE, partition(1, 0)));
        fetch("in a session below none", version, -1, 1, topic(ONE, partition(1, 0)));
        fetch("with an epoch below final", version, 0, -2, topic(ONE, partition(1, 0)));
        fetch("that opens a session of nothing", version, 0, 0, "");
        fetch("of one partition twice", version, 0, -1, topic(ONE, partition(1, 0), partition(1, 0)));
        fetch("of a topic without partitions", version, 0, -1, topic(ONE));
    }

    /// Between names and ids a session cannot change.
    private void change() throws IOException {
        var named = fetch("that opens a session by name", 12, 0, 0, topic(ONE, partition(1, 0)));
        script.remember("session", named.sessionId());
        goesOn("that goes on by id", 13, 1, topic(ONE, partition(1, 0)));
        var byId = fetch("that opens a session by id", 13, 0, 0, topic(ONE, partition(1, 0)));
        script.remember("session", byId.sessionId());
        goesOn("that goes on by name", 12, 1, topic(ONE, partition(1, 0)));
        var unknown = fetch(
                "that opens a session of an id that is not there",
                LATEST,
                0,
                0,
                "{topicId: 'AAAAAAAAAAEAAAAAAAAAAg', partitions: [%s]}".formatted(partition(0, 0)));
        script.remember("session", unknown.sessionId());
        goesOn("in the session of an id that is not there", LATEST, 1, "");
    }

    private void places(int version) throws IOException {
        fetchOnce("of no partition", version, topic(ONE, partition(9, 0)));
        fetchOnce("of a partition below none", version, topic(ONE, partition(-1, 0)));
        fetchOnce(
                "of no topic",
                version,
                "{topic_until_12: '$none', topicId_since_13: 'AAAAAAAAAAEAAAAAAAAAAg', partitions: [%s]}"
                        .formatted(partition(0, 0)));
        fetchOnce("before the start", version, topic(ONE, partition(1, -1)));
        fetchOnce("after the end", version, topic(ONE, partition(1, 1)));
        fetchOnce("of nothing", version, "");
        fetchOnce("of a good and a bad partition", version, topic(ONE, partition(1, 0), partition(9, 0)));
        script.call(
                "fetch as committed",
                ApiKeys.FETCH,
                version,
                "{isolationLevel: 1, sessionEpoch_since_7: -1, topics: [%s]}".formatted(topic(ONE, partition(1, 0))));
        script.call(
                "fetch at an isolation nobody knows",
                ApiKeys.FETCH,
                version,
                "{isolationLevel: 7, sessionEpoch_since_7: -1, topics: [%s]}".formatted(topic(ONE, partition(1, 0))));
        script.call(
                "fetch as another broker",
                ApiKeys.FETCH,
                version,
                "{replicaId_until_14: 7, replicaState_since_15: {replicaId: 7, replicaEpoch: 1}, sessionEpoch_since_7: -1, topics: [%s]}"
                        .formatted(topic(ONE, partition(1, 0))));
        for (var epoch : new int[] {script.leaderEpoch() + 1, script.leaderEpoch() - 1}) {
            script.call(
                    "fetch with an epoch " + (epoch > script.leaderEpoch() ? "after" : "before") + " the leader's",
                    ApiKeys.FETCH,
                    version,
                    "{sessionEpoch_since_7: -1, topics: [{%s[{partition: 1, partitionMaxBytes: 9999, currentLeaderEpoch_since_9: %d}]}]}"
                            .formatted(ONE, epoch));
        }
        script.call(
                "fetch for a cluster of another name",
                ApiKeys.FETCH,
                version,
                "{clusterId_since_12: 'another', sessionEpoch_since_7: -1, topics: [%s]}"
                        .formatted(topic(ONE, partition(1, 0))));
        script.call(
                "fetch from a rack",
                ApiKeys.FETCH,
                version,
                "{rackId_since_11: 'a rack', sessionEpoch_since_7: -1, topics: [%s]}"
                        .formatted(topic(ONE, partition(1, 0))));
    }

    /// A fetch waits, and is answered as soon as there is something.
    private void comings(int version) throws IOException {
        try (var waiting = script.connect()) {
            waiting.send(
                    ApiKeys.FETCH,
                    version,
                    script.request(
                            ApiKeys.FETCH,
                            version,
                            "{maxWaitMs: 30000, minBytes: 1, sessionEpoch: -1, topics: [%s]}"
                                    .formatted(topic(ONE, partition(1, 0), partition(2, 0)))));
            produce("session", 2);
            script.note("a fetch that waited for records", waiting.receive(), version);
            waiting.send(
                    ApiKeys.FETCH,
                    version,
                    script.request(
                            ApiKeys.FETCH,
                            version,
                            "{maxWaitMs: 30000, minBytes: 1, sessionEpoch: -1, topics: [%s]}"
                                    .formatted(topic(OTHER, partition(0, 0)))));
            script.quietly(ApiKeys.DELETE_TOPICS, 6, "{topics: [{name: '$other'}], timeoutMs: 30000}");
            script.note("a fetch that waited for a topic that goes", waiting.receive(), version);
        }
    }

    private static String topic(String topic, String... partitions) {
        return "{" + topic + "[" + String.join(", ", partitions) + "]}";
    }

    private static String partition(int partition, long offset) {
        return "{partition: %d, fetchOffset: %d, partitionMaxBytes: 99999, currentLeaderEpoch_since_9: -1}"
                .formatted(partition, offset);
    }

    private FetchResponseData fetch(String name, int version, int session, int epoch, String topics)
            throws IOException {
        return script.call(
                "fetch " + name,
                ApiKeys.FETCH,
                version,
                "{sessionId: %d, sessionEpoch: %d, topics: [%s]}".formatted(session, epoch, topics),
                FetchResponseData.class);
    }

    private void fetchOnce(String name, int version, String topics) throws IOException {
        script.call(
                "fetch " + name, ApiKeys.FETCH, version, "{sessionEpoch_since_7: -1, topics: [%s]}".formatted(topics));
    }

    private void goesOn(String name, int version, int epoch, String topics) throws IOException {
        script.call(
                "fetch " + name,
                ApiKeys.FETCH,
                version,
                "{sessionId: <session>, sessionEpoch: %d, topics: [%s]}".formatted(epoch, topics));
    }

    private void forget(String name, int version, int epoch, String topics) throws IOException {
        script.call(
                "fetch " + name,
                ApiKeys.FETCH,
                version,
                "{sessionId: <session>, sessionEpoch: %d, forgottenTopicsData: [%s]}".formatted(epoch, topics));
    }

    private void produce(String topic, int partition) throws IOException {
        var batch = script.batches().plain("batch " + batches++, CompressionType.NONE, 2);
        var data = new TopicProduceData()
                .setName(script.name(topic))
                .setPartitionData(List.of(ProduceScript.partition(partition, batch)));
        script.wire().call(ApiKeys.PRODUCE, 12, ProduceScript.request((short) -1, data));
    }
}
