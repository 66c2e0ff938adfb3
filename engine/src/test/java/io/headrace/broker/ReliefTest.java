package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.LyingStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: who waits for relief is told once, whatever ends the wait, and an alarm remembers nobody who has gone.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReliefTest {
    private final SimulatedBroker broker = new SimulatedBroker(new LyingStorage(1), 1);
    private final ResourceAlarms alarms = new ResourceAlarms();
    private final List<String> told = new ArrayList<>();
    private Relief relief;

    @BeforeEach
    void boot() throws IOException {
        broker.boot();
        relief = new Relief(broker.engine.shard(), alarms);
    }

    @Test
    void all_who_wait_are_told_once_when_no_alarm_is_left() {
        alarms.low(true, true);
        relief.await(() -> told.add("first"));
        relief.await(() -> told.add("second"));
        alarms.low(false, true);
        broker.settle();
        assertThat(told).isEmpty();

        alarms.low(false, false);
        broker.settle();
        alarms.low(true, false);
        alarms.low(false, false);
        broker.settle();

        assertThat(told).containsExactly("first", "second");
        assertThat(alarms.listeners()).isZero();
    }

    @Test
    void who_comes_when_the_alarm_has_just_ended_is_told() {
        relief.await(() -> told.add("late"));
        assertThat(told).isEmpty();

        broker.settle();

        assertThat(told).containsExactly("late");
    }

    @Test
    void who_waits_is_told_that_the_session_is_closed_and_the_alarm_forgets_it() {
        alarms.low(false, true);
        relief.await(() -> told.add("gone"));

        relief.close();

        assertThat(alarms.listeners()).isZero();
        broker.settle();
        alarms.low(false, false);
        broker.settle();
        assertThat(told).containsExactly("gone");
    }

    @Test
    void who_is_told_may_wait_again() {
        alarms.low(false, true);
        relief.await(() -> {
            told.add("once");
            alarms.low(false, true);
            relief.await(() -> told.add("again"));
        });
        alarms.low(false, false);
        broker.settle();
        assertThat(told).containsExactly("once");

        alarms.low(false, false);
        broker.settle();

        assertThat(told).containsExactly("once", "again");
    }
}
