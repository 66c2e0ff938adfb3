package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Every version of fetch at every kind of offset, with limits, and records that are deleted.
final class FetchScript {
    private static final int BY_ID = 13; // from this version on, topics have no names
    private static final int LATEST_BY_NAME = 12;
    private static final int LATEST = 18;
    private static final int NO_LIMIT = 50_000_000;
    private static final String HIGH_WATERMARK = "high watermark ";
    private static final int BATCHES = 10;
    private static final int RECORDS_EACH = 4;

    private final Script script;
    private final String topic;
    private final Uuid id;

    private FetchScript(Script script) throws IOException {
        this.script = script;
        this.topic = script.name("fetched");
        this.id = script.topic("fetched", 2, "retention.ms=-1");
    }

    static void run(Script script) throws IOException {
        var part = new FetchScript(script);
        part.fill();
        part.everyVersion();
        part.limits();
        part.wrongPlaces();
        part.deletedRecords();
    }

    /// The batches of a partition from its start, when it has come to `end`: what nobody waited for may take a moment.
    static List<String> readTo(Script script, String topic, int partition, long end) {
        return await().until(
                        () -> read(script, topic, partition, 0),
                        lines -> lines.getFirst().equals(HIGH_WATERMARK + end));
    }

    /// The batches of a partition from an offset on.
    static List<String> read(Script script, String topic, int partition, long offset) throws IOException {
        var request = request(new FetchTopic().setTopic(topic), partition, offset);
        var answered = script.wire().call(ApiKeys.FETCH, LATEST_BY_NAME, request);
        var found = ((FetchResponseData) answered.orElseThrow().data())
                .responses()
                .getFirst()
                .partitions()
                .getFirst();
        var lines = new ArrayList<String>();
        lines.add(HIGH_WATERMARK + found.highWatermark());
        if (found.records() instanceof MemoryRecords records) {
            lines.addAll(script.batches().describe(records));
        }
        return lines;
    }

    private void fill() throws IOException {
        for (int partition = 0; partition < 2; partition++) {
            for (int i = 0; i < BATCHES; i++) {
                var batch = script.batches().plain("batch " + partition + "." + i, CompressionType.NONE, RECORDS_EACH);
                var data = new TopicProduceData()
                        .setName(topic)
                        .setPartitionData(List.of(ProduceScript.partition(partition, batch)));
                script.wire().call(ApiKeys.PRODUCE, LATEST_BY_NAME, ProduceScript.request((short) -1, data));
            }
        }
    }

    private void everyVersion() throws IOException {
        for (int version = 4; version <= LATEST; version++) {
            fetch("at a batch", version, request(topic(version), 0, 36));
            fetch("inside a batch", version, request(topic(version), 0, 38));
            fetch("at the end", version, request(topic(version), 0, 40));
            fetch("after the end", version, request(topic(version), 0, 41));
        }
        fetch("all", LATEST, request(topic(LATEST), 0, 0));
        fetch("committed", LATEST, request(topic(LATEST), 0, 36).setIsolationLevel((byte) 1));
        fetch("before the start", LATEST, request(topic(LATEST), 0, -1));
    }

    private void limits() throws IOException {
        for (int bytes : new int[] {0, 1, 200, 300, 1_000}) {
            var small = request(topic(LATEST), 0, 0);
            small.topics().getFirst().partitions().getFirst().setPartitionMaxBytes(bytes);
            fetch("at most " + bytes + " bytes of a partition", LATEST, small);
            fetch("at most " + bytes + " bytes", LATEST, both().setMaxBytes(bytes));
        }
        long began = System.nanoTime();
        fetch(
                "at the end, to wait",
                LATEST,
                request(topic(LATEST), 0, 40).setMaxWaitMs(300).setMinBytes(1));
        script.note("it waited", List.of(Boolean.toString(System.nanoTime() - began > 290_000_000L)));
        fetch("with something, to wait", LATEST, both().setMaxWaitMs(30_000).setMinBytes(1));
        fetch(
                "more than there is, to wait",
                LATEST,
                request(topic(LATEST), 0, 36).setMaxWaitMs(300).setMinBytes(100_000));
        fetch(
                "with an error, to wait",
                LATEST,
                request(topic(LATEST), 7, 0).setMaxWaitMs(30_000).setMinBytes(1));
    }

