package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what is more important leaves first. Method: the whole engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PriorityTest {
    private final QueueWorld world = QueueWorld.open();

    PriorityTest() throws IOException {}

    @Test
    void higher_ones_leave_first_and_equal_ones_in_order() {
        world.declare("q", "x-max-priority", 10);
        world.send("q", "none");
        send(1, "low");
        send(9, "high");
        send(9, "high too");
        send(0, "zero");
        send(200, "above the highest");

        assertThat(world.drain("q")).containsExactly("above the highest", "high", "high too", "low", "none", "zero");
    }

    @Test
    void one_that_comes_back_takes_its_place_again() {
        world.declare("q", "x-max-priority", 5);
        send(1, "a");
        send(1, "b");
        send(3, "c");
        var c = world.get("q").orElseThrow();
        var a = world.get("q").orElseThrow();
        send(5, "d");
        a.requeue();
        c.requeue();

        assertThat(world.drain("q")).containsExactly("d", "c", "a", "b");
    }

    @Test
    void a_crash_changes_no_order() throws IOException {
        world.declare("q", "x-max-priority", 255);
        for (int i = 0; i < 512; i++) {
            send(i % 256, "p" + i);
        }
        world.pass(50);
        world.crash();

        var expected = new ArrayList<String>();
        for (int priority = 255; priority >= 0; priority--) {
            expected.add("p" + priority);
            expected.add("p" + (priority + 256));
        }
        assertThat(world.drain("q")).isEqualTo(expected);
    }

    @Test
    void without_priorities_the_property_does_nothing() {
        world.declare("q");
        send(1, "a");
        send(9, "b");

        assertThat(world.drain("q")).containsExactly("a", "b");
    }

    @Test
    void a_purge_takes_all_levels() {
        world.declare("q", "x-max-priority", 3);
        for (int i = 0; i < 8; i++) {
            send(i % 4, "m" + i);
        }
        var held = world.get("q").orElseThrow();

        world.broker.declare(new Command.PurgeQueue("q"));
        assertThat(world.ready("q")).isZero();
        held.requeue();

        assertThat(world.drain("q")).containsExactly("m3");
    }

    @Test
    void a_full_queue_drops_the_highest_first_as_rabbitmq_does() {
        world.declare("q", "x-max-priority", 3, "x-max-length", 2);
        send(3, "high");
        send(1, "low");
        send(1, "low too");

        assertThat(world.drain("q")).containsExactly("low", "low too");
    }

    private void send(int priority, String body) {
        world.send("q", TestMessage.of(body).withPriority(priority));
    }
}
