package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// Offsets committed, fetched and deleted in every way, in every version.
final class CommitScript {
    private static final String TOPIC = "name_until_9: '$%1$s', topicId_since_10: '%2$s'";
    private static final String THERE = TOPIC.formatted("committed", "#committed");
    private static final String NOWHERE = TOPIC.formatted("none", "AAAAAAAAAAEAAAAAAAAAAg");

    private CommitScript() {}

    static void run(Script script) throws IOException {
        script.topic("committed", 3);
        commits(script);
        fetches(script);
        deletions(script);
    }

    private static void commits(Script script) throws IOException {
        commit(script, "in a group without a name", "groupId: ''", THERE, "{partitionIndex: 0, committedOffset: 1}");
        commit(
                script,
                "",
                "groupId: '$simple'",
                THERE,
                "{partitionIndex: 0, committedOffset: 1, committedMetadata: 'm'}");
        commit(
                script,
                "with an epoch",
                "groupId: '$simple'",
                THERE,
                "{partitionIndex: 1, committedOffset: 7, committedLeaderEpoch_since_6: 3}");
        commit(script, "below none", "groupId: '$simple'", THERE, "{partitionIndex: 2, committedOffset: -1}");
        commit(script, "in no partition", "groupId: '$simple'", THERE, "{partitionIndex: 9, committedOffset: 1}");
        commit(
                script,
                "in a partition below none",
                "groupId: '$simple'",
                THERE,
                "{partitionIndex: -1, committedOffset: 1}");
        commit(script, "in no topic", "groupId: '$simple'", NOWHERE, "{partitionIndex: 0, committedOffset: 1}");
        commit(
                script,
                "with much metadata",
                "groupId: '$simple'",
                THERE,
                "{partitionIndex: 0, committedOffset: 1, committedMetadata: '%s'}, {partitionIndex: 1, committedOffset: 8}"
                        .formatted("x".repeat(4097)));
        commit(
                script,
                "with null for metadata",
                "groupId: '$simple'",
                THERE,
                "{partitionIndex: 0, committedOffset: 1, committedMetadata: null}");
        commit(
                script,
                "in one partition twice",
                "groupId: '$simple'",
                THERE,
                "{partitionIndex: 0, committedOffset: 1}, {partitionIndex: 0, committedOffset: 2}");
        commit(script, "in no partitions", "groupId: '$simple'", THERE, "");
        commit(
                script,
                "as a member of no group",
                "groupId: '$none', memberId: 'nobody', generationIdOrMemberEpoch: 1",
                THERE,
                "{partitionIndex: 0, committedOffset: 1}");
        commit(
                script,
                "as a member of nobody's group",
                "groupId: '$simple', memberId: 'nobody', generationIdOrMemberEpoch: 1",
                THERE,
                "{partitionIndex: 0, committedOffset: 1}");
        commit(
                script,
                "of a generation without a member",
                "groupId: '$simple', generationIdOrMemberEpoch: 1",
                THERE,
                "{partitionIndex: 0, committedOffset: 1}");
        commit(
                script,
                "of a member without a generation",
                "groupId: '$simple', memberId: 'nobody'",
                THERE,
                "{partitionIndex: 0, committedOffset: 1}");
        script.versions(
                "commit of an instance nobody knows",
                ApiKeys.OFFSET_COMMIT,
                7,
                10,
                "{groupId: '$simple', memberId: 'nobody', groupInstanceId: 'i', generationIdOrMemberEpoch: 1, topics: [{%s, partitions: [{partitionIndex: 0, committedOffset: 1}]}]}"
                        .formatted(THERE));
        script.versions(
                "commit for a time",
                ApiKeys.OFFSET_COMMIT,
                2,
                4,
                "{groupId: '$simple', retentionTimeMs: 1000000, topics: [{%s, partitions: [{partitionIndex: 0, committedOffset: 1}]}]}"
                        .formatted(THERE));
        script.everyVersion("commit nothing", ApiKeys.OFFSET_COMMIT, "{groupId: '$simple', topics: []}");
        script.everyVersion(
                "commit in a good and a bad topic",
                ApiKeys.OFFSET_COMMIT,
                "{groupId: '$simple', topics: [{%s, partitions: [{partitionIndex: 0, committedOffset: 4}]}, {%s, partitions: [{partitionIndex: 0, committedOffset: 4}]}]}"
                        .formatted(THERE, NOWHERE));
    }

    private static void commit(Script script, String how, String who, String topic, String partitions)
            throws IOException {
        script.everyVersion(
                "commit " + how,
                ApiKeys.OFFSET_COMMIT,
                "{%s, topics: [{%s, partitions: [%s]}]}".formatted(who, topic, partitions));
    }