    private FetchRequestData both() {
        var request = request(topic(LATEST), 0, 0);
        request.topics().getFirst().partitions().add(partition(1, 0));
        return request;
    }

    private void wrongPlaces() throws IOException {
        fetch("an unknown partition", LATEST_BY_NAME, request(topic(LATEST_BY_NAME), 7, 0));
        fetch("an unknown topic", LATEST_BY_NAME, request(new FetchTopic().setTopic(script.name("unknown")), 0, 0));
        fetch("an unknown id", LATEST, request(new FetchTopic().setTopicId(new Uuid(5, 6)), 0, 0));
        for (int epoch : new int[] {script.leaderEpoch(), script.leaderEpoch() + 1, script.leaderEpoch() - 1}) {
            var request = request(topic(LATEST), 0, 36);
            request.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(epoch);
            fetch("with the leader's epoch and " + (epoch - script.leaderEpoch()), LATEST, request);
        }
        for (int epoch : new int[] {script.leaderEpoch(), script.leaderEpoch() + 1}) {
            var request = request(topic(LATEST), 0, 40);
            request.topics().getFirst().partitions().getFirst().setLastFetchedEpoch(epoch);
            fetch("after an epoch of the leader's and " + (epoch - script.leaderEpoch()), LATEST, request);
        }
        fetch(
                "an unknown session",
                LATEST,
                request(topic(LATEST), 0, 36).setSessionId(123).setSessionEpoch(4));
        fetch("in a new session", LATEST, request(topic(LATEST), 0, 36).setSessionEpoch(0));
        fetch("nothing", LATEST, new FetchRequestData().setMaxWaitMs(0).setSessionEpoch(-1));
    }

    private void deletedRecords() throws IOException {
        for (int version = 0; version <= 2; version++) {
            script.call("delete records", ApiKeys.DELETE_RECORDS, version, deletion(topic, 0, 2 + 4 * version));
        }
        script.call("delete fewer records", ApiKeys.DELETE_RECORDS, 2, deletion(topic, 0, 1));
        script.call("delete too many records", ApiKeys.DELETE_RECORDS, 2, deletion(topic, 0, 41));
        script.call("delete records of no partition", ApiKeys.DELETE_RECORDS, 2, deletion(topic, 7, 1));
        script.call("delete records of no topic", ApiKeys.DELETE_RECORDS, 2, deletion(script.name("unknown"), 0, 1));
        script.call("delete records below none", ApiKeys.DELETE_RECORDS, 2, deletion(topic, 0, -2));
        fetch("deleted records", LATEST, request(topic(LATEST), 0, 9));
        fetch("the first that is left", LATEST, request(topic(LATEST), 0, 10));
        script.call("delete all records", ApiKeys.DELETE_RECORDS, 2, deletion(topic, 1, -1));
        fetch("where all are deleted", LATEST, request(topic(LATEST), 1, 0));
        fetch("at the end of nothing", LATEST, request(topic(LATEST), 1, 40));
    }

    private static DeleteRecordsRequestData deletion(String topic, int partition, long offset) {
        return new DeleteRecordsRequestData()
                .setTimeoutMs(10_000)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(partition)
                                .setOffset(offset)))));
    }

    private void fetch(String name, int version, FetchRequestData request) throws IOException {
        script.call("fetch " + name, ApiKeys.FETCH, version, request);
    }

    private FetchTopic topic(int version) {
        return version >= BY_ID ? new FetchTopic().setTopicId(id) : new FetchTopic().setTopic(topic);
    }

    private static FetchRequestData request(FetchTopic topic, int partition, long offset) {
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setMaxBytes(NO_LIMIT)
                .setSessionEpoch(-1)
                .setTopics(List.of(topic.setPartitions(new ArrayList<>(List.of(partition(partition, offset))))));
    }

    private static FetchPartition partition(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setCurrentLeaderEpoch(-1)
                .setPartitionMaxBytes(NO_LIMIT);
    }
}
