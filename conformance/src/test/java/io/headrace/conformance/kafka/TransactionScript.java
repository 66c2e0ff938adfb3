package io.headrace.conformance.kafka;

import java.io.IOException;
import org.apache.kafka.common.protocol.ApiKeys;

/// Transactions that go as they should, in every version of each request, by clients that add partitions themselves
/// (transaction version 1) and by those that leave it to the broker (KIP-890, version 2); what readers see meanwhile.
final class TransactionScript {
    private static final String BOTH = "{name: '$written', partitions: [0, 1]}";
    private static final String OFFSETS =
            "{name: '$written', partitions: [{partitionIndex: 0, committedOffset: %d, committedMetadata: 'm'}]}";

    private final Script script;

    private TransactionScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        script.topic("written", 2, "retention.ms=-1", Transactional.ONE_SEGMENT);
        Transactional.awaitCoordinator(script);
        var part = new TransactionScript(script);
        part.inits();
        for (int step = 0; step <= 8; step++) {
            part.partitionsAdded(step, step % 2 == 0);
        }
        for (int version = 12; version <= 13; version++) {
            part.partitionsNotAdded("implicit-commit-" + version, version, true);
            part.partitionsNotAdded("implicit-abort-" + version, version, false);
        }
        part.readers();
        part.pendingOffsets();
        part.lists();
        part.coordinators();
    }

    private void inits() throws IOException {
        for (int version = 0; version <= 5; version++) {
            var producer = new Transactional(script, "init-" + version);
            producer.init(version);
            var again = "again, ";
            script.versions(
                    again + "after init of version " + version,
                    ApiKeys.INIT_PRODUCER_ID,
                    0,
                    5,
                    "{transactionalId: '$init-%d', transactionTimeoutMs: 60000}".formatted(version));
            producer.describe("described");
        }
    }

    /// One transaction, with the oldest versions in the first step and newer ones in each that follows.
    private void partitionsAdded(int step, boolean commit) throws IOException {
        var group = "$group-" + step;
        var producer = new Transactional(script, "added-" + step);
        int add = Math.min(step, 3);
        int offsets = Math.min(step, 4);
        producer.init(Math.min(step, 5));
        producer.describe("described before");
        producer.add("add", add, BOTH);
        producer.add("add again", add, BOTH);
        producer.produce("produce", 3 + step, "written", 0);
        producer.produce("produce more", 3 + step, "written", 0);
        producer.produce("produce to the other", 3 + step, "written", 1, 0, "added-" + step);
        producer.describe("described in the middle");
        producers(producer, "added-" + step + ": producers in the middle");
        producer.addOffsets("add offsets", offsets, group);
        producer.commitOffsets("commit offsets", offsets, group, OFFSETS.formatted(step));
        producer.end("end", offsets, commit);
        producer.describe("described after");
        producer.end("end again", offsets, commit);
        producer.end("end the other way", offsets, !commit);
        producers(producer, "added-" + step + ": producers after");
        offsets("added-" + step + ": offsets after", group);
        read("added-" + step);
    }

    private void producers(Transactional producer, String call) throws IOException {
        script.callOf(
                call,
                ApiKeys.DESCRIBE_PRODUCERS,
                0,
                "{topics: [{name: '$written', partitionIndexes: [0, 1]}]}",
                "producerId",
                Long.toString(producer.producerId()));
    }

    private void offsets(String call, String group) throws IOException {
        script.call(call, ApiKeys.OFFSET_FETCH, 9, "{groups: [{groupId: '%s', topics: null}]}".formatted(group));
    }

    private void read(String name) throws IOException {
        for (int partition = 0; partition < 2; partition++) {
            script.note(name + ": read " + partition, FetchScript.read(script, script.name("written"), partition, 0));
            script.call(
                    name + ": read as committed " + partition,
                    ApiKeys.FETCH,
                    12,
                    "{isolationLevel: 1, sessionEpoch: -1, topics: [{topic: '$written', partitions: [{partition: %d, partitionMaxBytes: 99999}]}]}"
                            .formatted(partition));
        }
    }

    /// Three transactions, each with the epoch that the end of the one before has given.
    private void partitionsNotAdded(String name, int version, boolean commit) throws IOException {
        var producer = new Transactional(script, name);
        producer.init(5);
        for (int time = 1; time <= 3; time++) {
            producer.produce("produce, time " + time, version, "written", 0);
            producer.describe("described after one, time " + time);
            producer.produce("produce more, time " + time, version, "written", 0);
            producer.produce("produce to the other, time " + time, version, "written", 1, 0, name);
            producer.commitOffsets("commit offsets, time " + time, 5, "$of-" + name, OFFSETS.formatted(time));
            producer.describe("described in the middle, time " + time);
            producers(producer, name + ": producers in the middle, time " + time);
            producer.end("end, time " + time, 5, commit);
            producer.describe("described after, time " + time);
            producers(producer, name + ": producers after, time " + time);
            offsets(name + ": offsets after, time " + time, "$of-" + name);
        }
        producer.end("end of nothing", 5, commit);
        read(name);
    }

    /// Those who read what is committed stop at the first transaction that is open.
    private void readers() throws IOException {
        script.topic("seen", 1, "retention.ms=-1", Transactional.ONE_SEGMENT);
        var first = new Transactional(script, "reader-first");
        var second = new Transactional(script, "reader-second");
        first.begin();
        second.begin();
        first.add("add", 3, "{name: '$seen', partitions: [0]}");
        second.add("add", 3, "{name: '$seen', partitions: [0]}");
        first.produce("produce", 11, "seen", 0);
        second.produce("produce", 11, "seen", 0);
        seen("both open");
        second.end("end", 4, true);
        seen("second over");
        first.end("end", 4, false);
        seen("both over");
        second.add("add again", 3, "{name: '$seen', partitions: [0]}");
        second.produce("produce again", 11, "seen", 0);
        seen("second open again");
        second.end("end again", 4, false);
        seen("second over again");
    }

    private void seen(String when) throws IOException {
        for (int isolation = 0; isolation <= 1; isolation++) {
            var how = isolation == 1 ? " as committed, " : ", ";
            for (int version = 4; version <= 18; version++) {
                script.call(
                        "fetch" + how + when,
                        ApiKeys.FETCH,
                        version,
                        ("{isolationLevel: %d, sessionEpoch_since_7: -1, topics: [{topic_until_12: '$seen', topicId_since_13: '#seen',"
                                        + " partitions: [{partition: 0, partitionMaxBytes: 99999}]}]}")
                                .formatted(isolation));
            }
            for (int time = -1; time >= -3; time--) {
                script.versions(
                        "offset at time " + time + how + when,
                        ApiKeys.LIST_OFFSETS,
                        2,
                        11,
                        "{replicaId: -1, isolationLevel: %d, topics: [{name: '$seen', partitions: [{timestamp: %d}]}]}"
                                .formatted(isolation, time));
            }
        }
        script.call(
                "fetch from the middle as committed, " + when,
                ApiKeys.FETCH,
                18,
                "{isolationLevel: 1, sessionEpoch: -1, topics: [{topicId: '#seen', partitions: [{partition: 0, fetchOffset: 2, partitionMaxBytes: 99999}]}]}");
    }

    /// Offsets that are committed in a transaction that is open are told as unstable to those who ask for stable ones.
    private void pendingOffsets() throws IOException {
        var producer = new Transactional(script, "pending");
        producer.begin();
        script.quietly(
                ApiKeys.OFFSET_COMMIT,
                9,
                "{groupId: '$pending', topics: [{name: '$written', partitions: [{partitionIndex: 0, committedOffset: 1}]}]}");
        producer.addOffsets("add offsets", 4, "$pending");
        producer.commitOffsets("commit offsets", 4, "$pending", OFFSETS.formatted(2));
        pending("while they are pending");
        script.call(
                "a plain commit over a pending one",
                ApiKeys.OFFSET_COMMIT,
                9,
                "{groupId: '$pending', topics: [{name: '$written', partitions: [{partitionIndex: 0, committedOffset: 3}]}]}");
        pending("after a plain commit");
        script.call(
                "delete pending offsets",
                ApiKeys.OFFSET_DELETE,
                0,
                "{groupId: '$pending', topics: [{name: '$written', partitions: [{partitionIndex: 1}]}]}");
        producer.end("end", 4, true);
        pending("after the end");
        producer.addOffsets("add offsets again", 4, "$pending");
        producer.commitOffsets("commit offsets again", 4, "$pending", OFFSETS.formatted(7));
        producer.end("end again", 4, false);
        pending("after they were aborted");
    }

    private void pending(String when) throws IOException {
        for (var stable : new String[] {"true", "false"}) {
            script.versions(
                    "offsets, stable " + stable + ", " + when,
                    ApiKeys.OFFSET_FETCH,
                    7,
                    9,
                    ("{requireStable: %s, groupId_until_7: '$pending', topics_until_7: [{name: '$written', partitionIndexes: [0, 1]}],"
                                    + " groups_since_8: [{groupId: '$pending', topics: [{name: '$written', partitionIndexes: [0, 1]}]}]}")
                            .formatted(stable));
        }
    }

    private void lists() throws IOException {
        var open = new Transactional(script, "listed");
        open.begin();
        open.add("add", 3, BOTH);
        for (var request : new String[] {
            "{}",
            "{stateFilters: ['Ongoing']}",
            "{stateFilters: ['CompleteCommit', 'Strange']}",
            "{stateFilters: ['ongoing']}",
            "{producerIdFilters: [%d]}".formatted(open.producerId()),
            "{producerIdFilters: [-7]}",
            "{durationFilter_since_1: 1000000}",
            "{durationFilter_since_1: 0}",
            "{transactionalIdPattern_since_2: '.*listed'}",
            "{transactionalIdPattern_since_2: ''}",
            "{transactionalIdPattern_since_2: '('}"
        }) {
            var named = request.replace(Long.toString(open.producerId()), "its own");
            for (int version = 0; version <= 2; version++) {
                script.callForOwn("list transactions " + named, ApiKeys.LIST_TRANSACTIONS, version, request);
            }
        }
        script.call(
                "describe transactions",
                ApiKeys.DESCRIBE_TRANSACTIONS,
                0,
                "{transactionalIds: ['$listed', '$none', '', '$listed']}");
        script.call("describe no transactions", ApiKeys.DESCRIBE_TRANSACTIONS, 0, "{transactionalIds: []}");
        open.end("end", 4, false);
    }

    private void coordinators() throws IOException {
        script.versions(
                "coordinator of a transaction",
                ApiKeys.FIND_COORDINATOR,
                1,
                6,
                "{keyType: 1, key_until_3: '$t', coordinatorKeys_since_4: ['$t', '']}");
        script.versions(
                "coordinator of a transaction without a name", ApiKeys.FIND_COORDINATOR, 1, 3, "{keyType: 1, key: ''}");
    }
}
