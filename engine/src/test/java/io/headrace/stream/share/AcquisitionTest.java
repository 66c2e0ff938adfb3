package io.headrace.stream.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.stream.AbortedTransaction;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what nobody may be given is passed over, and does not hold up the start. Method: batches made by Kafka's
/// classes, no partition.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AcquisitionTest {
    private final Window window = new Window();
    private final ByteBuffer log = ByteBuffer.allocate(10_000);

    private void records(long offset, int count) {
        add(MemoryRecords.withRecords(offset, Compression.NONE, of(count)));
    }

    private void transactional(long offset, long producer, int count) {
        add(MemoryRecords.withTransactionalRecords(offset, Compression.NONE, producer, (short) 0, 0, 0, of(count)));
    }

    private void marker(long offset, long producer, ControlRecordType type) {
        add(MemoryRecords.withEndTransactionMarker(
                offset, 0, 0, producer, (short) 0, new EndTransactionMarker(type, 0)));
    }

    private void add(MemoryRecords batch) {
        log.put(batch.buffer());
    }

    private static SimpleRecord[] of(int count) {
        var records = new SimpleRecord[count];
        java.util.Arrays.fill(records, new SimpleRecord("v".getBytes()));
        return records;
    }

    private List<String> acquire(long from, AbortedTransaction... aborted) {
        var wish = new FetchWish("a", false, 100, 100, 1 << 20, true, () -> true);
        var acquisition =
                new Acquisition(window, ShareSettings.defaults(), wish, 1_000, new AbortedBatches(List.of(aborted)));
        var acquired = acquisition.from(log.duplicate().flip(), from);
        window.advance();
        return ShareTopic.text(acquired);
    }

    @Test
    void markers_are_passed_over() {
        transactional(0, 7, 2);
        marker(2, 7, ControlRecordType.COMMIT);
        records(3, 2);

        assertThat(acquire(0)).containsExactly("0-1×1", "3-4×1");
        assertThat(window.state(window.runAt(2))).isEqualTo(RecordState.ABSENT);
    }

    @Test
    void a_marker_alone_is_left_behind() {
        marker(0, 7, ControlRecordType.ABORT);

        assertThat(acquire(0)).isEmpty();
        assertThat(window.start()).isEqualTo(1);
    }

    @Test
    void aborted_records_are_passed_over_up_to_the_marker() {
        transactional(0, 7, 2);
        transactional(2, 8, 1);
        marker(3, 7, ControlRecordType.ABORT);
        transactional(4, 7, 2);
        marker(6, 8, ControlRecordType.COMMIT);
        marker(7, 7, ControlRecordType.COMMIT);

        assertThat(acquire(0, new AbortedTransaction(7, 0))).containsExactly("2-2×1", "4-5×1");
        assertThat(window.start()).isEqualTo(2);
    }

    @Test
    void what_compaction_left_empty_is_passed_over() {
        records(5, 2);
        records(10, 1);

        assertThat(acquire(0)).containsExactly("5-6×1", "10-10×1");
        assertThat(window.start()).isEqualTo(5);
        assertThat(window.end()).isEqualTo(11);
    }

    @Test
    void what_came_back_and_is_not_there_any_more_is_done_with() {
        window.acquired(0, 4, "b", 1, 4, 500);
        window.available(1, 3, 1, 4);
        records(3, 3);

        assertThat(acquire(1)).containsExactly("4-5×1");
        assertThat(window.state(window.runAt(1))).isEqualTo(RecordState.ABSENT);
        assertThat(window.state(window.runAt(3))).isEqualTo(RecordState.ACQUIRED);
        assertThat(window.owner(window.runAt(3))).isEqualTo("b");
    }

    @Test
    void the_bytes_that_are_sent_begin_and_end_with_what_was_given() {
        records(0, 2);
        int first = log.position();
        records(2, 2);
        int second = log.position();
        records(4, 2);
        window.acquired(0, 2, "b", 1, 2, 500);
        window.acquired(2, 4, "c", 1, 2, 500);
        window.available(2, 4, 1, 2);
        window.acquired(4, 6, "b", 1, 2, 500);

        var wish = new FetchWish("a", false, 100, 100, 1 << 20, true, () -> true);
        var acquired = new Acquisition(window, ShareSettings.defaults(), wish, 1_000, new AbortedBatches(List.of()))
                .from(log.duplicate().flip(), 0);

        assertThat(acquired.from()).isEqualTo(first);
        assertThat(acquired.to()).isEqualTo(second);
    }
}
