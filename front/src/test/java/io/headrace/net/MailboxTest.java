package io.headrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: loops that meet once a turn, in order, and none of which can keep the other's turn from ending.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MailboxTest {
    private final TestLoop from = new TestLoop();
    private final TestLoop to = new TestLoop();
    private final Mailbox mailbox = new Mailbox(from, to);
    private final List<String> steps = new ArrayList<>();

    @Test
    void what_a_turn_has_put_goes_over_when_it_ends_in_its_order() {
        from.execute(() -> {
            put("one");
            put("two");
        });
        to.turn();
        assertThat(steps).isEmpty();

        from.turn();
        to.turn();

        assertThat(steps).containsExactly("one", "two");
    }

    @Test
    void what_comes_while_the_receiver_works_is_for_its_next_turn() {
        from.execute(() -> mailbox.put(() -> {
            steps.add("first");
            to.afterTurn(() -> steps.add("end of its turn"));
            from.execute(() -> put("second"));
            from.turn();
        }));
        from.turn();

        to.turn();

        assertThat(steps).containsExactly("first", "end of its turn", "second");
    }

    @Test
    void nothing_stays_behind_when_turns_cross() {
        for (int i = 0; i < 5; i++) {
            put("" + i);
            from.turn();
        }
        to.turn();
        put("5");
        from.turn();
        to.turn();

        assertThat(steps).containsExactly("0", "1", "2", "3", "4", "5");
    }

    @Test
    void trouble_in_one_task_does_not_reach_the_next() {
        mailbox.put(() -> {
            throw new IllegalStateException("on purpose");
        });
        put("next");

        from.turn();
        to.turn();

        assertThat(steps).containsExactly("next");
    }

    private void put(String step) {
        mailbox.put(() -> steps.add(step));
    }
}
