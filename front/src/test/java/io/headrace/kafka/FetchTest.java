package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.stream.AbortedTransaction;
import io.headrace.stream.ReadResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FetchTest {
    private final TestPeer peer = new TestPeer();

    @BeforeEach
    void topic() {
        peer.broker.add("orders", 3);
    }

    private void append(int partition, String... values) {
        peer.broker
                .partition("orders", partition)
                .appendInternal(
                        ByteBuffer.wrap(ProduceTest.records(values).buffer().array()));
    }

    private FetchRequestData fetch(long... offsets) {
        var topic = new FetchTopic()
                .setTopic("orders")
                .setTopicId(Names.id(peer.broker.topics.get("orders").id()));
        for (int i = 0; i < offsets.length; i++) {
            topic.partitions()
                    .add(new FetchPartition()
                            .setPartition(i)
                            .setFetchOffset(offsets[i])
                            .setPartitionMaxBytes(1 << 20));
        }
        return new FetchRequestData().setMaxWaitMs(500).setMinBytes(1).setTopics(List.of(topic));
    }

    private FetchResponseData ask(int version, FetchRequestData request) {
        return peer.ask(ApiKeys.FETCH, version, request, FetchResponseData.class);
    }

    private static List<PartitionData> partitions(FetchResponseData answer) {
        var all = new ArrayList<PartitionData>();
        answer.responses().forEach(topic -> all.addAll(topic.partitions()));
        return all;
    }

    private static List<String> values(PartitionData partition) {
        var values = new ArrayList<String>();
        ((MemoryRecords) partition.records()).records().forEach(record -> {
            var bytes = new byte[record.valueSize()];
            record.value().get(bytes);
            values.add(new String(bytes));
        });
        return values;
    }

    @Test
    void every_version_returns_whole_batches_from_the_one_that_holds_the_offset() {
        append(0, "a", "b");
        append(0, "c");
        for (int version = 4; version <= 18; version++) {
            var partition = partitions(ask(version, fetch(1))).getFirst();

            assertThat(values(partition)).containsExactly("a", "b", "c");
            assertThat(partition.highWatermark()).isEqualTo(3);
            assertThat(partition.abortedTransactions()).isNull();
        }
        assertThat(peer.wire.leaked()).isZero();
        assertThat(peer.fetchMemory.held()).isZero();
    }

    @Test
    void who_reads_what_is_committed_gets_records_below_the_last_stable_offset_and_hears_what_was_aborted() {
        append(0, "a", "b");
        append(0, "c");
        append(0, "open");
        var partition = peer.broker.partition("orders", 0);
        partition.stable = 3;
        partition.aborted = List.of(new AbortedTransaction(7, 0), new AbortedTransaction(8, 1));
        for (int version = 4; version <= 18; version++) {
            partition.asked.clear();
            var answer = partitions(ask(version, fetch(1).setIsolationLevel(IsolationLevel.READ_COMMITTED.id())))
                    .getFirst();

            assertThat(values(answer)).containsExactly("a", "b", "c");
            assertThat(answer.highWatermark()).isEqualTo(4);
            assertThat(answer.lastStableOffset()).isEqualTo(3);
            assertThat(answer.abortedTransactions())
                    .extracting(FetchResponseData.AbortedTransaction::producerId)
                    .containsExactly(7L, 8L);
            assertThat(partition.asked).containsExactly("1..3");
        }
        assertThat(values(partitions(ask(18, fetch(1))).getFirst())).containsExactly("a", "b", "c", "open");
        assertThat(peer.wire.leaked()).isZero();
    }

    @Test
    void what_was_aborted_may_take_a_while_to_find() {
        append(0, "a");
        append(1, "b");
        peer.broker.partition("orders", 0).aborted = List.of(new AbortedTransaction(7, 0));
        peer.broker.holdAnswers = true;

        peer.send(ApiKeys.FETCH, 18, fetch(0, 0).setIsolationLevel(IsolationLevel.READ_COMMITTED.id()));
        assertThat(peer.answers()).isEmpty();
        for (int i = 0; i < 4; i++) { // two reads, and what was aborted in each
            peer.broker.answerHeld();
        }

        var answer = partitions((FetchResponseData) peer.answers().getFirst().data());
        assertThat(values(answer.getFirst())).containsExactly("a");
        assertThat(answer.getFirst().abortedTransactions()).hasSize(1);
        assertThat(values(answer.getLast())).containsExactly("b");
        assertThat(answer.getLast().abortedTransactions()).isEmpty();
        assertThat(peer.wire.leaked()).isZero();
    }

    @Test
    void what_is_deleted_while_one_asks_what_was_aborted_is_not_given() {
        append(0, "a", "b");
        append(1, "c");
        var deleted = peer.broker.partition("orders", 0);
        peer.broker.holdAnswers = true;
        peer.send(ApiKeys.FETCH, 18, fetch(0, 0).setIsolationLevel(IsolationLevel.READ_COMMITTED.id()));
        peer.broker.answerHeld(); // it is read

        deleted.deleteBefore(1);
        for (int i = 0; i < 3; i++) {
            peer.broker.answerHeld();
        }

        var answer = partitions((FetchResponseData) peer.answers().getFirst().data());
        assertThat(answer.getFirst().errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
        assertThat(FetchResponse.recordsSize(answer.getFirst())).isZero();
        assertThat(values(answer.getLast())).containsExactly("c");
        assertThat(peer.wire.leaked()).isZero();
        assertThat(peer.fetchMemory.held()).isZero();
    }

    @Test
    void a_fetch_of_what_is_committed_waits_for_the_end_of_a_transaction() {
        var partition = peer.broker.partition("orders", 0);
        partition.stable = 0;
        append(0, "open");
        peer.send(ApiKeys.FETCH, 18, fetch(0).setIsolationLevel(IsolationLevel.READ_COMMITTED.id()));
        assertThat(peer.answers()).isEmpty();

        partition.stable = Long.MAX_VALUE;
        partition.moved();
        peer.wire.loop.turn();

        assertThat(values(
                        partitions((FetchResponseData) peer.answers().getFirst().data())
                                .getFirst()))
                .containsExactly("open");
    }

    @Test
    void a_fetch_gets_one_batch_while_the_memory_for_all_is_used_up() {
        append(0, "a");
        append(0, "b");
        peer.fetchMemory.take(KafkaConfig.defaults().fetchMemoryBytes());

        assertThat(values(partitions(ask(17, fetch(0))).getFirst())).containsExactly("a");
    }

    @Test
    void records_that_are_many_leave_in_the_buffer_they_were_read_into() {
        append(0, "x".repeat(5000));

        assertThat(values(partitions(ask(18, fetch(0))).getFirst())).containsExactly("x".repeat(5000));
        assertThat(peer.wire.leaked()).isZero();
    }

    @Test
    void memory_that_is_lent_goes_to_the_socket_and_then_back() {
        append(0, "x".repeat(5000));
        append(1, "y"); // copied, being small
        var lenders = List.of(peer.broker.partition("orders", 0), peer.broker.partition("orders", 1));
        lenders.forEach(lender -> lender.lends = true);

        var answers = partitions(ask(18, fetch(0, 0)));

        assertThat(answers).extracting(FetchTest::values).containsExactly(List.of("x".repeat(5000)), List.of("y"));
        assertThat(lenders).extracting(lender -> lender.lentEver).containsExactly(1, 1);
        assertThat(lenders).extracting(lender -> lender.lentNow).containsExactly(0, 0);
    }

    @Test
    void memory_that_is_lent_goes_back_when_the_connection_has_ended() {
        append(0, "x".repeat(5000));
        append(1, "y");
        var lender = peer.broker.partition("orders", 0);
        lender.lends = true;
        peer.broker.holdAnswers = true;
        peer.send(ApiKeys.FETCH, 17, fetch(0, 0));
        peer.broker.answerHeld();
        assertThat(lender.lentNow).isEqualTo(1);

        peer.connection.closed();
        peer.broker.answerHeld();

        assertThat(lender.lentNow).isZero();
        assertThat(peer.wire.leaked()).isZero();
        assertThat(peer.fetchMemory.held()).isZero();
    }

    @Test
    void what_is_gone_when_it_was_read_keeps_no_memory() {
        append(0, "a");
        append(1, "b");
        peer.broker.partition("orders", 0).inVain = new ReadResult.Gone();
        peer.broker.partition("orders", 1).inVain = new ReadResult.OutOfRange();

        var answers = partitions(ask(17, fetch(0, 0)));

        assertThat(answers)
                .extracting(answer -> Errors.forCode(answer.errorCode()))
                .containsExactly(Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.OFFSET_OUT_OF_RANGE);
        assertThat(peer.wire.leaked()).isZero();
        assertThat(peer.fetchMemory.held()).isZero();
    }

    @Test
    void what_was_compacted_while_it_was_read_is_read_again() {
        append(0, "a");
        append(1, "b");
        peer.broker.partition("orders", 0).readsTwice = true;
        peer.broker.partition("orders", 1).readsTwice = true;
        peer.broker.partition("orders", 1).lends = true;

        var answers = partitions(ask(17, fetch(0, 0)));

        assertThat(answers).extracting(FetchTest::values).containsExactly(List.of("a"), List.of("b"));
        assertThat(peer.wire.leaked()).isZero();
        assertThat(peer.fetchMemory.held()).isZero();
    }

    @Test
    void a_fetch_with_nothing_to_read_waits_for_records() {
        peer.send(ApiKeys.FETCH, 17, fetch(0, 0));
        assertThat(peer.answers()).isEmpty();
        assertThat(peer.wire.leaked()).isZero();

        append(1, "a");

        assertThat(values(
                        partitions((FetchResponseData) peer.answers().getFirst().data())
                                .get(1)))
                .containsExactly("a");
        assertThat(peer.broker.partition("orders", 0).watchers()).isZero();
    }

    @Test
    void a_fetch_that_has_waited_long_enough_is_answered_with_what_there_is() {
        append(0, "a");
        peer.send(ApiKeys.FETCH, 17, fetch(0).setMinBytes(10_000));
        peer.wire.loop.advance(499);
        assertThat(peer.answers()).isEmpty();

        peer.wire.loop.advance(1);

        assertThat(values(
                        partitions((FetchResponseData) peer.answers().getFirst().data())
                                .getFirst()))
                .containsExactly("a");
    }

    @Test
    void records_that_are_not_committed_are_not_seen() {
        peer.broker.holdCommits = true;
        append(0, "a");
        peer.send(ApiKeys.FETCH, 17, fetch(0));
        assertThat(peer.answers()).isEmpty();

        peer.broker.commit();

        assertThat(peer.answers()).hasSize(1);
    }

    @Test
    void the_first_batch_is_returned_however_large_and_what_follows_keeps_to_the_limits() {
        append(0, "a".repeat(1000));
        append(1, "b".repeat(1000));
        append(2, "c");

        var found = partitions(ask(17, fetch(0, 0, 0).setMaxBytes(10)));

        assertThat(found)
                .extracting(partition -> FetchResponse.recordsSize(partition) > 0)
                .containsExactly(true, false, false);
        assertThat(found.get(1).errorCode()).isZero();
        assertThat(found.get(1).records()).isNotNull();
    }

    @Test
    void an_offset_outside_the_log_and_a_wrong_epoch_are_told_at_once() {
        append(0, "a");
        var fenced = fetch(0);
        fenced.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(2);
        var unknown = fetch(0);
        unknown.topics().getFirst().partitions().getFirst().setCurrentLeaderEpoch(9);

        assertThat(error(ask(17, fetch(7)))).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(error(ask(17, fenced))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(error(ask(17, unknown))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(error(ask(17, fetch(0, 0, 0, 0)), 3)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private static Errors error(FetchResponseData answer) {
        return error(answer, 0);
    }

    private static Errors error(FetchResponseData answer, int index) {
        return Errors.forCode(partitions(answer).get(index).errorCode());
    }

    @Test
    void a_fetch_of_another_epoch_than_was_written_here_diverges() {
        append(0, "a");
        var request = fetch(1);
        request.topics().getFirst().partitions().getFirst().setLastFetchedEpoch(5);

        var partition = partitions(ask(17, request)).getFirst();

        assertThat(partition.divergingEpoch().epoch()).isEqualTo(3);
        assertThat(partition.divergingEpoch().endOffset()).isEqualTo(1);
    }

    @Test
    void a_waiting_fetch_hears_that_its_topic_is_deleted() {
        peer.send(ApiKeys.FETCH, 17, fetch(0));
        var partition = peer.broker.partition("orders", 0);
        peer.broker.topics.clear();
        partition.gone = true;
        partition.moved();

        assertThat(error((FetchResponseData) peer.answers().getFirst().data())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void a_connection_that_ends_leaves_no_watch_and_no_buffer() {
        peer.send(ApiKeys.FETCH, 17, fetch(0));
        peer.connection.closed();

        assertThat(peer.broker.partition("orders", 0).watchers()).isZero();
        peer.wire.loop.advance(1000);
        assertThat(peer.wire.leaked()).isZero();
    }

    @Test
    void a_read_that_takes_a_while_goes_on_where_it_was() {
        append(0, "a");
        append(1, "b");
        peer.broker.holdAnswers = true;
        peer.send(ApiKeys.FETCH, 17, fetch(0, 0));
        peer.broker.answerHeld();
        peer.broker.answerHeld();

        assertThat(partitions((FetchResponseData) peer.answers().getFirst().data()))
                .extracting(FetchTest::values)
                .containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void a_session_tells_only_news() {
        append(0, "a");
        var first = ask(17, fetch(0, 0).setSessionEpoch(0));
        assertThat(first.sessionId()).isPositive();
        assertThat(partitions(first)).hasSize(2);

        var next = fetch(1).setSessionId(first.sessionId()).setSessionEpoch(1);
        peer.send(ApiKeys.FETCH, 17, next);
        assertThat(peer.answers()).isEmpty();
        append(1, "b");

        var second = (FetchResponseData) peer.answers().getFirst().data();
        assertThat(partitions(second)).hasSize(1);
        assertThat(values(partitions(second).getFirst())).containsExactly("b");
    }

    @Test
    void a_session_may_begin_with_nothing() {
        var none = new FetchRequestData().setTopics(List.of()).setSessionEpoch(0);

        assertThat(ask(17, none).sessionId()).isPositive();
    }

    @Test
    void what_a_reader_wants_to_see_is_one_of_two() {
        append(0, "a");

        assertThat(ask(17, fetch(0).setIsolationLevel((byte) 7)).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void a_session_that_is_not_known_or_not_at_that_epoch_is_refused() {
        append(0, "a");
        var first = ask(17, fetch(0).setSessionEpoch(0));

        var wrongEpoch = ask(17, fetch(0).setSessionId(first.sessionId()).setSessionEpoch(5));
        var wrongId = ask(17, fetch(0).setSessionId(1).setSessionEpoch(5));
        var byName = fetch(0).setSessionId(first.sessionId()).setSessionEpoch(1);
        byName.topics().getFirst().setTopicId(Uuid.ZERO_UUID);

        assertThat(wrongEpoch.errorCode()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH.code());
        assertThat(wrongId.errorCode()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
        assertThat(ask(12, byName).errorCode()).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR.code());
    }

    @Test
    void an_idle_session_makes_room_for_another_and_a_busy_one_does_not() {
        var sessions = new FetchSessions(1);
        var first = sessions.begin(true, List.of(), 0).orElseThrow();

        assertThat(sessions.begin(true, List.of(), 120_000)).isEmpty();
        assertThat(sessions.begin(true, List.of(), 120_001)).isPresent();
        assertThat(sessions.find(first.id(), 1, true)).isInstanceOf(FetchSessions.Continuing.Refused.class);
    }
}
