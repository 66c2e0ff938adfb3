package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// Offsets that cannot be told, and records that cannot be deleted, in every version.
final class OffsetErrorScript {
    private OffsetErrorScript() {}

    static void run(Script script) throws IOException {
        script.topic("asked", 2);
        script.topic("compacted", 1, "cleanup.policy=compact");
        script.topic("both", 1, "cleanup.policy=compact,delete");
        offsets(script);
        epochs(script);
        deletions(script);
    }

    private static void offsets(Script script) throws IOException {
        list(script, "of no topic", "{name: '$none', partitions: [{partitionIndex: 0, timestamp: -1}]}", "");
        list(script, "of no partition", "{name: '$asked', partitions: [{partitionIndex: 9, timestamp: -1}]}", "");
        list(
                script,
                "of a partition below none",
                "{name: '$asked', partitions: [{partitionIndex: -1, timestamp: -1}]}",
                "");
        list(script, "of a bad name", "{name: '$a b', partitions: [{partitionIndex: 0, timestamp: -1}]}", "");
        list(script, "of a topic without a name", "{name: '', partitions: [{partitionIndex: 0, timestamp: -1}]}", "");
        list(script, "of nothing", "", "");
        list(script, "of no partitions", "{name: '$asked'}", "");
        list(
                script,
                "of one partition twice",
                "{name: '$asked', partitions: [{partitionIndex: 0, timestamp: -1}, {partitionIndex: 0, timestamp: -2}]}",
                "");
        list(
                script,
                "of one topic twice",
                "{name: '$asked', partitions: [{partitionIndex: 0, timestamp: -1}]},"
                        + " {name: '$asked', partitions: [{partitionIndex: 1, timestamp: -1}]}",
                "");
        for (int time = -3; time >= -8; time--) {
            list(
                    script,
                    "at time " + time,
                    "{name: '$asked', partitions: [{partitionIndex: 0, timestamp: %d}]}".formatted(time),
                    "");
        }
        list(
                script,
                "as committed",
                "{name: '$asked', partitions: [{partitionIndex: 0, timestamp: -1}]}",
                ", isolationLevel_since_2: 1");
        list(
                script,
                "as nobody knows",
                "{name: '$asked', partitions: [{partitionIndex: 0, timestamp: -1}]}",
                ", isolationLevel_since_2: 7");
        list(
                script,
                "with an epoch after the leader's",
                "{name: '$asked', partitions: [{partitionIndex: 0, timestamp: -1, currentLeaderEpoch_since_4: %d}]}"
                        .formatted(script.leaderEpoch() + 1),
                "");
        list(
                script,
                "with an epoch before the leader's",
                "{name: '$asked', partitions: [{partitionIndex: 0, timestamp: -1, currentLeaderEpoch_since_4: %d}]}"
                        .formatted(script.leaderEpoch() - 1),
                "");
        script.everyVersion(
                "offset for debugging",
                ApiKeys.LIST_OFFSETS,
                "{replicaId: -2, topics: [{name: '$asked', partitions: [{partitionIndex: 0, timestamp: -1}]}]}");
        script.everyVersion(
                "offset as another broker",
                ApiKeys.LIST_OFFSETS,
                "{replicaId: 7, topics: [{name: '$asked', partitions: [{partitionIndex: 0, timestamp: -1}]}]}");
    }

    private static void list(Script script, String what, String topics, String more) throws IOException {
        script.everyVersion(
                "offset " + what, ApiKeys.LIST_OFFSETS, "{replicaId: -1, topics: [%s]%s}".formatted(topics, more));
    }

    private static void epochs(Script script) throws IOException {
        epoch(script, "of no topic", "{topic: '$none', partitions: [{partition: 0, leaderEpoch: 0}]}");
        epoch(script, "of no partition", "{topic: '$asked', partitions: [{partition: 9, leaderEpoch: 0}]}");
        epoch(script, "below none", "{topic: '$asked', partitions: [{partition: 0, leaderEpoch: -1}]}");
        epoch(script, "of a bad name", "{topic: '$a b', partitions: [{partition: 0, leaderEpoch: 0}]}");
        epoch(script, "of nothing", "");
        epoch(
                script,
                "by one who knows a later",
                "{topic: '$asked', partitions: [{partition: 0, leaderEpoch: 0, currentLeaderEpoch: %d}]}"
                        .formatted(script.leaderEpoch() + 1));
        epoch(
                script,
                "by one who knows an earlier",
                "{topic: '$asked', partitions: [{partition: 0, leaderEpoch: 0, currentLeaderEpoch: %d}]}"
                        .formatted(script.leaderEpoch() - 1));
        epoch(
                script,
                "of one partition twice",
                "{topic: '$asked', partitions: [{partition: 0, leaderEpoch: 0}, {partition: 0, leaderEpoch: 0}]}");
    }

    private static void epoch(Script script, String what, String topics) throws IOException {
        script.everyVersion(
                "end of an epoch " + what,
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                "{replicaId_since_3: -1, topics: [%s]}".formatted(topics));
    }

    private static void deletions(Script script) throws IOException {
        delete(script, "of no topic", "{name: '$none', partitions: [{partitionIndex: 0, offset: 0}]}");
        delete(script, "of no partition", "{name: '$asked', partitions: [{partitionIndex: 9, offset: 0}]}");
        delete(script, "of a bad name", "{name: '$a b', partitions: [{partitionIndex: 0, offset: 0}]}");
        delete(
                script,
                "of the broker's own",
                "{name: '__consumer_offsets', partitions: [{partitionIndex: 0, offset: 0}]}");
        delete(script, "of a compacted topic", "{name: '$compacted', partitions: [{partitionIndex: 0, offset: 0}]}");
        delete(
                script,
                "of a compacted topic that deletes",
                "{name: '$both', partitions: [{partitionIndex: 0, offset: 0}]}");
        delete(script, "after the end", "{name: '$asked', partitions: [{partitionIndex: 0, offset: 5}]}");
        delete(script, "to the end", "{name: '$asked', partitions: [{partitionIndex: 0, offset: -1}]}");
        delete(script, "below none", "{name: '$asked', partitions: [{partitionIndex: 0, offset: -2}]}");
        delete(script, "of nothing", "");
        delete(script, "of no partitions", "{name: '$asked'}");
        delete(
                script,
                "of one partition twice",
                "{name: '$asked', partitions: [{partitionIndex: 0, offset: 0}, {partitionIndex: 0, offset: 9}]}");
        delete(
                script,
                "of two of which one is bad",
                "{name: '$asked', partitions: [{partitionIndex: 0, offset: 0}, {partitionIndex: 1, offset: 9}]}");
    }

    private static void delete(Script script, String what, String topics) throws IOException {
        script.everyVersion(
                "delete records " + what, ApiKeys.DELETE_RECORDS, "{topics: [%s], timeoutMs: 10000}".formatted(topics));
    }
}
