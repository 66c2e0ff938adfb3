package io.headrace.conformance.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Transactions of both versions from their beginning to their end, and every way to leave it.
final class TransactionScript {
    private static final String TOPIC = "transactional";
    private static final int TIMEOUT = 60_000;

    private final Script script;
    private String id;
    private long producerId;
    private int epoch;
    private int sequence;

    private TransactionScript(Script script) {
        this.script = script;
    }

    static void run(Script script) throws IOException {
        script.topic(TOPIC, 2, "retention.ms=-1");
        var transactions = new TransactionScript(script);
        transactions.awaitCoordinator();
        transactions.begin();
        transactions.oldClients();
        transactions.newClients();
        transactions.produceErrors();
        transactions.offsets();
        transactions.operators();
    }

    private void awaitCoordinator() {
        id = script.name("first");
        await().pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    script.wire()
                            .call(
                                    ApiKeys.FIND_COORDINATOR,
                                    4,
                                    new FindCoordinatorRequestData()
                                            .setKeyType((byte) 1)
                                            .setCoordinatorKeys(List.of(id)));
                    return initialized(init()).errorCode() == 0;
                });
    }

    private void begin() throws IOException {
        script.everyVersion(
                "init of nobody's id",
                ApiKeys.INIT_PRODUCER_ID,
                0,
                5,
                version -> init().setTransactionalId(script.name("v" + version)));
        script.call("init without a name", ApiKeys.INIT_PRODUCER_ID, 5, init().setTransactionalId(""));
        for (int timeout : new int[] {0, -1, 900_000, 900_001}) {
            script.call(
                    "init with timeout " + timeout,
                    ApiKeys.INIT_PRODUCER_ID,
                    5,
                    init().setTransactionTimeoutMs(timeout));
        }
        script.call("init with half a producer", ApiKeys.INIT_PRODUCER_ID, 5, init().setProducerId(5));
        script.call("init with the other half", ApiKeys.INIT_PRODUCER_ID, 5, init().setProducerEpoch((short) 5));
        fresh("goes on");
        goOn("init again", 0);
        goOn("init again, the answer lost", 0);
        goOn("init again, the next", 1);
        goOn("init again, of long ago", 0);
        goOn("init again, of the future", 9);
        script.everyVersion(
                "init fenced",
                ApiKeys.INIT_PRODUCER_ID,
                3,
                5,
                _ -> init().setProducerId(producerId).setProducerEpoch((short) 0));
    }

    private void goOn(String name, int wasEpoch) throws IOException {
        script.call(
                name,
                ApiKeys.INIT_PRODUCER_ID,
                5,
                init().setProducerId(producerId).setProducerEpoch((short) wasEpoch));
    }

    /// Of the first version.
    private void oldClients() throws IOException {
        fresh("old");
        end("commit of nothing", 4, true);
        end("abort of nothing", 4, false);
        for (int version = 0; version <= 3; version++) {
            add("add", version, 0);
            add("add again", version, 0);
            add("add what is not there", version, 0, 7);
            produce("in the transaction of add " + version, 9, 0);
            end("end", version, version % 2 == 0);
            settle();
            end("end again", version, version % 2 == 0);
            end("end the other way", version, version % 2 != 0);
        }
        for (int version = 0; version <= 3; version++) {
            epoch += 5;
            add("add fenced", version, 0);
            end("end fenced", version, true);
            epoch -= 5;
            producerId++;
            add("add of another", version, 0);
            end("end of another", version, true);
            producerId--;
        }
        var known = id;
        id = script.name("unknown");
        add("add to an unknown id", 3, 0);
        end("end of an unknown id", 4, true);
        id = known;
        add("add before a new life", 3, 1);
        produce("before a new life", 9, 1);
        script.call("init over an open transaction", ApiKeys.INIT_PRODUCER_ID, 5, init());
        settle();
        add("add of the life before", 3, 1);
        end("end of the life before", 4, true);
        produce("of the life before", 9, 1);
        describe("the id after a fence");
        script.call("init after the abort", ApiKeys.INIT_PRODUCER_ID, 5, init());
        between();
    }

    private void between() throws IOException {
        var request = new AddPartitionsToTxnRequestData();
        request.transactions()
                .add(new AddPartitionsToTxnTransaction()
                        .setTransactionalId(id)
                        .setProducerId(producerId)
                        .setProducerEpoch((short) epoch)
                        .setVerifyOnly(true)
                        .setTopics(topics(0)));
        script.call("verify between brokers", ApiKeys.ADD_PARTITIONS_TO_TXN, 5, request);
    }

    /// Of the second version.
    private void newClients() throws IOException {
        fresh("new");
        end("new commit of nothing", 5, true);
        end("new abort of nothing", 5, false);
        settle();
        end("new abort of nothing, again", 5, false);
        epoch++;
        for (boolean commit : new boolean[] {true, false}) {
            produce("adds its partition " + commit, 12, 0);
            produce("in it " + commit, 12, 0);
            describe("the open transaction " + commit);
            epoch--;
            end("new end with the epoch before " + commit, 5, commit);
            epoch++;
            end("new end " + commit, 5, commit);
            settle();
            end("new end, again " + commit, 5, commit);
            end("new end, the other way " + commit, 5, !commit);
            describe("the ended transaction " + commit);
            produce("with the epoch before " + commit, 12, 0);
            epoch++;
            sequence = 0;
            end("new commit after " + commit, 5, true);
        }
        end("new end of an unknown producer", 5, true, producerId + 1_000);
    }

    private void produceErrors() throws IOException {
        fresh("produce");
        for (int version : new int[] {9, 10, 11}) {
            produce("not added v" + version, version, 0);
        }
        var known = id;
        id = null;
        produce("without an id", 12, 0);
        id = script.name("unknown");
        produce("of an unknown id", 12, 0);
        id = known;
        produce("of a transaction", 12, 0);
        script.call(
                "produce outside of the open transaction",
                ApiKeys.PRODUCE,
                12,
                ProduceScript.request(
                        (short) -1, data(script.batches().idempotent("outside", producerId, epoch, sequence, 1))));
        epoch += 3;
        produce("of an epoch to come", 12, 0);
        epoch -= 3;
        end("end of what produce added", 5, true);
        settle();
        epoch++;
        sequence = 4;
        produce("begins in the middle", 12, 1);
        sequence = 0;
        end("end of what has no records", 5, false);
        settle();
    }

    private void offsets() throws IOException {
        fresh("offsets");
        var group = script.name("group");
        for (int version = 0; version <= 4; version++) {
            script.call(
                    "add offsets",
                    ApiKeys.ADD_OFFSETS_TO_TXN,
                    version,
                    new AddOffsetsToTxnRequestData()
                            .setTransactionalId(id)
                            .setProducerId(producerId)
                            .setProducerEpoch((short) epoch)
                            .setGroupId(group));
            commitOffset("commit offset", version, group, 10 + version);
            fetchOffset("pending offset after v" + version, group);
            end("end with offsets v" + version, Math.min(version, 4), version % 2 == 0);
            settle();
            fetchOffset("offset after v" + version, group);
            commitOffset("commit offset outside", version, group, 99);
        }
        commitOffset("commit offset and add it", 5, group, 50);
        end("end with offsets v5", 5, true);
        settle();
        fetchOffset("offset after v5", group);
        commitOffset("commit offset with the epoch before", 5, group, 51);
    }

    private void operators() throws IOException {
        fresh("watched");
        produce("watched", 12, 1);
        describe("a watched transaction");
        script.call(
                "describe unknown transactions",
                ApiKeys.DESCRIBE_TRANSACTIONS,
                0,
                new DescribeTransactionsRequestData().setTransactionalIds(List.of(script.name("unknown"), "")));
        for (int version = 0; version <= 2; version++) {
            script.call(
                    "list transactions of a producer",
                    ApiKeys.LIST_TRANSACTIONS,
                    version,
                    new ListTransactionsRequestData().setProducerIdFilters(List.of(producerId)));
        }
        list("of a state and an odd one", new ListTransactionsRequestData().setStateFilters(List.of("Ongoing", "Odd")));
        list("that are long", new ListTransactionsRequestData().setDurationFilter(3_600_000));
        list("of a pattern", new ListTransactionsRequestData().setTransactionalIdPattern(id.substring(0, 10) + ".*"));
        list("of a broken pattern", new ListTransactionsRequestData().setTransactionalIdPattern("("));
        for (int version = 1; version <= 2; version++) {
            mark("of an old epoch", version, epoch - 1, 0);
            mark("where there is nothing", version, epoch, 7);
            mark("of the transaction", version, epoch, 1);
            mark("once more", version, epoch, 1);
        }
        script.call(
                "describe producers of a transaction",
                ApiKeys.DESCRIBE_PRODUCERS,
                0,
                new DescribeProducersRequestData()
                        .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                                .setName(script.name(TOPIC))
                                .setPartitionIndexes(List.of(1)))));
        end("end after the markers", 5, true);
        settle();
    }

    private void list(String which, ListTransactionsRequestData filter) throws IOException {
        script.call(
                "list transactions " + which,
                ApiKeys.LIST_TRANSACTIONS,
                2,
                filter.setProducerIdFilters(List.of(producerId)));
    }

    private void mark(String name, int version, int markerEpoch, int index) throws IOException {
        script.call(
                "mark " + name,
                ApiKeys.WRITE_TXN_MARKERS,
                version,
                new WriteTxnMarkersRequestData()
                        .setMarkers(List.of(new WritableTxnMarker()
                                .setProducerId(producerId)
                                .setProducerEpoch((short) markerEpoch)
                                .setTransactionResult(false)
                                .setCoordinatorEpoch(script.leaderEpoch())
                                .setTopics(List.of(new WritableTxnMarkerTopic()
                                        .setName(script.name(TOPIC))
                                        .setPartitionIndexes(List.of(index)))))));
    }

    // ---- words ----

    private InitProducerIdRequestData init() {
        return new InitProducerIdRequestData().setTransactionalId(id).setTransactionTimeoutMs(TIMEOUT);
    }

    private InitProducerIdResponseData initialized(InitProducerIdRequestData request) throws IOException {
        return (InitProducerIdResponseData) script.wire()
                .call(ApiKeys.INIT_PRODUCER_ID, 5, request)
                .orElseThrow()
                .data();
    }

    /// Another id, whose producer begins.
    private void fresh(String name) throws IOException {
        id = script.name(name);
        sequence = 0;
        var answered = script.call(
                        "init for " + name, ApiKeys.INIT_PRODUCER_ID, 5, init(), InitProducerIdResponseData.class)
                .orElseThrow();
        producerId = answered.producerId();
        epoch = answered.producerEpoch();
    }

    private AddPartitionsToTxnTopicCollection topics(int... indexes) {
        var topic = new AddPartitionsToTxnTopic().setName(script.name(TOPIC));
        for (int index : indexes) {
            topic.partitions().add(index);
        }
        var topics = new AddPartitionsToTxnTopicCollection();
        topics.add(topic);
        return topics;
    }

    private void add(String name, int version, int... indexes) throws IOException {
        script.call(
                name,
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                version,
                new AddPartitionsToTxnRequestData()
                        .setV3AndBelowTransactionalId(id)
                        .setV3AndBelowProducerId(producerId)
                        .setV3AndBelowProducerEpoch((short) epoch)
                        .setV3AndBelowTopics(topics(indexes)));
    }

    private void end(String name, int version, boolean commit) throws IOException {
        end(name, version, commit, producerId);
    }

    private void end(String name, int version, boolean commit, long producer) throws IOException {
        script.call(
                name,
                ApiKeys.END_TXN,
                version,
                new EndTxnRequestData()
                        .setTransactionalId(id)
                        .setProducerId(producer)
                        .setProducerEpoch((short) epoch)
                        .setCommitted(commit));
    }

    private TopicProduceData data(MemoryRecords batch) {
        return new TopicProduceData()
                .setName(script.name(TOPIC))
                .setPartitionData(List.of(ProduceScript.partition(0, batch)));
    }

    private void produce(String name, int version, int index) throws IOException {
        var batch = script.batches()
                .remember(
                        name,
                        MemoryRecords.withTransactionalRecords(
                                Compression.NONE, producerId, (short) epoch, sequence, Batches.records(name, 1)));
        var data = data(batch);
        data.partitionData().getFirst().setIndex(index);
        var answer = script.call(
                "produce " + name,
                ApiKeys.PRODUCE,
                version,
                ProduceScript.request((short) -1, data).setTransactionalId(id),
                ProduceResponseData.class);
        var partition = answer.orElseThrow()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst();
        if (partition.errorCode() == 0) {
            sequence++;
        }
    }

    private void commitOffset(String name, int version, String group, long offset) throws IOException {
        script.call(
                name,
                ApiKeys.TXN_OFFSET_COMMIT,
                version,
                new TxnOffsetCommitRequestData()
                        .setTransactionalId(id)
                        .setGroupId(group)
                        .setProducerId(producerId)
                        .setProducerEpoch((short) epoch)
                        .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                                .setName(script.name(TOPIC))
                                .setPartitions(List.of(
                                        new TxnOffsetCommitRequestPartition().setCommittedOffset(offset),
                                        new TxnOffsetCommitRequestPartition()
                                                .setPartitionIndex(7)
                                                .setCommittedOffset(offset))))));
    }

    private void fetchOffset(String name, String group) throws IOException {
        script.call(
                name,
                ApiKeys.OFFSET_FETCH,
                9,
                new OffsetFetchRequestData()
                        .setRequireStable(true)
                        .setGroups(List.of(new OffsetFetchRequestGroup()
                                .setGroupId(group)
                                .setTopics(List.of(new OffsetFetchRequestTopics()
                                        .setName(script.name(TOPIC))
                                        .setPartitionIndexes(List.of(0)))))));
    }

    private DescribeTransactionsRequestData description() {
        return new DescribeTransactionsRequestData().setTransactionalIds(List.of(id));
    }

    private void describe(String name) throws IOException {
        script.call("describe " + name, ApiKeys.DESCRIBE_TRANSACTIONS, 0, description());
    }

    /// Kafka answers an end before all partitions have heard of it.
    private void settle() {
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    var answer = (DescribeTransactionsResponseData) script.wire()
                            .call(ApiKeys.DESCRIBE_TRANSACTIONS, 0, description())
                            .orElseThrow()
                            .data();
                    var state = answer.transactionStates().getFirst().transactionState();
                    return !state.startsWith("Prepare");
                });
    }
}
