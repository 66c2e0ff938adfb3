package io.headrace.conformance.kafka;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.Utils;

/// What is refused of transactions, in every version of each request.
final class TransactionErrorScript {
    private static final String WHO = "transactionalId: '%s', producerId: %d, producerEpoch: %d";
    private static final String OFFSETS =
            "topics: [{name: '$there', partitions: [{partitionIndex: 0, committedOffset: 1}]}]";

    private static final int OFFSETS_PARTITIONS = 50; // offsets.topic.num.partitions

    private final Script script;

    private TransactionErrorScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        script.topic("there", 3, "retention.ms=-1", Transactional.ONE_SEGMENT);
        Transactional.awaitCoordinator(script);
        var part = new TransactionErrorScript(script);
        part.inits();
        part.strangers();
        part.partitions();
        part.verifications();
        part.batchesAsBefore();
        part.batches();
        part.members();
        part.frames();
    }

    private void inits() throws IOException {
        init("without a name", "transactionalId: '', transactionTimeoutMs: 1000");
        init("without a time", "transactionalId: '$timed', transactionTimeoutMs: 0");
        init("with a time below none", "transactionalId: '$timed', transactionTimeoutMs: -1");
        init("with the longest time", "transactionalId: '$timed-long', transactionTimeoutMs: 900000");
        init("with a time too long", "transactionalId: '$timed', transactionTimeoutMs: 900001");
        init("of nobody without a time", "transactionalId: null, transactionTimeoutMs: 0");
        resume("of nobody with an id", "transactionalId: null, producerId: 5, producerEpoch: 0");
        resume("with an id alone", "transactionalId: '$resumed', producerId: 5, producerEpoch: -1");
        resume("with an epoch alone", "transactionalId: '$resumed', producerId: -1, producerEpoch: 5");
        resume("with an id of nobody", "transactionalId: '$resumed-new', producerId: 5, producerEpoch: 0");
        for (int version = 3; version <= 5; version++) {
            var name = "resumed-" + version;
            var producer = new Transactional(script, name);
            producer.begin();
            resumed(producer, name, version, 0, "its own id and epoch");
            resumed(producer, name, version, 0, "the epoch before");
            resumed(producer, name, version, 1, "the epoch that it got");
            resumed(producer, name, version, 0, "an epoch of long ago");
            resumed(producer, name, version, 9, "an epoch too great");
        }
    }

    private void init(String how, String request) throws IOException {
        script.versions("init " + how, ApiKeys.INIT_PRODUCER_ID, 0, 5, "{" + request + "}");
    }

    private void resume(String how, String request) throws IOException {
        script.versions("init " + how, ApiKeys.INIT_PRODUCER_ID, 3, 5, "{transactionTimeoutMs: 1000, " + request + "}");
    }

    private void resumed(Transactional producer, String name, int version, int epoch, String how) throws IOException {
        script.call(
                "init with " + how,
                ApiKeys.INIT_PRODUCER_ID,
                version,
                "{transactionalId: '$%s', transactionTimeoutMs: 1000, producerId: %d, producerEpoch: %d}"
                        .formatted(name, producer.producerId(), epoch));
    }

    /// Every request by one who is not who he says.
    private void strangers() throws IOException {
        var producer = new Transactional(script, "known");
        producer.begin();
        producer.begin();
        producer.add("add, so that there is something to end", 3, "{name: '$there', partitions: [0]}");
        stranger("without a name", "", producer.producerId(), producer.epoch());
        stranger("of an id nobody knows", "$unknown", producer.producerId(), producer.epoch());
        stranger("of another id", "$known", producer.producerId() + 1_000_000, producer.epoch());
        stranger("of an epoch before", "$known", producer.producerId(), producer.epoch() - 1);
        stranger("of an epoch to come", "$known", producer.producerId(), producer.epoch() + 1);
        stranger("of an epoch below none", "$known", producer.producerId(), -1);
        producer.end("end", 4, false);
    }

    private void stranger(String how, String name, long producerId, int epoch) throws IOException {
        var who = WHO.formatted(name, producerId, epoch);
        for (int version = 0; version <= 5; version++) {
            script.call(
                    "add partitions " + how,
                    ApiKeys.ADD_PARTITIONS_TO_TXN,
                    version,
                    version < 4
                            ? "{v3AndBelowTransactionalId: '%s', v3AndBelowProducerId: %d, v3AndBelowProducerEpoch: %d, v3AndBelowTopics: [{name: '$there', partitions: [1]}]}"
                                    .formatted(name, producerId, epoch)
                            : "{transactions: [{%s, topics: [{name: '$there', partitions: [1]}]}]}".formatted(who));
        }
        script.everyVersion("add offsets " + how, ApiKeys.ADD_OFFSETS_TO_TXN, "{%s, groupId: '$g'}".formatted(who));
        script.versions(
                "commit offsets " + how,
                ApiKeys.TXN_OFFSET_COMMIT,
                0,
                5,
                "{%s, groupId: '$g', %s}".formatted(who, OFFSETS));
        for (var committed : new String[] {"true", "false"}) {
            script.versions(
                    "end " + how + ", committed " + committed,
                    ApiKeys.END_TXN,
                    0,
                    5,
                    "{%s, committed: %s}".formatted(who, committed));
        }
    }

    private void partitions() throws IOException {
        var producer = new Transactional(script, "adding");
        producer.begin();
        for (int version = 0; version <= 5; version++) {
            producer.add("add no topic", version, "{name: '$none', partitions: [0]}");
            producer.add("add no partition", version, "{name: '$there', partitions: [9]}");
            producer.add("add a partition below none", version, "{name: '$there', partitions: [-1]}");
            producer.add("add nothing", version, "");
            producer.add("add no partitions", version, "{name: '$there', partitions: []}");
            producer.add("add a bad name", version, "{name: '$a b', partitions: [0]}");
            producer.add(
                    "add good ones and a bad one",
                    version,
                    "{name: '$there', partitions: [0, 9]}, {name: '$none', partitions: [0]}");
            producer.add("add of the broker's own", version, "{name: '__transaction_state', partitions: [0]}");
        }
        producer.describe("described");
        var never = besideNoGroup("never");
        var group = besideNoGroup("g");
        for (int version = 0; version <= 4; version++) {
            producer.addOffsets("add offsets without a group", version, "");
            producer.commitOffsets(
                    "commit offsets without a group",
                    version,
                    "",
                    "{name: '$there', partitions: [{committedOffset: 1}]}");
            producer.commitOffsets(
                    "commit offsets that were not added",
                    version,
                    never,
                    "{name: '$there', partitions: [{committedOffset: 1}]}");
            producer.commitOffsets(
                    "commit offsets of no topic",
                    version,
                    group,
                    "{name: '$none', partitions: [{committedOffset: 1}]}");
            producer.commitOffsets(
                    "commit offsets of no partition",
                    version,
                    group,
                    "{name: '$there', partitions: [{partitionIndex: 9, committedOffset: 1}]}");
            producer.commitOffsets(
                    "commit offsets with much metadata",
                    version,
                    group,
                    "{name: '$there', partitions: [{committedOffset: 1, committedMetadata: '%s'}]}"
                            .formatted("x".repeat(4097)));
            producer.commitOffsets("commit no offsets", version, group, "");
        }
        producer.describe("described after");
        producer.end("end", 4, false);
    }

    /// A group whose offsets are in another partition than those of the group without a name. A transaction takes in
    /// partitions, not groups: one beside that group would be in it without having been added. Of the names that no
    /// other run has, one in fifty is there.
    private String besideNoGroup(String what) {
        int taken = offsetsPartition("");
        return IntStream.range(0, OFFSETS_PARTITIONS)
                .mapToObj(i -> script.name(what + i))
                .filter(group -> offsetsPartition(group) != taken)
                .findFirst()
                .orElseThrow();
    }

    private static int offsetsPartition(String group) {
        return Utils.abs(group.hashCode()) % OFFSETS_PARTITIONS;
    }

    /// Brokers ask each other whether a partition is in a transaction.
    private void verifications() throws IOException {
        var producer = new Transactional(script, "verified");
        producer.begin();
        verify(producer, "before it has begun");
        producer.add("add", 3, "{name: '$there', partitions: [0]}");
        verify(producer, "when one is in it");
        producer.end("end", 4, true);
        verify(producer, "when it is over");
    }

    private void verify(Transactional producer, String when) throws IOException {
        script.versions(
                "verify partitions " + when,
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                4,
                5,
                "{transactions: [{%s, verifyOnly: true, topics: [{name: '$there', partitions: [0, 1]}]}]}"
                        .formatted(WHO.formatted("$verified", producer.producerId(), producer.epoch())));
        script.versions(
                "verify and add, two transactions, " + when,
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                4,
                5,
                "{transactions: [{%s, verifyOnly: true, topics: [{name: '$there', partitions: [0]}]}, {%s, topics: [{name: '$there', partitions: [2]}]}]}"
                        .formatted(
                                WHO.formatted("$verified", producer.producerId(), producer.epoch()),
                                WHO.formatted("$unknown", producer.producerId(), producer.epoch())));
    }

    /// By clients that add partitions themselves.
    private void batchesAsBefore() throws IOException {
        for (int version = 3; version <= 11; version++) {
            var name = "before-" + version;
            var producer = new Transactional(script, name);
            producer.begin();
            producer.produce("produce what was not added", version, "there", 0);
            producer.add("add", 3, "{name: '$there', partitions: [0]}");
            refused(producer, name, version);
            producer.end("end", 4, true);
            producer.produce("produce after the end", version, "there", 0);
        }
    }

    /// By clients that leave it to the broker.
    private void batches() throws IOException {
        for (int version = 12; version <= 13; version++) {
            var name = "after-" + version;
            var producer = new Transactional(script, name);
            producer.begin();
            producer.produce("produce to no partition", version, "there", 9);
            producer.produce("produce in the middle of a sequence", version, "there", 0, 5, name);
            refused(producer, name, version);
            producer.end("end", 5, true);
            refused(producer, name + ", next", version);
            producer.end("end the next", 5, false);
        }
    }

    private void refused(Transactional producer, String name, int version) throws IOException {
        var id = name.replace(", next", "");
        producer.produce(name + ": produce", version, "there", 0);
        producer.produce(name + ": produce after a gap", version, "there", 0, 9, id);
        producer.produce(name + ": produce again", version, "there", 0, 0, id);
        producer.produce(name + ": produce without the id", version, "there", 0, 2, null);
        producer.produce(name + ": produce with an id nobody knows", version, "there", 1, 0, "unknown");
        long producerId = producer.producerId();
        int epoch = producer.epoch();
        producer.restart(producerId, epoch + 1);
        producer.produce(name + ": produce with an epoch to come", version, "there", 2, 0, id);
        if (epoch > 0) {
            producer.restart(producerId, epoch - 1);
            producer.produce(name + ": produce with an epoch of before", version, "there", 0, 0, id);
        }
        producer.restart(producerId + 1_000_000, epoch);
        producer.produce(name + ": produce with another's producer id", version, "there", 2, 0, id);
        producer.restart(producerId, epoch);
        var plain = script.batches().idempotent(name + ": no transaction v" + version, producerId, epoch, 2, 1);
        var data = new TopicProduceData().setPartitionData(List.of(ProduceScript.partition(0, plain)));
        script.call(
                name + ": produce outside of the transaction",
                ApiKeys.PRODUCE,
                version,
                ProduceScript.request(
                        (short) -1,
                        version >= 13 ? data.setTopicId(script.topicId("there")) : data.setName(script.name("there"))));
    }

    private void members() throws IOException {
        var producer = new Transactional(script, "member");
        producer.begin();
        producer.addOffsets("add offsets", 4, "$members");
        var who = WHO.formatted("$member", producer.producerId(), producer.epoch());
        script.versions(
                "commit offsets as a member nobody knows",
                ApiKeys.TXN_OFFSET_COMMIT,
                3,
                5,
                "{%s, groupId: '$members', memberId: 'nobody', generationId: 1, %s}".formatted(who, OFFSETS));
        script.versions(
                "commit offsets of a generation nobody knows",
                ApiKeys.TXN_OFFSET_COMMIT,
                3,
                5,
                "{%s, groupId: '$members', generationId: 3, %s}".formatted(who, OFFSETS));
        script.versions(
                "commit offsets as an instance nobody knows",
                ApiKeys.TXN_OFFSET_COMMIT,
                3,
                5,
                "{%s, groupId: '$members', memberId: 'nobody', groupInstanceId: 'i', generationId: 1, %s}"
                        .formatted(who, OFFSETS));
        producer.end("end", 4, true);
    }

    private void frames() throws IOException {
        var who = WHO.formatted("$none", 1, 0);
        FrameScript.check(script, ApiKeys.END_TXN, "{%s}".formatted(who));
        FrameScript.check(script, ApiKeys.ADD_OFFSETS_TO_TXN, "{%s, groupId: '$none'}".formatted(who));
        FrameScript.check(script, ApiKeys.TXN_OFFSET_COMMIT, "{%s, groupId: '$none'}".formatted(who));
        FrameScript.check(script, ApiKeys.DESCRIBE_TRANSACTIONS, "{transactionalIds: ['$none']}");
        FrameScript.check(script, ApiKeys.LIST_TRANSACTIONS, "{producerIdFilters: [-5]}");
        FrameScript.check(script, ApiKeys.DESCRIBE_PRODUCERS, "{topics: [{name: '$none', partitionIndexes: [0]}]}");
        FrameScript.check(
                script,
                ApiKeys.WRITE_TXN_MARKERS,
                "{markers: [{producerId: 1, topics: [{name: '$none', partitionIndexes: [0]}]}]}");
        FrameScript.check(
                script,
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                "{v3AndBelowTransactionalId_until_3: '$none', transactions_since_4: [{%s}]}".formatted(who));
    }
}