    private static void fetches(Script script) throws IOException {
        fetch(script, "of the group", "$simple", "{%s, partitionIndexes: [0, 1, 2]}".formatted(THERE));
        fetch(script, "of no partition", "$simple", "{%s, partitionIndexes: [9]}".formatted(THERE));
        fetch(script, "of a partition below none", "$simple", "{%s, partitionIndexes: [-1]}".formatted(THERE));
        fetch(script, "of no topic", "$simple", "{%s, partitionIndexes: [0]}".formatted(NOWHERE));
        fetch(script, "of no partitions", "$simple", "{%s, partitionIndexes: []}".formatted(THERE));
        fetch(script, "of nothing", "$simple", "");
        fetch(script, "of no group", "$none", "{%s, partitionIndexes: [0]}".formatted(THERE));
        fetch(script, "of a group without a name", "", "{%s, partitionIndexes: [0]}".formatted(THERE));
        fetch(script, "of one partition twice", "$simple", "{%s, partitionIndexes: [0, 0]}".formatted(THERE));
        script.versions(
                "offsets, all",
                ApiKeys.OFFSET_FETCH,
                2,
                10,
                "{groupId_until_7: '$simple', topics_until_7: null, groups_since_8: [{groupId: '$simple', topics: null}]}");
        script.versions(
                "offsets, all of no group",
                ApiKeys.OFFSET_FETCH,
                2,
                10,
                "{groupId_until_7: '$none', topics_until_7: null, groups_since_8: [{groupId: '$none', topics: null}]}");
        script.versions(
                "offsets that are stable",
                ApiKeys.OFFSET_FETCH,
                7,
                10,
                "{requireStable: true, groupId_until_7: '$simple', topics_until_7: null, groups_since_8: [{groupId: '$simple', topics: null}]}");
        script.versions(
                "offsets of several groups",
                ApiKeys.OFFSET_FETCH,
                8,
                10,
                "{groups: [{groupId: '$simple', topics: null}, {groupId: '$none', topics: null}, {groupId: '', topics: []}]}");
        script.versions("offsets of no groups", ApiKeys.OFFSET_FETCH, 8, 10, "{groups: []}");
        script.versions(
                "offsets of one group twice",
                ApiKeys.OFFSET_FETCH,
                8,
                10,
                "{groups: [{groupId: '$none', topics: null}, {groupId: '$none', topics: null}]}");
        script.versions(
                "offsets for a member nobody knows",
                ApiKeys.OFFSET_FETCH,
                9,
                10,
                "{groups: [{groupId: '$simple', memberId: 'nobody', memberEpoch: 3, topics: null}]}");
        script.versions(
                "offsets for a member of no group",
                ApiKeys.OFFSET_FETCH,
                9,
                10,
                "{groups: [{groupId: '$none', memberId: 'nobody', memberEpoch: 3, topics: null}]}");
    }

    private static void fetch(Script script, String what, String group, String topics) throws IOException {
        script.everyVersion(
                "offsets " + what,
                ApiKeys.OFFSET_FETCH,
                "{groupId_until_7: '%1$s', topics_until_7: [%2$s], groups_since_8: [{groupId: '%1$s', topics: [%3$s]}]}"
                        .formatted(
                                group,
                                topics.replace("name_until_9", "name").replaceAll("topicId_since_10: '[^']*', ", ""),
                                topics));
    }

    private static void deletions(Script script) throws IOException {
        delete(script, "of a group without a name", "", "{name: '$committed', partitions: [{partitionIndex: 0}]}");
        delete(script, "of no group", "$none", "{name: '$committed', partitions: [{partitionIndex: 0}]}");
        delete(script, "of no topic", "$simple", "{name: '$none', partitions: [{partitionIndex: 0}]}");
        delete(script, "of no partition", "$simple", "{name: '$committed', partitions: [{partitionIndex: 9}]}");
        delete(script, "of nothing", "$simple", "");
        delete(script, "of no partitions", "$simple", "{name: '$committed'}");
        delete(
                script,
                "of a good and a bad topic",
                "$simple",
                "{name: '$committed', partitions: [{partitionIndex: 0}]}, {name: '$none', partitions: [{partitionIndex: 0}]}");
        script.call(
                "offsets after they were deleted",
                ApiKeys.OFFSET_FETCH,
                10,
                "{groups: [{groupId: '$simple', topics: null}]}");
        script.everyVersion("delete the group with offsets", ApiKeys.DELETE_GROUPS, "{groupsNames: ['$simple']}");
    }

    private static void delete(Script script, String what, String group, String topics) throws IOException {
        script.call(
                "delete offsets " + what,
                ApiKeys.OFFSET_DELETE,
                0,
                "{groupId: '%s', topics: [%s]}".formatted(group, topics));
    }
}
