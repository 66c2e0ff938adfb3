package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;

/// Offsets are asked for by the ends, by time and by epoch.
final class OffsetScript {
    private static final int LATEST = 11;
    private static final int MAX_TIMESTAMP = -3; // since version 7
    private static final int EARLIEST_LOCAL = -4; // since version 8
    private static final int LATEST_TIERED = -5; // since version 9

    private OffsetScript() {}

    static void run(Script script) throws IOException {
        script.topic("offsets", 2, "retention.ms=-1");
        for (int i = 0; i < 3; i++) {
            var batch = script.batches().plain("timed " + i, CompressionType.GZIP, 5);
            var data = new TopicProduceData()
                    .setName(script.name("offsets"))
                    .setPartitionData(List.of(ProduceScript.partition(0, batch)));
            script.wire().call(ApiKeys.PRODUCE, 12, ProduceScript.request((short) -1, data));
        }
        for (int version = 1; version <= LATEST; version++) {
            list(script, "the start", version, 0, -2);
            list(script, "the end", version, 0, -1);
            list(script, "a time", version, 0, Batches.TIME_ZERO + 2_500);
            list(script, "a time after all", version, 0, Batches.TIME_ZERO + 10_000_000);
            list(script, "no time", version, 1, Batches.TIME_ZERO);
            list(script, "the latest time", version, 0, MAX_TIMESTAMP);
            list(script, "the local start", version, 0, EARLIEST_LOCAL);
            list(script, "the end of what is elsewhere", version, 0, LATEST_TIERED);
        }
        list(script, "time zero", LATEST, 0, 0);
        list(script, "the latest time of nothing", LATEST, 1, MAX_TIMESTAMP);
        list(script, "a time that has no meaning", LATEST, 0, -17);
        list(script, "an unknown partition", LATEST, 9, -1);
        script.call("offset of an unknown topic", ApiKeys.LIST_OFFSETS, LATEST, asking(script.name("unknown"), 0, -1));
        script.call(
                "offset of the committed end",
                ApiKeys.LIST_OFFSETS,
                LATEST,
                asking(script.name("offsets"), 0, -1).setIsolationLevel((byte) 1));
        for (int ahead : new int[] {0, 1, -1}) {
            var request = asking(script.name("offsets"), 0, -1);
            request.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(script.leaderEpoch() + ahead);
            script.call("offset with the leader's epoch and " + ahead, ApiKeys.LIST_OFFSETS, LATEST, request);
        }
        epochs(script);
    }

    private static void list(Script script, String name, int version, int partition, long time) throws IOException {
        script.call(
                "offset of " + name, ApiKeys.LIST_OFFSETS, version, asking(script.name("offsets"), partition, time));
    }

    private static ListOffsetsRequestData asking(String topic, int partition, long time) {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(time)))));
    }

    private static void epochs(Script script) throws IOException {
        for (int version = 2; version <= 4; version++) {
            for (int ahead : new int[] {0, 1, 2}) {
                epoch(script, "end of the leader's epoch and " + ahead, version, 0, script.leaderEpoch() + ahead, -1);
            }
        }
        epoch(script, "end of an epoch of an empty partition", 4, 1, script.leaderEpoch(), -1);
        epoch(script, "end of an epoch of no partition", 4, 9, script.leaderEpoch(), -1);
        epoch(script, "end of an epoch by a stranger", 4, 0, script.leaderEpoch(), script.leaderEpoch() + 1);
    }

    private static void epoch(Script script, String name, int version, int partition, int epoch, int current)
            throws IOException {
        var request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
        request.topics()
                .add(new OffsetForLeaderTopic()
                        .setTopic(script.name("offsets"))
                        .setPartitions(List.of(new OffsetForLeaderPartition()
                                .setPartition(partition)
                                .setLeaderEpoch(epoch)
                                .setCurrentLeaderEpoch(current))));
        script.call(name, ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, request);
    }
}
