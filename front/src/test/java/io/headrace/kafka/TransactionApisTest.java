package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headrace.stream.TransactionEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: what a producer asks of its transactions gets Kafka's answer in every version, what the user may not do is
/// refused with Kafka's error, and nothing is answered that is not committed.
/// Method: Kafka's own bytes over a fake wire, the real coordinator of transactions over partitions in memory.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransactionApisTest {
    private static final String ID = "payments";

    private final TestPeer peer = new TestPeer();

    @BeforeEach
    void a_topic() {
        peer.broker.add("orders", 2);
        peer.broker.add(Topic.GROUP_METADATA_TOPIC_NAME, 50);
    }

    @ParameterizedTest
    @EnumSource(
            value = ApiKeys.class,
            names = {
                "INIT_PRODUCER_ID",
                "ADD_PARTITIONS_TO_TXN",
                "ADD_OFFSETS_TO_TXN",
                "END_TXN",
                "TXN_OFFSET_COMMIT",
                "WRITE_TXN_MARKERS",
                "DESCRIBE_TRANSACTIONS",
                "LIST_TRANSACTIONS"
            })
    void every_version_is_answered_before_there_was_a_transaction(ApiKeys key) {
        short latest = TestPeer.apis().find(key).orElseThrow().latest();
        for (short version = key.oldestVersion(); version <= latest; version++) {
            peer.send(key, version, key.messageType.newRequest());

            assertThat(peer.answers()).as("%s %d", key, version).hasSize(1);
        }
        assertThat(peer.connection.isClosed()).isFalse();
        assertThat(peer.broker.topics).doesNotContainKey(Topic.TRANSACTION_STATE_TOPIC_NAME);
    }

    // ---- FindCoordinator ----

    @Test
    void this_node_coordinates_all_transactions_and_makes_their_topic() {
        var answer = peer.ask(
                ApiKeys.FIND_COORDINATOR,
                4,
                new FindCoordinatorRequestData().setKeyType((byte) 1).setCoordinatorKeys(List.of(ID)),
                FindCoordinatorResponseData.class);

        assertThat(answer.coordinators().getFirst().errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(answer.coordinators().getFirst().nodeId()).isEqualTo(KafkaConfig.NODE_ID);
        assertThat(peer.broker.topics).containsKey(Topic.TRANSACTION_STATE_TOPIC_NAME);
    }

    // ---- InitProducerId ----

    @Test
    void a_producer_without_a_transactional_id_gets_an_id() {
        var answer = peer.ask(
                ApiKeys.INIT_PRODUCER_ID,
                5,
                new InitProducerIdRequestData().setTransactionalId(null),
                InitProducerIdResponseData.class);

        assertThat(answer.producerId()).isEqualTo(1000);
        assertThat(answer.producerEpoch()).isZero();
    }

    @Test
    void each_life_of_a_transactional_producer_gets_the_next_epoch() {
        assertThat(begin(5)).isEqualTo(tuple(Errors.NONE, 1000L, (short) 0));
        assertThat(begin(0)).isEqualTo(tuple(Errors.NONE, 1000L, (short) 1));
    }

    @ParameterizedTest
    @CsvSource({"3, INVALID_PRODUCER_EPOCH", "4, PRODUCER_FENCED"})
    void a_fenced_producer_hears_so_in_the_words_of_its_version(int version, Errors expected) {
        begin(5);
        begin(5);
        begin(5);
        var request = init().setProducerId(1000).setProducerEpoch((short) 0);

        assertThat(error(peer.ask(ApiKeys.INIT_PRODUCER_ID, version, request, InitProducerIdResponseData.class)
                        .errorCode()))
                .isEqualTo(expected);
    }

    @Test
    void what_makes_no_sense_is_refused() {
        assertThat(init(init().setTransactionalId(""))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(init(init().setProducerId(1000))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(init(init().setProducerEpoch((short) 1))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(init(init().setTransactionTimeoutMs(900_001))).isEqualTo(Errors.INVALID_TRANSACTION_TIMEOUT);
        assertThat(init(init().setTransactionTimeoutMs(0))).isEqualTo(Errors.INVALID_TRANSACTION_TIMEOUT);
    }

    @Test
    void the_answer_waits_for_the_commit() {
        begin(5);
        peer.broker.holdCommits = true;
        peer.send(ApiKeys.INIT_PRODUCER_ID, 5, init());
        peer.send(ApiKeys.ADD_PARTITIONS_TO_TXN, 3, add(1, "orders", 0));
        peer.send(ApiKeys.END_TXN, 5, end(1, true));
        assertThat(peer.answers()).isEmpty();

        peer.broker.commit();

        assertThat(peer.answers()).hasSize(3);
    }

    // ---- AddPartitionsToTxn ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void partitions_are_added_all_or_none(int version) {
        begin(5);

        assertThat(added(version, add(0, "orders", 0, 1)))
                .containsExactly(tuple(0, Errors.NONE), tuple(1, Errors.NONE));
        assertThat(added(version, add(0, "orders", 1, 7)))
                .containsExactlyInAnyOrder(
                        tuple(7, Errors.UNKNOWN_TOPIC_OR_PARTITION), tuple(1, Errors.OPERATION_NOT_ATTEMPTED));
    }

    @Test
    void what_a_user_may_not_write_is_not_added() {
        begin(5);
        peer.broker.denied.add("WRITE orders");
        assertThat(added(3, add(0, "orders", 0))).containsExactly(tuple(0, Errors.TOPIC_AUTHORIZATION_FAILED));
        assertThat(added(3, add(0, Topic.GROUP_METADATA_TOPIC_NAME, 0)))
                .containsExactly(tuple(0, Errors.TOPIC_AUTHORIZATION_FAILED));

        peer.broker.denied.add("WRITE " + ID);

        assertThat(added(3, add(0, "orders", 0)))
                .containsExactly(tuple(0, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
    }

    @ParameterizedTest
    @CsvSource({"1, INVALID_PRODUCER_EPOCH", "2, PRODUCER_FENCED"})
    void a_fenced_producer_adds_nothing(int version, Errors expected) {
        begin(5);

        assertThat(added(version, add(7, "orders", 0))).containsExactly(tuple(0, expected));
    }

    @Test
    void between_brokers_several_transactions_are_verified_by_who_may_act_for_the_cluster() {
        begin(5);
        added(3, add(0, "orders", 0));
        var request = new AddPartitionsToTxnRequestData();
        request.transactions()
                .add(new AddPartitionsToTxnTransaction()
                        .setTransactionalId(ID)
                        .setProducerId(1000)
                        .setProducerEpoch((short) 0)
                        .setVerifyOnly(true)
                        .setTopics(topics("orders", 0, 1)));

        var refused = peer.ask(ApiKeys.ADD_PARTITIONS_TO_TXN, 5, request, AddPartitionsToTxnResponseData.class);
        assertThat(error(refused.errorCode())).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        var broker = administrator();

        var verified = new AddPartitionsToTxnResponse(
                broker.ask(ApiKeys.ADD_PARTITIONS_TO_TXN, 5, request, AddPartitionsToTxnResponseData.class));
        assertThat(verified.errors().get(ID))
                .containsEntry(new TopicPartition("orders", 0), Errors.NONE)
                .containsEntry(new TopicPartition("orders", 1), Errors.TRANSACTION_ABORTABLE);
    }

    // ---- AddOffsetsToTxn ----

    @Test
    void offsets_of_a_group_are_added_as_a_partition() {
        begin(5);

        assertThat(addOffsets("readers")).isEqualTo(Errors.NONE);
        assertThat(describe(ID).topics().find(Topic.GROUP_METADATA_TOPIC_NAME).partitions())
                .containsExactly(Math.abs("readers".hashCode()) % 50);

        peer.broker.denied.add("READ readers");
        assertThat(addOffsets("readers")).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
        peer.broker.denied.add("WRITE " + ID);
        assertThat(addOffsets("readers")).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    // ---- EndTxn ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void an_old_client_keeps_its_epoch(int version) {
        begin(5);
        added(3, add(0, "orders", 0));

        assertThat(ended(version, end(0, true))).isEqualTo(tuple(Errors.NONE, -1L, (short) -1));
        assertThat(ended(version, end(0, true))).isEqualTo(tuple(Errors.NONE, -1L, (short) -1));
        assertThat(ended(version, end(0, false)).toList().getFirst()).isEqualTo(Errors.INVALID_TXN_STATE);

        assertThat(peer.broker.partition("orders", 0).ends)
                .containsExactly(new TransactionEnd(1000, (short) 0, true, 3, false));
    }

    @Test
    void a_new_client_gets_the_next_epoch_with_the_answer() {
        begin(5);
        produce(12, 0, 0, 0);

        assertThat(ended(5, end(0, true))).isEqualTo(tuple(Errors.NONE, 1000L, (short) 1));
        assertThat(ended(5, end(0, true))).isEqualTo(tuple(Errors.NONE, 1000L, (short) 1));
        assertThat(ended(5, end(1, true)).toList().getFirst()).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(ended(5, end(1, false))).isEqualTo(tuple(Errors.NONE, 1000L, (short) 2));

        assertThat(peer.broker.partition("orders", 0).ends)
                .containsExactly(new TransactionEnd(1000, (short) 1, true, 3, true));
    }

    @ParameterizedTest
    @CsvSource({"1, INVALID_PRODUCER_EPOCH", "2, PRODUCER_FENCED", "5, PRODUCER_FENCED"})
    void a_fenced_producer_ends_nothing(int version, Errors expected) {
        begin(5);

        assertThat(ended(version, end(7, true)).toList().getFirst()).isEqualTo(expected);
    }

    @Test
    void who_may_not_use_the_id_ends_nothing() {
        begin(5);
        peer.broker.denied.add("WRITE " + ID);

        assertThat(ended(5, end(0, true)).toList().getFirst()).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(init(init())).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    // ---- Produce ----

    @ParameterizedTest
    @CsvSource({"10, INVALID_TXN_STATE", "11, TRANSACTION_ABORTABLE", "12, NONE", "13, NONE"})
    void a_batch_needs_its_partition_in_the_transaction_or_adds_it(int version, Errors expected) {
        begin(5);

        assertThat(produce(version, 0, 0, 0)).isEqualTo(expected);
        added(3, add(0, "orders", 0));

        assertThat(produce(version, 0, 0, 1)).isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 12})
    void a_batch_of_a_producer_that_is_not_the_one_of_the_id_is_refused(int version) {
        begin(5);

        assertThat(produce(version, 0, 7, 0)).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(only(peer.ask(ApiKeys.PRODUCE, version, produce(ID, records(4, 0, 0)), ProduceResponseData.class)))
                .isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        assertThat(peer.broker.partition("orders", 0).endOffset()).isZero();
    }

    @Test
    void a_request_needs_the_right_to_its_id_and_one_producer() {
        begin(5);
        assertThat(only(peer.ask(ApiKeys.PRODUCE, 12, produce(null, records(1000, 0, 0)), ProduceResponseData.class)))
                .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        var two = produce(ID, records(1000, 0, 0));
        two.topicData()
                .iterator()
                .next()
                .partitionData()
                .add(new PartitionProduceData().setIndex(1).setRecords(records(1001, 0, 0)));
        assertThat(only(peer.ask(ApiKeys.PRODUCE, 12, two, ProduceResponseData.class)))
                .isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        peer.broker.denied.add("WRITE " + ID);

        assertThat(produce(12, 0, 0, 0)).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    @Test
    void the_first_batch_after_an_end_that_is_not_through_waits_for_it_and_so_do_those_behind() {
        offsetsInTransaction();
        peer.broker.groups.holdEnds = true;
        assertThat(ended(5, end(0, true)).toList().getFirst()).isEqualTo(Errors.NONE);
        peer.send(ApiKeys.PRODUCE, 12, produce(ID, records(1000, 1, 0)));
        peer.send(ApiKeys.PRODUCE, 12, produce(ID, records(1000, 1, 1)));
        assertThat(peer.answers()).isEmpty();

        peer.broker.groups.releaseEnds();

        assertThat(peer.answers())
                .extracting(answer -> only((ProduceResponseData) answer.data()))
                .containsExactly(Errors.NONE, Errors.NONE);
        assertThat(peer.broker.partition("orders", 0).endOffset()).isEqualTo(2);
        assertThat(peer.wire.leaked()).isZero();
    }

    @Test
    void an_end_that_takes_long_is_told_after_a_tenth_of_a_second() {
        offsetsInTransaction();
        peer.broker.groups.holdEnds = true;
        ended(5, end(0, true));
        peer.send(ApiKeys.PRODUCE, 12, produce(ID, records(1000, 1, 0)));

        peer.wire.loop.advance(TransactionalProduce.SETTLE_MILLIS_MAX);

        assertThat(peer.answers())
                .extracting(answer -> only((ProduceResponseData) answer.data()))
                .containsExactly(Errors.CONCURRENT_TRANSACTIONS);
    }

    @Test
    void an_old_client_hears_of_an_end_that_takes_long_what_it_tries_again_after() {
        offsetsInTransaction();
        peer.broker.groups.holdEnds = true;
        ended(4, end(0, true));

        assertThat(produce(9, 0, 0, 0)).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
    }

    // ---- TxnOffsetCommit ----

    @Test
    void offsets_go_to_the_coordinator_of_groups_but_for_those_of_topics_that_are_not_there() {
        peer.broker.groups.answer("commitTransactionalOffsets", (TxnOffsetCommitRequestData request) -> {
            assertThat(request.transactionalId()).isEqualTo(ID);
            return new TxnOffsetCommitResponseData()
                    .setTopics(List.of(new TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic()
                            .setName("orders")
                            .setPartitions(List.of(new TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition()
                                    .setErrorCode(Errors.COORDINATOR_LOAD_IN_PROGRESS.code())))));
        });

        assertThat(commitOffsets(5, "orders", "nowhere"))
                .containsExactlyInAnyOrder(
                        tuple("nowhere", 0, Errors.UNKNOWN_TOPIC_OR_PARTITION),
                        tuple("orders", 0, Errors.COORDINATOR_LOAD_IN_PROGRESS));
        assertThat(commitOffsets(1, "orders")).containsExactly(tuple("orders", 0, Errors.COORDINATOR_NOT_AVAILABLE));
    }

    @Test
    void offsets_need_the_right_to_the_id_the_group_and_the_topic() {
        peer.broker.denied.add("READ orders");
        assertThat(commitOffsets(5, "orders")).containsExactly(tuple("orders", 0, Errors.TOPIC_AUTHORIZATION_FAILED));
        peer.broker.denied.add("READ readers");
        assertThat(commitOffsets(5, "orders")).containsExactly(tuple("orders", 0, Errors.GROUP_AUTHORIZATION_FAILED));
        peer.broker.denied.add("WRITE " + ID);

        assertThat(commitOffsets(5, "orders"))
                .containsExactly(tuple("orders", 0, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
        assertThat(peer.broker.groups.asked).isEmpty();
    }

    // ---- operators ----

    @Test
    void an_open_transaction_is_described_with_the_topics_that_the_user_may_see() {
        peer.broker.add("secret", 1);
        begin(5);
        added(3, add(0, "orders", 0, 1));
        added(3, add(0, "secret", 0));
        peer.broker.denied.addAll(List.of("READ secret", "WRITE secret", "CONFIGURE secret"));

        var described = describe(ID);

        assertThat(described.transactionState()).isEqualTo("Ongoing");
        assertThat(described.producerId()).isEqualTo(1000);
        assertThat(described.transactionTimeoutMs()).isEqualTo(60_000);
        assertThat(described.topics()).extracting(topic -> topic.topic()).containsExactly("orders");
        assertThat(error(describe("unknown").errorCode())).isEqualTo(Errors.TRANSACTIONAL_ID_NOT_FOUND);
        peer.broker.denied.addAll(List.of("READ " + ID, "WRITE " + ID, "CONFIGURE " + ID));
        assertThat(error(describe(ID).errorCode())).isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    @Test
    void transactions_are_listed_by_state_producer_duration_and_pattern() {
        begin(5);
        init(init().setTransactionalId("idle"));
        added(3, add(0, "orders", 0));

        assertThat(list(new ListTransactionsRequestData())).containsExactlyInAnyOrder(ID, "idle");
        assertThat(list(new ListTransactionsRequestData().setStateFilters(List.of("Ongoing", "Odd"))))
                .containsExactly(ID);
        assertThat(list(new ListTransactionsRequestData().setStateFilters(List.of("Odd"))))
                .isEmpty();
        assertThat(list(new ListTransactionsRequestData().setProducerIdFilters(List.of(1001L))))
                .containsExactly("idle");
        assertThat(list(new ListTransactionsRequestData().setTransactionalIdPattern("pay.*|x")))
                .containsExactly(ID);
        assertThat(list(new ListTransactionsRequestData().setTransactionalIdPattern("pay")))
                .isEmpty();
        peer.wire.loop.advance(2_000);
        assertThat(list(new ListTransactionsRequestData().setDurationFilter(1_000)))
                .contains(ID);
        assertThat(list(new ListTransactionsRequestData()
                        .setDurationFilter(3_000)
                        .setStateFilters(List.of("Ongoing"))))
                .isEmpty();
        peer.broker.denied.addAll(List.of("READ idle", "WRITE idle", "CONFIGURE idle"));
        assertThat(list(new ListTransactionsRequestData())).containsExactly(ID);
    }

    @Test
    void a_listing_says_which_states_it_does_not_know_and_refuses_a_broken_pattern() {
        var answer = peer.ask(
                ApiKeys.LIST_TRANSACTIONS,
                2,
                new ListTransactionsRequestData().setStateFilters(List.of("Odd")),
                ListTransactionsResponseData.class);
        var broken = peer.ask(
                ApiKeys.LIST_TRANSACTIONS,
                2,
                new ListTransactionsRequestData().setTransactionalIdPattern("("),
                ListTransactionsResponseData.class);

        assertThat(answer.unknownStateFilters()).containsExactly("Odd");
        assertThat(error(broken.errorCode())).isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
    }

    @Test
    void markers_are_written_for_who_may_act_for_the_cluster() {
        var request = new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setProducerId(1000)
                        .setProducerEpoch((short) 2)
                        .setTransactionResult(false)
                        .setCoordinatorEpoch(4)
                        .setTopics(List.of(
                                new WritableTxnMarkerTopic().setName("orders").setPartitionIndexes(List.of(0, 1, 7)),
                                new WritableTxnMarkerTopic()
                                        .setName(Topic.GROUP_METADATA_TOPIC_NAME)
                                        .setPartitionIndexes(List.of(3))))));
        peer.send(ApiKeys.WRITE_TXN_MARKERS, 1, request);
        assertThat(marked(
                        (WriteTxnMarkersResponseData) peer.answers().getFirst().data()))
                .allSatisfy((_, error) -> assertThat(error).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED));
        peer.broker.partition("orders", 1).refusesEnds = true;

        var errors =
                marked(administrator().ask(ApiKeys.WRITE_TXN_MARKERS, 1, request, WriteTxnMarkersResponseData.class));

        assertThat(errors)
                .containsEntry(new TopicPartition("orders", 0), Errors.NONE)
                .containsEntry(new TopicPartition("orders", 1), Errors.TRANSACTION_COORDINATOR_FENCED)
                .containsEntry(new TopicPartition("orders", 7), Errors.UNKNOWN_TOPIC_OR_PARTITION)
                .containsEntry(new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, 3), Errors.NONE);
        var end = new TransactionEnd(1000, (short) 2, false, 4, false);
        assertThat(peer.broker.partition("orders", 0).ends).containsExactly(end);
        assertThat(peer.broker.groups.ends).containsExactly(end);
    }

    // ---- the peer's words ----

    private static Errors error(short code) {
        return Errors.forCode(code);
    }

    private TestPeer administrator() {
        peer.broker.tags.add("administrator");
        return new TestPeer(KafkaConfig.defaults(), peer.broker);
    }

    private static InitProducerIdRequestData init() {
        return new InitProducerIdRequestData().setTransactionalId(ID).setTransactionTimeoutMs(60_000);
    }

    private Errors init(InitProducerIdRequestData request) {
        return error(peer.ask(ApiKeys.INIT_PRODUCER_ID, 5, request, InitProducerIdResponseData.class)
                .errorCode());
    }

    private Tuple begin(int version) {
        var answer = peer.ask(ApiKeys.INIT_PRODUCER_ID, version, init(), InitProducerIdResponseData.class);
        return tuple(error(answer.errorCode()), answer.producerId(), answer.producerEpoch());
    }

    private static AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection topics(String name, int... indexes) {
        var topics = new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection();
        var numbers = new ArrayList<Integer>();
        for (int index : indexes) {
            numbers.add(index);
        }
        topics.add(new AddPartitionsToTxnTopic().setName(name).setPartitions(numbers));
        return topics;
    }

    private static AddPartitionsToTxnRequestData add(int epoch, String topic, int... indexes) {
        return new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId(ID)
                .setV3AndBelowProducerId(1000)
                .setV3AndBelowProducerEpoch((short) epoch)
                .setV3AndBelowTopics(topics(topic, indexes));
    }

    private List<Tuple> added(int version, AddPartitionsToTxnRequestData request) {
        return peer
                .ask(ApiKeys.ADD_PARTITIONS_TO_TXN, version, request, AddPartitionsToTxnResponseData.class)
                .resultsByTopicV3AndBelow()
                .stream()
                .flatMap(topic -> topic.resultsByPartition().stream())
                .map((AddPartitionsToTxnPartitionResult result) ->
                        tuple(result.partitionIndex(), error(result.partitionErrorCode())))
                .toList();
    }

    private Errors addOffsets(String group) {
        var request = new AddOffsetsToTxnRequestData()
                .setTransactionalId(ID)
                .setProducerId(1000)
                .setProducerEpoch((short) 0)
                .setGroupId(group);
        return error(peer.ask(ApiKeys.ADD_OFFSETS_TO_TXN, 4, request, AddOffsetsToTxnResponseData.class)
                .errorCode());
    }

    private void offsetsInTransaction() {
        begin(5);
        assertThat(addOffsets("readers")).isEqualTo(Errors.NONE);
    }

    private static EndTxnRequestData end(int epoch, boolean commit) {
        return new EndTxnRequestData()
                .setTransactionalId(ID)
                .setProducerId(1000)
                .setProducerEpoch((short) epoch)
                .setCommitted(commit);
    }

    private Tuple ended(int version, EndTxnRequestData request) {
        var answer = peer.ask(ApiKeys.END_TXN, version, request, EndTxnResponseData.class);
        return tuple(error(answer.errorCode()), answer.producerId(), answer.producerEpoch());
    }

    private static MemoryRecords records(long producer, int epoch, int sequence) {
        return MemoryRecords.withTransactionalRecords(
                Compression.NONE, producer, (short) epoch, sequence, new SimpleRecord(1_000, "value".getBytes()));
    }

    private ProduceRequestData produce(String id, MemoryRecords records) {
        var topic = new TopicProduceData()
                .setName("orders")
                .setTopicId(Names.id(peer.broker.topics.get("orders").id()));
        topic.partitionData().add(new PartitionProduceData().setIndex(0).setRecords(records));
        var request = new ProduceRequestData()
                .setTransactionalId(id)
                .setAcks((short) -1)
                .setTimeoutMs(30_000);
        request.topicData().add(topic);
        return request;
    }

    private Errors produce(int version, int index, int epoch, int sequence) {
        var request = produce(ID, records(1000, epoch, sequence));
        request.topicData().iterator().next().partitionData().getFirst().setIndex(index);
        return only(peer.ask(ApiKeys.PRODUCE, version, request, ProduceResponseData.class));
    }

    private static Errors only(ProduceResponseData answer) {
        return error(answer.responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst()
                .errorCode());
    }

    private List<Tuple> commitOffsets(int version, String... topics) {
        var request = new TxnOffsetCommitRequestData()
                .setTransactionalId(ID)
                .setGroupId("readers")
                .setProducerId(1000)
                .setProducerEpoch((short) 0);
        if (version >= 3) {
            request.setGenerationId(3).setMemberId("m");
        }
        for (var topic : topics) {
            request.topics()
                    .add(new TxnOffsetCommitRequestTopic()
                            .setName(topic)
                            .setPartitions(List.of(new TxnOffsetCommitRequestPartition().setCommittedOffset(7))));
        }
        return peer
                .ask(ApiKeys.TXN_OFFSET_COMMIT, version, request, TxnOffsetCommitResponseData.class)
                .topics()
                .stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(part -> tuple(topic.name(), part.partitionIndex(), error(part.errorCode()))))
                .toList();
    }

    private DescribeTransactionsResponseData.TransactionState describe(String id) {
        return peer.ask(
                        ApiKeys.DESCRIBE_TRANSACTIONS,
                        0,
                        new DescribeTransactionsRequestData().setTransactionalIds(List.of(id)),
                        DescribeTransactionsResponseData.class)
                .transactionStates()
                .getFirst();
    }

    private List<String> list(ListTransactionsRequestData request) {
        return peer
                .ask(ApiKeys.LIST_TRANSACTIONS, 2, request, ListTransactionsResponseData.class)
                .transactionStates()
                .stream()
                .map(ListTransactionsResponseData.TransactionState::transactionalId)
                .toList();
    }

    private static Map<TopicPartition, Errors> marked(WriteTxnMarkersResponseData answer) {
        return new WriteTxnMarkersResponse(answer).errorsByProducerId().get(1000L);
    }
}
