package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.stream.share.ShareSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: sessions, waiting and refusals of ShareFetch and ShareAcknowledge are Kafka's. Method: a client on a wire in
/// memory, real share partitions over partitions in memory.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShareFetchTest {
    private static final String GROUP = "readers";
    private static final byte ACCEPT = 1;
    private static final byte RELEASE = 2;
    private static final byte RENEW = 4;

    private final MemoryBroker broker = new MemoryBroker();
    private final TestPeer peer = new TestPeer(KafkaConfig.defaults(), broker);
    private Uuid orders;

    @BeforeEach
    void topic() {
        orders = Names.id(broker.add("orders", 2).id());
        for (int i = 0; i < 2; i++) {
            broker.shares(peer.wire.loop()).open(GROUP, broker.partition("orders", i), 0, 0);
        }
    }

    private void append(int partition, String... values) {
        broker.partition("orders", partition)
                .appendInternal(
                        ByteBuffer.wrap(ProduceTest.records(values).buffer().array()));
    }

    /// Of both partitions.
    private ShareFetchRequestData fetch(String member, int epoch) {
        var topic = new ShareFetchRequestData.FetchTopic().setTopicId(orders);
        if (epoch == 0) {
            topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(0));
            topic.partitions().add(new ShareFetchRequestData.FetchPartition().setPartitionIndex(1));
        }
        var request = new ShareFetchRequestData()
                .setGroupId(GROUP)
                .setMemberId(member)
                .setShareSessionEpoch(epoch)
                .setMaxWaitMs(500)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setMaxRecords(100)
                .setBatchSize(100);
        if (epoch == 0) {
            request.topics().add(topic);
        }
        return request;
    }

    private ShareFetchRequestData acknowledging(
            ShareFetchRequestData request, int partition, long first, long last, byte... types) {
        var topic = request.topics().find(orders);
        if (topic == null) {
            topic = new ShareFetchRequestData.FetchTopic().setTopicId(orders);
            request.topics().add(topic);
        }
        topic.partitions()
                .add(new ShareFetchRequestData.FetchPartition()
                        .setPartitionIndex(partition)
                        .setAcknowledgementBatches(List.of(new ShareFetchRequestData.AcknowledgementBatch()
                                .setFirstOffset(first)
                                .setLastOffset(last)
                                .setAcknowledgeTypes(list(types)))));
        return request;
    }

    private static List<Byte> list(byte... types) {
        var list = new ArrayList<Byte>();
        for (byte type : types) {
            list.add(type);
        }
        return list;
    }

    private ShareAcknowledgeRequestData acknowledge(String member, int epoch, long first, long last, byte... types) {
        var request = new ShareAcknowledgeRequestData()
                .setGroupId(GROUP)
                .setMemberId(member)
                .setShareSessionEpoch(epoch);
        var topic = new ShareAcknowledgeRequestData.AcknowledgeTopic().setTopicId(orders);
        topic.partitions()
                .add(new ShareAcknowledgeRequestData.AcknowledgePartition()
                        .setPartitionIndex(0)
                        .setAcknowledgementBatches(List.of(new ShareAcknowledgeRequestData.AcknowledgementBatch()
                                .setFirstOffset(first)
                                .setLastOffset(last)
                                .setAcknowledgeTypes(list(types)))));
        request.topics().add(topic);
        return request;
    }

    private ShareFetchResponseData ask(ShareFetchRequestData request) {
        return peer.ask(ApiKeys.SHARE_FETCH, 2, request, ShareFetchResponseData.class);
    }

    private ShareAcknowledgeResponseData ask(ShareAcknowledgeRequestData request) {
        return peer.ask(ApiKeys.SHARE_ACKNOWLEDGE, 2, request, ShareAcknowledgeResponseData.class);
    }

    private static Errors error(ShareFetchResponseData answer) {
        return Errors.forCode(answer.errorCode());
    }

    private static List<PartitionData> partitions(ShareFetchResponseData answer) {
        return answer.responses().stream()
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }

    private static List<String> values(ShareFetchResponseData answer) {
        var values = new ArrayList<String>();
        partitions(answer)
                .forEach(partition -> ((MemoryRecords) partition.records())
                        .records()
                        .forEach(record -> {
                            var bytes = new byte[record.valueSize()];
                            record.value().get(bytes);
                            values.add(new String(bytes));
                        }));
        return values;
    }

    // ---- giving out ----

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void records_come_with_the_ranges_that_are_the_members(int version) {
        append(0, "a", "b");
        append(0, "c");

        var answer = peer.ask(ApiKeys.SHARE_FETCH, version, fetch("m", 0), ShareFetchResponseData.class);

        assertThat(values(answer)).containsExactly("a", "b", "c");
        assertThat(answer.acquisitionLockTimeoutMs()).isEqualTo(30_000);
        var partition = partitions(answer).getFirst();
        assertThat(partition.acquiredRecords()).singleElement().satisfies(range -> {
            assertThat(range.firstOffset()).isZero();
            assertThat(range.lastOffset()).isEqualTo(2);
            assertThat(range.deliveryCount()).isEqualTo((short) 1);
        });
        assertThat(peer.wire.leaked()).isZero();
        assertThat(peer.fetchMemory.held()).isZero();
    }

    @Test
    void batches_before_the_first_that_is_given_out_are_not_sent() {
        append(0, "a");
        append(0, "b");
        ask(fetch("m", 0));
        ask(acknowledging(fetch("m", 1).setMaxRecords(0), 0, 1, 1, RELEASE));

        assertThat(values(ask(fetch("n", 0)))).containsExactly("b");
    }

    @Test
    void a_fetch_with_nothing_to_get_waits_for_records() {
        peer.send(ApiKeys.SHARE_FETCH, 2, fetch("m", 0));
        assertThat(peer.answers()).isEmpty();

        append(1, "a");

        assertThat(values((ShareFetchResponseData) peer.answers().getFirst().data()))
                .containsExactly("a");
        assertThat(broker.partition("orders", 0).watchers()).isZero();
    }

    @Test
    void a_fetch_waits_no_longer_than_it_says() {
        peer.send(ApiKeys.SHARE_FETCH, 2, fetch("m", 0));
        peer.wire.loop.advance(500);

        var answer = (ShareFetchResponseData) peer.answers().getFirst().data();

        assertThat(error(answer)).isEqualTo(Errors.NONE);
        assertThat(partitions(answer)).isEmpty();
        assertThat(broker.partition("orders", 0).watchers()).isZero();
    }

    @Test
    void who_waits_gets_what_another_gives_back() {
        var other = new TestPeer(KafkaConfig.defaults(), broker);
        append(0, "a");
        ask(fetch("m", 0));
        other.send(ApiKeys.SHARE_FETCH, 2, fetch("n", 0));
        assertThat(other.answers()).isEmpty();

        ask(acknowledge("m", 1, 0, 0, RELEASE));
        peer.wire.loop.turn();

        var answer = (ShareFetchResponseData) other.answers().getFirst().data();
        assertThat(values(answer)).containsExactly("a");
        assertThat(partitions(answer).getFirst().acquiredRecords().getFirst().deliveryCount())
                .isEqualTo((short) 2);
    }

    @Test
    void partitions_take_turns() {
        append(0, "a", "b");
        append(1, "c", "d");
        assertThat(values(ask(fetch("m", 0).setMaxRecords(1)))).containsExactly("c", "d");
        assertThat(values(ask(fetch("m", 1).setMaxRecords(1)))).containsExactly("a", "b");
    }

    // ---- acknowledging ----

    @Test
    void an_answer_waits_until_what_was_acknowledged_is_kept() {
        append(0, "a");
        ask(fetch("m", 0));
        append(0, "b");
        broker.holdCommits = true;

        peer.send(ApiKeys.SHARE_FETCH, 2, acknowledging(fetch("m", 1), 0, 0, 0, ACCEPT));
        assertThat(peer.answers()).isEmpty();
        broker.commit();

        assertThat(values((ShareFetchResponseData) peer.answers().getFirst().data()))
                .containsExactly("b");
        assertThat(peer.wire.leaked()).isZero();
    }

    @Test
    void what_cannot_be_acknowledged_is_told_beside_what_is_fetched() {
        append(0, "a");
        ask(fetch("m", 0));
        append(0, "b");

        var answer = ask(acknowledging(fetch("m", 1), 0, 0, 7, ACCEPT));

        assertThat(values(answer)).containsExactly("b");
        assertThat(partitions(answer).getFirst().acknowledgeErrorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(partitions(answer).getFirst().errorCode()).isZero();
    }

    static Stream<Arguments> unsound() {
        return Stream.of(
                Arguments.of("the last before the first", 2, 5L, 4L, new byte[] {ACCEPT}),
                Arguments.of("no type", 2, 0L, 1L, new byte[] {}),
                Arguments.of("fewer types than records", 2, 0L, 2L, new byte[] {ACCEPT, ACCEPT}),
                Arguments.of("an unknown type", 2, 0L, 0L, new byte[] {5}),
                Arguments.of("a negative type", 2, 0L, 0L, new byte[] {-1}),
                Arguments.of("a renewal that the request does not tell of", 2, 0L, 0L, new byte[] {RENEW}),
                Arguments.of("a renewal in the first version", 1, 0L, 0L, new byte[] {RENEW}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unsound")
    void an_unsound_range_is_an_invalid_request(String what, int version, long first, long last, byte[] types) {
        append(0, "a", "b", "c");
        ask(fetch("m", 0));

        var answer = peer.ask(
                ApiKeys.SHARE_ACKNOWLEDGE,
                version,
                acknowledge("m", 1, first, last, types),
                ShareAcknowledgeResponseData.class);

        assertThat(answer.responses().find(orders).partitions().getFirst().errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void a_renewing_request_fetches_nothing_and_says_so() {
        append(0, "a", "b");
        ask(fetch("m", 0).setMaxRecords(1).setShareAcquireMode((byte) 1));

        var wanting = acknowledging(fetch("m", 1).setIsRenewAck(true), 0, 0, 0, RENEW);
        assertThat(error(ask(wanting))).isEqualTo(Errors.INVALID_REQUEST);
        var renewing = wanting.duplicate()
                .setMaxBytes(0)
                .setMinBytes(0)
                .setMaxRecords(0)
                .setMaxWaitMs(0);

        var answer = ask(renewing);
        assertThat(error(answer)).isEqualTo(Errors.NONE);
        assertThat(values(answer)).isEmpty();
    }

    // ---- sessions ----

    @Test
    void a_session_counts_its_requests() {
        assertThat(error(ask(fetch("m", 1)))).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        append(0, "a");
        ask(fetch("m", 0));
        append(0, "b");
        assertThat(error(ask(fetch("m", 2)))).isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH);
        assertThat(values(ask(fetch("m", 1)))).containsExactly("b");
        assertThat(ask(acknowledge("m", 2, 0, 1, ACCEPT)).errorCode()).isZero();
        assertThat(ask(acknowledge("m", 2, 0, 1, ACCEPT)).errorCode())
                .isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH.code());
        assertThat(ask(acknowledge("m", 0, 0, 1, ACCEPT)).errorCode())
                .isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH.code());
    }

    @Test
    void who_opens_a_session_has_nothing_to_acknowledge() {
        assertThat(error(ask(acknowledging(fetch("m", 0), 0, 0, 0, ACCEPT)))).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void the_end_of_a_session_gives_back_what_was_not_acknowledged() {
        append(0, "a", "b");
        ask(fetch("m", 0));

        var answer = ask(acknowledging(fetch("m", -1), 0, 0, 0, ACCEPT));

        assertThat(partitions(answer)).allMatch(partition -> partition.acknowledgeErrorCode() == 0);
        assertThat(error(ask(fetch("m", 1)))).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        var again = ask(fetch("n", 0));
        assertThat(partitions(again).getFirst().acquiredRecords())
                .singleElement()
                .satisfies(range -> assertThat(range.firstOffset()).isEqualTo(1));
    }

    @Test
    void the_end_of_a_connection_gives_back_what_its_members_had() {
        var other = new TestPeer(KafkaConfig.defaults(), broker);
        append(0, "a");
        ask(fetch("m", 0));
        other.send(ApiKeys.SHARE_FETCH, 2, fetch("n", 0));

        peer.connection.closed();
        peer.wire.loop.turn();

        assertThat(values((ShareFetchResponseData) other.answers().getFirst().data()))
                .containsExactly("a");
    }

    @Test
    void a_member_that_opens_another_session_keeps_what_it_has() {
        append(0, "a");
        ask(fetch("m", 0));
        peer.send(ApiKeys.SHARE_FETCH, 2, fetch("m", 0));
        peer.wire.loop.advance(500);
        peer.answers();

        assertThat(ask(acknowledge("m", 1, 0, 0, ACCEPT))
                        .responses()
                        .find(orders)
                        .partitions()
                        .getFirst()
                        .errorCode())
                .isZero();
    }

    @Test
    void there_are_only_so_many_sessions() {
        var sessions = new ShareSessions(1);
        assertThat(sessions.open(peer.connection, GROUP, "m", List.of())).isPresent();
        assertThat(sessions.open(peer.connection, GROUP, "n", List.of())).isEmpty();
        assertThat(sessions.open(peer.connection, GROUP, "m", List.of())).isPresent();

        peer.connection.closed();

        assertThat(sessions.size()).isZero();
    }

    // ---- refusals ----

    @Test
    void members_name_themselves_soundly() {
        assertThat(error(ask(fetch("", 0)))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(ask(fetch("m".repeat(37), 0)))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(error(ask(fetch("m", 0).setGroupId(null)))).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void a_group_has_to_be_readable() {
        broker.denied.add("READ " + GROUP);

        assertThat(error(ask(fetch("m", 0)))).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
        assertThat(ask(acknowledge("m", 1, 0, 0, ACCEPT)).errorCode())
                .isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
    }

    @Test
    void a_topic_has_to_be_readable_and_there() {
        broker.denied.add("READ orders");
        assertThat(partitions(ask(fetch("m", 0))))
                .hasSize(2)
                .allMatch(partition -> partition.errorCode() == Errors.TOPIC_AUTHORIZATION_FAILED.code());
        broker.denied.clear();

        broker.topics.remove("orders");

        assertThat(partitions(ask(fetch("m", 1))))
                .hasSize(2)
                .allMatch(partition -> partition.errorCode() == Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void a_group_gets_nothing_of_a_topic_that_it_has_nothing_to_do_with() {
        assertThat(partitions(ask(fetch("m", 0).setGroupId("others"))))
                .hasSize(2)
                .allMatch(partition -> partition.errorCode() == Errors.UNKNOWN_SERVER_ERROR.code());
    }

    @Test
    void a_fetch_that_waits_is_told_when_everything_is_gone() {
        peer.send(ApiKeys.SHARE_FETCH, 2, fetch("m", 0));
        var partitions = broker.topics.remove("orders").partitions();
        broker.shares(peer.wire.loop()).dropped(partitions);

        assertThat(partitions((ShareFetchResponseData) peer.answers().getFirst().data()))
                .hasSize(2)
                .allMatch(partition -> partition.errorCode() == Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void a_lock_lasts_as_long_as_the_groups_settings_say() {
        broker.groups.share = new ShareSettings(15_000, 5, 100, new ShareSettings.Reset.Latest(), false, true);
        append(0, "a");

        assertThat(ask(fetch("m", 0)).acquisitionLockTimeoutMs()).isEqualTo(15_000);
        peer.send(ApiKeys.SHARE_FETCH, 2, fetch("n", 0).setMaxWaitMs(20_000));
        peer.wire.loop.advance(15_000);

        assertThat(values((ShareFetchResponseData) peer.answers().getFirst().data()))
                .containsExactly("a");
    }
}
