package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.Locale;
import org.apache.kafka.common.protocol.ApiKeys;

/// How a transaction may end: the tables of EndTxn before and since KIP-890, a producer that is fenced by its
/// successor, markers that an operator writes, topics that go in the middle.
final class TransactionEndScript {
    private static final String PARTITION = "{name: '$ended', partitions: [0]}";

    private final Script script;

    private TransactionEndScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        script.topic("ended", 2, "retention.ms=-1", Transactional.ONE_SEGMENT);
        Transactional.awaitCoordinator(script);
        var part = new TransactionEndScript(script);
        for (int version = 0; version <= 5; version++) {
            part.empty(version);
            part.ended(version, true);
            part.ended(version, false);
            part.fenced(version);
        }
        part.markers();
        part.producers();
        part.deletedTopic();
        script.note("what came of it, read", FetchScript.read(script, script.name("ended"), 0, 0));
    }

    private enum State {
        EMPTY,
        COMMITTED,
        ABORTED
    }

    /// Nothing has begun: with the first epoch, and with a later one, which has one before it.
    private void empty(int version) throws IOException {
        for (var commit : new boolean[] {true, false}) {
            tried("empty", version, State.EMPTY, commit, 0);
            tried("empty", version, State.EMPTY, commit, -1);
            tried("empty", version, State.EMPTY, commit, 1);
        }
    }

    private void ended(int version, boolean committed) throws IOException {
        var state = committed ? State.COMMITTED : State.ABORTED;
        for (var commit : new boolean[] {true, false}) {
            tried("over", version, state, commit, 0);
            tried("over", version, state, commit, -1);
            tried("over", version, state, commit, -2);
            tried("over", version, state, commit, 1);
        }
    }

    /// One end of a transaction that is in this state, with an epoch that is `ahead` of the coordinator's.
    private void tried(String what, int version, State state, boolean commit, int ahead) throws IOException {
        var name = "%s-%s-%b-%d-v%d".formatted(what, state.name().toLowerCase(Locale.ROOT), commit, ahead, version);
        var producer = new Transactional(script, name);
        producer.begin();
        producer.begin();
        if (state != State.EMPTY) {
            if (version < 5) {
                producer.add("add", 3, PARTITION);
                producer.produce("produce", 11, "ended", 0);
            } else {
                producer.produce("produce", 13, "ended", 0);
            }
            producer.end("end before", version, state == State.COMMITTED);
        }
        producer.restart(producer.producerId(), producer.epoch() + ahead);
        producer.end("end", version, commit);
        producer.describe("described");
    }

    /// A second instance comes while the first has a transaction open: it waits for its end, which is an abort.
    private void fenced(int version) throws IOException {
        var name = "fenced-" + version;
        var first = new Transactional(script, name);
        first.begin();
        first.add("add", 3, PARTITION);
        first.produce("produce", 11, "ended", 0);
        var second = new Transactional(script, name);
        script.call(
                name + ": init of the second",
                ApiKeys.INIT_PRODUCER_ID,
                version,
                "{transactionalId: '$%s', transactionTimeoutMs: 60000}".formatted(name));
        first.awaitEnd();
        first.describe("described after the second came");
        first.produce("produce of the first", 11, "ended", 0);
        first.produce("produce of the first, by the broker", 13, "ended", 0);
        first.add("add of the first", Math.min(version, 3), "{name: '$ended', partitions: [1]}");
        first.addOffsets("offsets of the first", Math.min(version, 4), "$of-fenced");
        first.commitOffsets(
                "commit offsets of the first",
                version,
                "$of-fenced",
                "{name: '$ended', partitions: [{committedOffset: 1}]}");
        first.end("end of the first", version, true);
        if (version >= 3) {
            script.call(
                    name + ": init of the first, again",
                    ApiKeys.INIT_PRODUCER_ID,
                    version,
                    "{transactionalId: '$%s', transactionTimeoutMs: 60000, producerId: %d, producerEpoch: %d}"
                            .formatted(name, first.producerId(), first.epoch()));
        }
        second.init(version);
        second.add("add of the second", 3, PARTITION);
        second.produce("produce of the second", 11, "ended", 0);
        first.produce("produce of the first, late", 11, "ended", 0);
        second.end("end of the second", Math.min(version, 4), true);
        second.describe("described at the end");
    }

    private void markers() throws IOException {
        mark(
                "for nobody",
                "producerId: 424242, producerEpoch: 0, transactionResult: false",
                "{name: '$ended', partitionIndexes: [1]}");
        mark(
                "in no partition",
                "producerId: 424242, producerEpoch: 0, transactionResult: false",
                "{name: '$ended', partitionIndexes: [9]}");
        mark(
                "in no topic",
                "producerId: 424242, producerEpoch: 0, transactionResult: false",
                "{name: '$none', partitionIndexes: [0]}");
        mark("in nothing", "producerId: 424242, producerEpoch: 0, transactionResult: true", "");
        mark(
                "in a good and a bad partition",
                "producerId: 424243, producerEpoch: 0, transactionResult: true",
                "{name: '$ended', partitionIndexes: [1, 9]}");
        script.everyVersion("write no markers", ApiKeys.WRITE_TXN_MARKERS, "{markers: []}");
        for (int version = 1; version <= 2; version++) {
            var producer = new Transactional(script, "hanging-" + version);
            producer.begin();
            producer.add("add", 3, "{name: '$ended', partitions: [1]}");
            producer.produce("produce", 11, "ended", 1);
            hanging(producer, version, producer.epoch() - 1, 5, 0, "of an epoch of before");
            hanging(producer, version, producer.epoch(), 5, 0, "of its epoch");
            producer.produce("produce after the marker", 11, "ended", 1);
            hanging(producer, version, producer.epoch(), 5, 0, "of its epoch again");
            hanging(producer, version, producer.epoch(), 3, 0, "of a coordinator of before");
            hanging(producer, version, producer.epoch() + 1, 6, 0, "of the next epoch");
            hanging(producer, version, producer.epoch() + 1, 6, 2, "of the next epoch by KIP-890");
            hanging(producer, version, producer.epoch() + 2, 6, 2, "of the epoch after by KIP-890");
            script.callOf(
                    "hanging-" + version + ": producers after all markers",
                    ApiKeys.DESCRIBE_PRODUCERS,
                    0,
                    "{topics: [{name: '$ended', partitionIndexes: [1]}]}",
                    "producerId",
                    Long.toString(producer.producerId()));
        }
        script.note("markers, read", FetchScript.read(script, script.name("ended"), 1, 0));
    }

    private void mark(String how, String marker, String topics) throws IOException {
        script.everyVersion(
                "write a marker " + how,
                ApiKeys.WRITE_TXN_MARKERS,
                "{markers: [{%s, coordinatorEpoch: 0, topics: [%s]}]}".formatted(marker, topics));
    }

    private void hanging(
            Transactional producer, int version, int epoch, int coordinator, int transactionVersion, String how)
            throws IOException {
        script.call(
                "write a marker " + how,
                ApiKeys.WRITE_TXN_MARKERS,
                version,
                ("{markers: [{producerId: %d, producerEpoch: %d, coordinatorEpoch: %d, transactionVersion_since_2: %d,"
                                + " topics: [{name: '$ended', partitionIndexes: [1]}]}]}")
                        .formatted(producer.producerId(), epoch, coordinator, transactionVersion));
    }

    private void producers() throws IOException {
        script.call(
                "producers of no topic",
                ApiKeys.DESCRIBE_PRODUCERS,
                0,
                "{topics: [{name: '$none', partitionIndexes: [0]}]}");
        script.call(
                "producers of no partition",
                ApiKeys.DESCRIBE_PRODUCERS,
                0,
                "{topics: [{name: '$ended', partitionIndexes: [9, -1]}]}");
        script.call(
                "producers of a bad name",
                ApiKeys.DESCRIBE_PRODUCERS,
                0,
                "{topics: [{name: '$a b', partitionIndexes: [0]}]}");
        script.call("producers of nothing", ApiKeys.DESCRIBE_PRODUCERS, 0, "{topics: []}");
        script.call(
                "producers of no partitions",
                ApiKeys.DESCRIBE_PRODUCERS,
                0,
                "{topics: [{name: '$ended', partitionIndexes: []}]}");
    }

    private void deletedTopic() throws IOException {
        script.topic("going", 1, Transactional.ONE_SEGMENT);
        var producer = new Transactional(script, "of-a-deleted-topic");
        producer.begin();
        producer.add("add", 3, "{name: '$going', partitions: [0]}, " + PARTITION);
        producer.produce("produce", 11, "going", 0);
        script.quietly(ApiKeys.DELETE_TOPICS, 6, "{topics: [{name: '$going'}], timeoutMs: 30000}");
        script.settle();
        producer.produce("produce after it went", 11, "going", 0);
        producer.end("end", 4, true);
        producer.describe("described");
    }
}
