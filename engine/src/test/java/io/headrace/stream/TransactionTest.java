package io.headrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.SimulatedBroker;
import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a partition lets in what is of an open transaction, holds its last stable offset back until it is known how
/// that ended, and knows for ever what was aborted. Method: the whole engine in one thread, as in [PartitionTest]; the
/// rules one by one against Kafka's own are in [TransactionOracleTest].
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransactionTest {
    private static final long A = 7;
    private static final long B = 8;

    private final LyingStorage storage = new LyingStorage(1);
    private final SimulatedBroker broker = new SimulatedBroker(storage, 1);
    private final OpenGate gate = new OpenGate();

    /// Lets everybody in, and counts how often it was asked.
    private static final class OpenGate implements TransactionGate {
        int asked;
        boolean addsPartition;
        Errors error = Errors.NONE;

        @Override
        public Errors admit(long producerId, short producerEpoch) {
            asked++;
            return error;
        }

        @Override
        public boolean addsPartition() {
            return addsPartition;
        }
    }

    @BeforeEach
    void boot() throws IOException {
        broker.boot();
    }

    // ---- who may append ----

    @Test
    void the_gate_is_asked_once_for_each_transaction() {
        var partition = create(Map.of());

        append(partition, Batches.transactional(A, 0, 0, "a"));
        append(partition, Batches.transactional(A, 0, 1, "b"));
        assertThat(gate.asked).isEqualTo(1);

        end(partition, A, 0, true);
        append(partition, Batches.transactional(A, 0, 2, "c"));
        assertThat(gate.asked).isEqualTo(2);
    }

    @Test
    void what_the_gate_refuses_is_not_appended() {
        var partition = create(Map.of());
        gate.error = Errors.TRANSACTION_ABORTABLE;

        assertThat(append(partition, Batches.transactional(A, 0, 0, "a")))
                .isEqualTo(new Append.Rejected(Errors.TRANSACTION_ABORTABLE));
        assertThat(partition.endOffset()).isZero();
        assertThat(partition.producerStates()).isEmpty();
    }

    @Test
    void the_gate_is_asked_after_compressed_records_were_looked_at() {
        var partition = create(Map.of());
        var answers = new ArrayList<Append>();
        var batch = MemoryRecords.withTransactionalRecords(
                Compression.gzip().build(), A, (short) 0, 0, new SimpleRecord(new byte[1 << 20]));
        partition.append(batch.buffer(), gate, answers::add);
        gate.error = Errors.INVALID_TXN_STATE; // the transaction ends while another thread decompresses

        broker.settle();

        assertThat(answers).containsExactly(new Append.Rejected(Errors.INVALID_TXN_STATE));
    }

    @Test
    void a_batch_of_an_open_transaction_that_is_sent_again_is_where_it_was() {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 0, 0, "a", "b"));
        gate.error = Errors.INVALID_TXN_STATE;

        assertThat(append(partition, Batches.transactional(A, 0, 0, "a", "b")))
                .isEqualTo(new Append.Duplicate(0, 1, 1_000));
        end(partition, A, 0, true);
        assertThat(refusal(append(partition, Batches.transactional(A, 0, 0, "a", "b"))))
                .isEqualTo(Errors.INVALID_TXN_STATE);
    }

    @Test
    void a_producer_that_adds_partitions_by_appending_begins_with_sequence_0() {
        var partition = create(Map.of());
        gate.addsPartition = true;

        assertThat(refusal(append(partition, Batches.transactional(A, 0, 3, "a"))))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        gate.addsPartition = false;
        assertThat(append(partition, Batches.transactional(A, 0, 3, "a"))).isEqualTo(new Append.Appended(0, 0, -1));
    }

    @Test
    void a_producer_with_an_open_transaction_appends_nothing_outside_of_it() {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 0, 0, "a"));

        assertThat(refusal(append(partition, Batches.idempotent(A, 0, 1, "b")))).isEqualTo(Errors.INVALID_TXN_STATE);
        end(partition, A, 0, true);
        assertThat(append(partition, Batches.idempotent(A, 0, 1, "b"))).isEqualTo(new Append.Appended(2, 2, -1));
    }

    @Test
    void without_a_gate_there_are_no_transactions() {
        var partition = create(Map.of());
        var answers = new ArrayList<Append>();

        partition.append(Batches.transactional(A, 0, 0, "a"), answers::add);

        assertThat(answers).containsExactly(new Append.Rejected(Errors.INVALID_TXN_STATE));
    }

    // ---- how it ends ----

    @Test
    void the_marker_is_a_control_batch_with_one_offset() {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 2, 0, "a"));

        assertThat(end(partition, A, 2, false)).isEqualTo(new Append.Appended(1, 1, -1));

        var marker = MemoryRecords.readableRecords(read(partition, 1)).firstBatch();
        assertThat(marker.isControlBatch()).isTrue();
        assertThat(marker.isTransactional()).isTrue();
        assertThat(marker.producerId()).isEqualTo(A);
        assertThat(marker.producerEpoch()).isEqualTo((short) 2);
        assertThat(marker.baseSequence()).isEqualTo(-1);
        assertThat(marker.maxTimestamp()).isEqualTo(broker.loop().clock().millis());
    }

    @Test
    void the_end_of_a_transaction_is_not_taken_from_who_was_fenced() {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 5, 0, "a"));

        assertThat(refusal(partition.end(new TransactionEnd(A, (short) 4, false, 3, false))))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(refusal(partition.end(new TransactionEnd(A, (short) 5, false, 3, true))))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        partition.end(new TransactionEnd(A, (short) 5, false, 3, false));
        assertThat(refusal(partition.end(new TransactionEnd(A, (short) 5, false, 2, false))))
                .isEqualTo(Errors.TRANSACTION_COORDINATOR_FENCED);
        assertThat(partition.endOffset()).isEqualTo(2);
    }

    @Test
    void a_marker_that_comes_twice_does_no_harm() {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 5, 0, "a"));
        partition.end(new TransactionEnd(A, (short) 6, false, 3, true));

        assertThat(partition.end(new TransactionEnd(A, (short) 6, false, 3, true)))
                .isEqualTo(new Append.Appended(2, 2, -1));

        broker.settle();
        assertThat(aborted(partition, 0, 3)).containsExactly(new AbortedTransaction(A, 0));
        assertThat(append(partition, Batches.transactional(A, 6, 0, "b"))).isEqualTo(new Append.Appended(3, 3, -1));
    }

    @Test
    void a_marker_for_who_has_nothing_here_moves_the_epoch() {
        var partition = create(Map.of());

        assertThat(end(partition, A, 3, true)).isEqualTo(new Append.Appended(0, 0, -1));

        assertThat(partition.lastStableOffset()).isEqualTo(1);
        assertThat(refusal(append(partition, Batches.transactional(A, 2, 0, "a"))))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(partition.producerStates())
                .containsExactly(new ProducerState(
                        A, (short) 3, -1, broker.loop().clock().millis(), 1, OptionalLong.empty()));
    }

    @Test
    void a_deleted_topic_takes_no_marker() {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 0, 0, "a"));
        broker.topics().delete("t", _ -> {});
        broker.settle();

        assertThat(refusal(partition.end(new TransactionEnd(A, (short) 0, true, 1, false))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    // ---- what is stable ----

    @Test
    void the_last_stable_offset_waits_for_the_oldest_transaction_and_for_its_marker_to_be_committed() {
        var partition = create(Map.of());
        append(partition, Batches.of("plain"));
        append(partition, Batches.transactional(A, 0, 0, "a"));
        append(partition, Batches.transactional(B, 0, 0, "b"));
        append(partition, Batches.of("plain"));
        assertThat(partition.lastStableOffset()).isEqualTo(1);
        var stable = new ArrayList<Long>();
        partition.watch(() -> stable.add(partition.lastStableOffset()));

        partition.end(new TransactionEnd(A, (short) 0, true, 1, false));
        assertThat(partition.lastStableOffset()).isEqualTo(1);
        broker.settle();
        assertThat(partition.lastStableOffset()).isEqualTo(2);
        end(partition, B, 0, false);

        assertThat(partition.lastStableOffset()).isEqualTo(6);
        assertThat(stable).containsExactly(2L, 6L);
    }

    @Test
    void the_last_stable_offset_is_not_below_the_start() {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 0, 0, "a"));
        append(partition, Batches.of("b", "c"));

        partition.deleteBefore(2);

        assertThat(partition.lastStableOffset()).isEqualTo(2);
    }

    @Test
    void a_producer_with_an_open_transaction_is_never_forgotten() {
        var partition = create(Map.of("retention.ms", "-1"));
        append(partition, Batches.transactional(A, 0, 0, "a"));
        append(partition, Batches.idempotent(B, 0, 0, "b"));

        broker.advance(StreamConfig.defaults().producerExpiryMillis() + 1);
        broker.advance(StreamConfig.defaults().retentionCheckMillis());
        broker.settle();

        assertThat(partition.producerStates())
                .extracting(ProducerState::producerId)
                .containsExactly(A);
        assertThat(partition.lastStableOffset()).isZero();
    }

    @Test
    void open_transactions_and_their_producers_survive_a_crash() throws IOException {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 1, 0, "a"));
        append(partition, Batches.transactional(B, 1, 0, "b"));
        end(partition, A, 1, false);
        var states = partition.producerStates();

        storage.crash();
        broker.boot();

        assertThat(partition().producerStates()).isEqualTo(states);
        assertThat(partition().lastStableOffset()).isEqualTo(1);
        gate.error = Errors.INVALID_TXN_STATE;
        assertThat(append(partition(), Batches.transactional(B, 1, 1, "b"))).isEqualTo(new Append.Appended(3, 3, -1));
        end(partition(), B, 1, true);
        assertThat(partition().lastStableOffset()).isEqualTo(5);
        assertThat(aborted(partition(), 0, 5)).containsExactly(new AbortedTransaction(A, 0));
    }

    // ---- what was aborted ----

    @Test
    void aborted_transactions_are_told_by_their_first_offsets_for_every_range_they_meet() {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 0, 0, "a")); // 0 to 3
        append(partition, Batches.transactional(B, 0, 0, "b")); // 1 to 2
        end(partition, B, 0, false);
        end(partition, A, 0, false);
        append(partition, Batches.transactional(A, 0, 1, "c")); // committed
        end(partition, A, 0, true);

        var a = new AbortedTransaction(A, 0);
        var b = new AbortedTransaction(B, 1);
        assertThat(aborted(partition, 0, 1)).containsExactly(a);
        assertThat(aborted(partition, 0, 6)).containsExactly(a, b);
        assertThat(aborted(partition, 2, 3)).containsExactly(a, b);
        assertThat(aborted(partition, 3, 6)).containsExactly(a);
        assertThat(aborted(partition, 4, 6)).isEmpty();
    }

    @Test
    void thousands_of_aborted_transactions_are_found_in_files_and_are_not_kept_in_memory() throws IOException {
        var partition = create(Map.of("internal.segment.bytes", "200000"));
        int count = 3_000;
        for (int i = 0; i < count; i++) {
            append(partition, Batches.transactional(A, 0, i, "a"));
            end(partition, A, 0, false);
            if (i % 100 == 0) {
                broker.advance(500);
                broker.settle();
            }
        }
        broker.advance(500);
        broker.settle();

        var segments = ((LogPartition) partition).segments().all();
        assertThat(segments).hasSizeGreaterThan(2);
        assertThat(segments.stream().mapToInt(Segment::abortedCount).sum()).isEqualTo(count);
        assertThat(segments.stream().mapToInt(TransactionTest::inMemory).sum()).isEqualTo(AbortedIndex.KEPT_MAX);
        checkAborted(partition, count);
        storage.crash();
        broker.boot();
        checkAborted(partition(), count);
        // a checkpoint remembers how many there are; the rest is in the files
        broker.advance(60_000);
        broker.settle();
        storage.crash();
        broker.boot();
        checkAborted(partition(), count);
    }

    private static int inMemory(Segment segment) {
        return segment.aborted().map(index -> index.count() - index.fileOnly()).orElse(0);
    }

    private void checkAborted(Partition partition, int count) {
        for (int i = 0; i < count; i += 37) {
            assertThat(aborted(partition, 2L * i, 2L * i + 1)).containsExactly(new AbortedTransaction(A, 2L * i));
        }
        assertThat(aborted(partition, 0, 2L * count)).hasSize(count);
    }

    @Test
    void what_was_aborted_goes_with_its_segment() throws IOException {
        var partition = create(Map.of("internal.segment.bytes", "300", "retention.ms", "60000"));
        long now = broker.loop().clock().millis();
        for (int i = 0; i < 5; i++) {
            append(partition, Batches.transactional(A, 0, i, "a"));
            end(partition, A, 0, false);
        }
        broker.advance(500);
        broker.settle();
        assertThat(storage.list(SegmentFiles.DIRECTORY)).anyMatch(name -> name.endsWith(".txnindex"));

        broker.advance(61_000);
        append(partition, Batches.of(CompressionType.NONE, now + 61_000, "young", "and", "large".repeat(50)));
        broker.advance(300_000);
        broker.settle();

        assertThat(partition.startOffset()).isEqualTo(10);
        assertThat(storage.list(SegmentFiles.DIRECTORY)).noneMatch(name -> name.endsWith(".txnindex"));
        assertThat(aborted(partition, 10, partition.endOffset())).isEmpty();
    }

    @Test
    void a_full_disk_keeps_the_index_in_memory_until_there_is_room() throws IOException {
        var partition = create(Map.of());
        append(partition, Batches.transactional(A, 0, 0, "a"));
        end(partition, A, 0, false);
        storage.capacityBytes(storage.usedBytes());
        for (int i = 0; i < 5; i++) {
            broker.advance(500);
            broker.settle();
        }
        assertThat(aborted(partition, 0, 2)).containsExactly(new AbortedTransaction(A, 0));

        storage.capacityBytes(storage.usedBytes() + 10_000_000);
        for (int i = 0; i < 10; i++) {
            broker.advance(500);
            broker.settle();
        }

        assertThat(((LogPartition) partition)
                        .segments()
                        .active()
                        .aborted()
                        .orElseThrow()
                        .unwritten())
                .isZero();
    }

    private Partition create(Map<String, String> settings) {
        broker.topics().create("t", 1, settings, _ -> {});
        broker.settle();
        return partition();
    }

    private Partition partition() {
        var topics = broker.topics();
        return topics.partition(topics.topic("t").orElseThrow(), 0).orElseThrow();
    }

    private Append append(Partition partition, ByteBuffer batch) {
        var answers = new ArrayList<Append>();
        partition.append(batch, gate, answers::add);
        broker.settle();
        return answers.getFirst();
    }

    private Append end(Partition partition, long producer, int epoch, boolean commit) {
        var answer = partition.end(new TransactionEnd(producer, (short) epoch, commit, 1, false));
        broker.settle();
        return answer;
    }

    private static Errors refusal(Append answer) {
        return ((Append.Rejected) answer).error();
    }

    private List<AbortedTransaction> aborted(Partition partition, long from, long to) {
        var found = new ArrayList<List<AbortedTransaction>>();
        partition.aborted(from, to, found::add);
        broker.settle();
        return found.getFirst();
    }

    private ByteBuffer read(Partition partition, long offset) {
        var into = new ByteBuffer[1];
        partition.read(
                offset, partition.highWatermark(), 1, true, bytes -> into[0] = ByteBuffer.allocate(bytes), _ -> {});
        broker.settle();
        return into[0].rewind();
    }
}
