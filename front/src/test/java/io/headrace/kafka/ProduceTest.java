package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProduceTest {
    private final TestPeer peer = new TestPeer();

    @BeforeEach
    void topic() {
        peer.broker.add("orders", 2);
    }

    static MemoryRecords records(String... values) {
        return MemoryRecords.withRecords(
                Compression.NONE,
                List.of(values).stream()
                        .map(value -> new SimpleRecord(1000, value.getBytes()))
                        .toArray(SimpleRecord[]::new));
    }

    private ProduceRequestData produce(int acks, int partition, MemoryRecords records) {
        var topic = new TopicProduceData()
                .setName("orders")
                .setTopicId(Names.id(peer.broker.topics.get("orders").id()));
        topic.partitionData().add(new PartitionProduceData().setIndex(partition).setRecords(records));
        var request = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(30_000);
        request.topicData().add(topic);
        return request;
    }

    private PartitionProduceResponse ask(int version, ProduceRequestData request) {
        return only(peer.ask(ApiKeys.PRODUCE, version, request, ProduceResponseData.class));
    }

    private static PartitionProduceResponse only(ProduceResponseData answer) {
        return answer.responses().iterator().next().partitionResponses().getFirst();
    }

    private static Errors error(PartitionProduceResponse result) {
        return Errors.forCode(result.errorCode());
    }

    @Test
    void every_version_says_where_the_records_are() {
        for (int version = 3; version <= 13; version++) {
            var result = ask(version, produce(-1, 1, records("a", "b")));

            assertThat(error(result)).isEqualTo(Errors.NONE);
            assertThat(result.baseOffset()).isEqualTo(2L * (version - 3));
            assertThat(result.logStartOffset()).isEqualTo(version < 5 ? -1 : 0);
        }
        assertThat(peer.wire.leaked()).isZero();
    }

    @Test
    void the_answer_waits_for_the_commit_and_the_next_request_does_not() {
        peer.broker.holdCommits = true;
        peer.send(ApiKeys.PRODUCE, 12, produce(1, 0, records("a")));
        peer.send(ApiKeys.PRODUCE, 12, produce(1, 0, records("b")));
        assertThat(peer.answers()).isEmpty();
        assertThat(peer.broker.partition("orders", 0).endOffset()).isEqualTo(2);

        peer.broker.commit();

        assertThat(peer.answers())
                .extracting(answer -> only((ProduceResponseData) answer.data()).baseOffset())
                .containsExactly(0L, 1L);
    }

    @Test
    void the_next_request_is_not_begun_before_the_batches_of_the_last_have_their_place() {
        peer.broker.holdAnswers = true;
        peer.send(ApiKeys.PRODUCE, 12, produce(1, 0, records("a")));
        peer.send(ApiKeys.PRODUCE, 12, produce(1, 0, records("b")));
        assertThat(peer.wire.leaked()).isEqualTo(0); // what was sent lies in the test's buffers

        peer.broker.answerHeld();
        assertThat(peer.answers()).hasSize(1);
        peer.broker.answerHeld();

        assertThat(peer.answers()).hasSize(1);
    }

    @Test
    void without_acks_there_is_no_answer_and_the_next_request_has_its_own() {
        var all = Unpooled.buffer();
        all.writeBytes(TestPeer.framed(peer.encode(ApiKeys.PRODUCE, 12, produce(0, 0, records("a")))));
        peer.expectNone();
        all.writeBytes(TestPeer.framed(peer.encode(
                ApiKeys.API_VERSIONS,
                3,
                new ApiVersionsRequestData().setClientSoftwareName("a").setClientSoftwareVersion("1"))));
        peer.receive(all);

        assertThat(peer.answers()).hasSize(1);
        assertThat(peer.broker.partition("orders", 0).endOffset()).isEqualTo(1);
    }

    @Test
    void without_acks_an_error_closes_the_connection() {
        peer.send(ApiKeys.PRODUCE, 12, produce(0, 7, records("a")));

        assertThat(peer.wire.closed).isTrue();
    }

    @Test
    void without_acks_a_request_that_is_refused_as_a_whole_closes_the_connection_and_keeps_no_memory() {
        var ofNoId = MemoryRecords.withTransactionalRecords(
                Compression.NONE, 1000, (short) 0, 0, new SimpleRecord(1000, "a".getBytes()));

        receiveInPieces(peer.encode(ApiKeys.PRODUCE, 12, produce(0, 0, ofNoId)));

        assertThat(peer.wire.closed).isTrue();
        assertNothingHeld();
    }

    @Test
    void what_waits_while_the_disk_is_full_is_appended_when_there_is_room() {
        peer.ask(ApiKeys.METADATA, 12, new MetadataRequestData(), MetadataResponseData.class);
        peer.broker.pressure = true;
        receiveInPieces(peer.encode(ApiKeys.PRODUCE, 12, produce(-1, 0, records("a"))));
        peer.broker.tellReliefs(); // others came first, and all the room is taken again
        assertThat(peer.answers()).isEmpty();

        peer.broker.relieve();

        assertThat(peer.answers()).hasSize(1);
        assertThat(peer.broker.partition("orders", 0).endOffset()).isEqualTo(1);
        assertNothingHeld();
    }

    @Test
    void what_waits_while_the_disk_is_full_is_forgotten_with_its_connection() {
        peer.broker.pressure = true;
        receiveInPieces(peer.encode(ApiKeys.PRODUCE, 12, produce(-1, 0, records("a"))));
        assertThat(peer.memory.heldBytes()).isPositive();

        peer.connection.closed();
        peer.wire.loop.turn();

        assertNothingHeld();
        peer.broker.relieve();
        assertThat(peer.broker.partition("orders", 0).endOffset()).isZero();
    }

    /// So that the request needs memory of its own.
    private void receiveInPieces(ByteBuffer request) {
        var bytes = TestPeer.framed(request);
        peer.receive(bytes.readBytes(20));
        peer.receive(bytes);
    }

    private void assertNothingHeld() {
        assertThat(peer.wire.leaked()).isZero();
        assertThat(peer.memory.heldBytes()).isZero();
    }

    @Test
    void a_commit_that_takes_too_long_is_a_timeout() {
        peer.broker.holdCommits = true;
        peer.send(ApiKeys.PRODUCE, 12, produce(-1, 0, records("a")).setTimeoutMs(1_500));
        peer.wire.loop.advance(1_400);
        assertThat(peer.answers()).isEmpty();

        peer.wire.loop.advance(200);

        var result = only((ProduceResponseData) peer.answers().getFirst().data());
        assertThat(error(result)).isEqualTo(Errors.REQUEST_TIMED_OUT);
        peer.broker.commit();
        assertThat(peer.answers()).isEmpty();
    }

    @Test
    void each_partition_has_its_own_error() {
        var request = produce(-1, 0, records("a"));
        request.topicData()
                .iterator()
                .next()
                .partitionData()
                .add(new PartitionProduceData().setIndex(5).setRecords(records("b")));
        var none = new TopicProduceData().setName("none");
        none.partitionData().add(new PartitionProduceData().setIndex(0).setRecords(records("c")));
        request.topicData().add(none);

        var answer = peer.ask(ApiKeys.PRODUCE, 12, request, ProduceResponseData.class);

        assertThat(answer.responses())
                .flatExtracting(topic -> topic.partitionResponses())
                .extracting(ProduceTest::error)
                .containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void what_cannot_be_appended_is_refused_in_kafkas_words() {
        peer.broker.add("__consumer_offsets", 1);
        peer.broker.add("theirs", 1);
        peer.broker.denied.add("WRITE theirs");
        var internal = produce(1, 0, records("a"));
        internal.topicData().iterator().next().setName("__consumer_offsets");
        var denied = produce(1, 0, records("a"));
        denied.topicData().iterator().next().setName("theirs");
        var unknownId = produce(1, 0, records("a"));
        unknownId.topicData().iterator().next().setTopicId(new org.apache.kafka.common.Uuid(1, 1));
        var zstd = MemoryRecords.withRecords(Compression.zstd().build(), new SimpleRecord(1, "a".getBytes()));
        var transactional = MemoryRecords.withTransactionalRecords(
                Compression.NONE, 1, (short) 0, 0, new SimpleRecord(1, "a".getBytes()));
        var two = Unpooled.buffer()
                .writeBytes(records("a").buffer())
                .writeBytes(records("b").buffer());

        assertThat(error(ask(12, internal))).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(error(ask(12, denied))).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        assertThat(error(ask(13, unknownId))).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(error(ask(6, produce(1, 0, zstd)))).isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(error(ask(12, produce(1, 0, transactional))))
                .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(error(ask(12, produce(1, 0, MemoryRecords.EMPTY)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(ask(12, produce(1, 0, null)))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(ask(12, produce(1, 0, MemoryRecords.readableRecords(two.nioBuffer())))))
                .isEqualTo(Errors.INVALID_RECORD);
        assertThat(error(ask(12, produce(5, 0, records("a"))))).isEqualTo(Errors.INVALID_REQUIRED_ACKS);
        assertThat(error(ask(12, produce(5, 0, null)))).isEqualTo(Errors.INVALID_REQUIRED_ACKS);
    }

    @Test
    void a_connection_that_produces_is_not_read_while_the_log_is_behind() {
        peer.broker.pressure = true;
        peer.send(ApiKeys.PRODUCE, 12, produce(1, 0, records("a")));
        assertThat(peer.answers()).isEmpty();
        assertThat(peer.wire.reading).isFalse();

        peer.broker.relieve();

        assertThat(peer.answers()).hasSize(1);
        assertThat(peer.wire.reading).isTrue();
    }
}
