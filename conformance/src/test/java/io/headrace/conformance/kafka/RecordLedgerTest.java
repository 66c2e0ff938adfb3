package io.headrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.conformance.kafka.RecordLedger.Place;
import io.headrace.conformance.kafka.RecordLedger.Sent;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: the checker sees each kind of wrong. A checker that cannot fail proves nothing.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RecordLedgerTest {
    private final RecordLedger ledger = new RecordLedger(1, 2);
    private final Sent first = ledger.next(0);
    private final Sent second = ledger.next(0);

    @Test
    void what_is_acknowledged_delivered_and_logged_once_and_in_order_is_right() {
        acknowledge(first, 0);
        acknowledge(second, 1);
        find(first, 0);
        find(second, 1);

        ledger.checkNothingIsLost();

        assertThat(ledger.wrong()).isEmpty();
    }

    @Test
    void an_acknowledged_record_that_is_not_in_the_log_is_lost() {
        acknowledge(first, 0);
        acknowledge(second, 1);
        find(first, 0);

        ledger.checkNothingIsLost();

        assertThat(ledger.wrong())
                .containsExactly("lost: 1 acknowledged records of key 0, the first is 1 at " + new Place(0, 1));
    }

    @Test
    void a_record_that_is_there_twice_is_a_duplicate() {
        find(first, 0);
        find(second, 1);
        find(first, 2);

        assertThat(ledger.wrong()).containsExactly("duplicated: 0/0 at " + new Place(0, 2));
    }

    @Test
    void order_is_kept_for_each_key() {
        find(second, 0);
        find(ledger.next(1), 1);
        find(first, 2);

        assertThat(ledger.wrong()).containsExactly("reordered: 0/0 after 1");
    }

    @Test
    void an_acknowledged_record_stays_where_it_was_said_to_be() {
        acknowledge(first, 0);
        find(first, 3);

        assertThat(ledger.wrong()).singleElement().asString().startsWith("moved: 0/0");
    }

    @Test
    void a_record_that_the_group_never_got_is_missed() {
        ledger.logged(new Place(0, 0), first.value());

        assertThat(ledger.wrong()).singleElement().asString().startsWith("not delivered: 0/0");
    }

    @Test
    void a_record_that_the_group_got_must_stay() {
        ledger.delivered(new Place(0, 0), first.value());
        ledger.delivered(new Place(0, 1), second.value());
        ledger.logged(new Place(0, 0), second.value());

        ledger.checkNothingIsLost();

        assertThat(ledger.wrong())
                .containsExactly(
                        "changed: the group read another record at " + new Place(0, 0),
                        "gone: the group read a record at " + new Place(0, 1) + ", there is none now");
    }

    @Test
    void a_committed_offset_does_not_go_back() {
        ledger.committed(0, 10);
        ledger.committed(0, 9);
        ledger.checkCommitted(Map.of(0, 10L, 1, 5L), Map.of(0, 10L, 1, 4L));
        ledger.checkCommitted(Map.of(2, 5L), Map.of());

        assertThat(ledger.wrong())
                .containsExactly(
                        "went back: the group committed 9 in partition 0 after 10",
                        "went back: offset 5 was committed in partition 1, now it is 4",
                        "went back: offset 5 was committed in partition 2, now it is -1");
    }

    @Test
    void what_nobody_sent_is_a_phantom_and_a_changed_byte_is_damage() {
        ledger.delivered(new Place(0, 0), new byte[3]);
        first.value()[first.value().length - 1]++;
        ledger.delivered(new Place(0, 1), first.value());

        assertThat(ledger.wrong()).containsExactly("phantom: a record that nobody sent, of 3 bytes", "damaged: 0/0");
    }

    private void acknowledge(Sent record, long offset) {
        ledger.acknowledged(record, new Place(0, offset));
    }

    private void find(Sent record, long offset) {
        ledger.delivered(new Place(0, offset), record.value());
        ledger.logged(new Place(0, offset), record.value());
    }
}
