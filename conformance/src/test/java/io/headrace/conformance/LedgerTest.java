package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: the checker sees each kind of wrong. A checker that cannot fail proves nothing.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerTest {
    private final Ledger ledger = new Ledger(1, 2);
    private final byte[] first = ledger.next(0);
    private final byte[] second = ledger.next(0);

    @Test
    void a_confirmed_message_that_does_not_come_is_lost() {
        ledger.confirmed(0, 0);
        ledger.confirmed(0, 1);
        ledger.delivered(second, false);

        ledger.checkNothingIsLost();

        assertThat(ledger.wrong())
                .containsExactly("lost: 1 confirmed messages of publisher 0, the first is 0, the last 0");
    }

    @Test
    void a_confirmed_message_that_was_delivered_but_not_acknowledged_must_come_again() {
        ledger.confirmed(0, 0);
        ledger.delivered(first, false);
        ledger.restarted();

        ledger.checkNothingIsLost();

        assertThat(ledger.wrong()).hasSize(1);
    }

    @Test
    void what_was_not_confirmed_or_was_acknowledged_may_be_gone() {
        ledger.confirmed(0, 1);
        ledger.delivered(second, false);
        ledger.acknowledged(second);
        ledger.restarted();

        ledger.checkNothingIsLost();

        assertThat(ledger.wrong()).isEmpty();
    }

    @Test
    void a_message_may_come_again_if_it_says_so() {
        ledger.delivered(first, false);
        ledger.restarted();
        ledger.delivered(first, true);
        assertThat(ledger.wrong()).isEmpty();

        ledger.restarted();
        ledger.delivered(first, false);
        assertThat(ledger.wrong()).containsExactly("silent duplicate: 0/0");
    }

    @Test
    void order_is_kept_for_each_publisher() {
        ledger.delivered(second, false);
        ledger.delivered(ledger.next(1), false);
        ledger.delivered(first, false);

        assertThat(ledger.wrong()).containsExactly("out of order: 0/0 after 1");
    }

    @Test
    void a_message_that_nobody_sent_is_a_phantom() {
        ledger.delivered(new byte[3], false);
        ledger.delivered(new Ledger(1, 5).next(4), false);

        assertThat(ledger.wrong()).hasSize(2).allMatch(line -> line.startsWith("phantom"));
    }

    @Test
    void a_changed_byte_is_damage() {
        first[first.length - 1]++;
        ledger.delivered(first, false);

        assertThat(ledger.wrong()).containsExactly("damaged: 0/0");
    }
}
