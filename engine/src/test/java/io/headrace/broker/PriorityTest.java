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

    @Test
    void a_quorum_queue_serves_two_high_ones_for_each_other_one() {
        world.declare("q", "x-queue-type", "quorum");
        for (int i = 0; i < 3; i++) {
            send(4, "low " + i);
        }
        world.send("q", "none");
        for (int i = 0; i < 5; i++) {
            send(5 + i, "high " + i);
        }
        world.settle();

        assertThat(world.drain("q"))
                .containsExactly("high 0", "high 1", "low 0", "high 2", "high 3", "low 1", "high 4", "low 2", "none");
    }

    @Test
    void what_comes_back_to_a_quorum_queue_goes_before_all_levels() {
        world.declare("q", "x-queue-type", "quorum");
        send(0, "low");
        world.settle();
        var low = world.get("q").orElseThrow();
        send(9, "high");
        world.settle();
        low.requeue();

        assertThat(world.drain("q")).containsExactly("low", "high");
    }

    @Test
    void a_crash_changes_no_level_of_a_quorum_queue() throws IOException {
        world.declare("q", "x-queue-type", "quorum");
        for (int i = 0; i < 300; i++) {
            send(i % 2 == 0 ? 1 : 9, (i % 2 == 0 ? "low " : "high ") + i);
        }
        world.pass(50);
        world.crash();

        var drained = world.drain("q");
        assertThat(drained).hasSize(300).startsWith("high 1", "high 3", "low 0", "high 5");
        assertThat(drained.stream().filter(body -> body.startsWith("low"))).isSortedAccordingTo(PriorityTest::byNumber);
        assertThat(drained.stream().filter(body -> body.startsWith("high")))
                .isSortedAccordingTo(PriorityTest::byNumber);
    }

    private static int byNumber(String one, String other) {
        return Integer.compare(Integer.parseInt(one.split(" ")[1]), Integer.parseInt(other.split(" ")[1]));
    }

    @Test
    void both_levels_of_a_quorum_queue_are_purged_and_expire() {
        world.declare("q", "x-queue-type", "quorum", "x-message-ttl", 100);
        send(9, "high");
        send(1, "low");
        world.settle();
        world.broker.declare(new Command.PurgeQueue("q"));
        assertThat(world.ready("q")).isZero();
        send(9, "high");
        send(1, "low");
        world.settle();
        assertThat(world.ready("q")).isEqualTo(2);

        world.pass(200);

        assertThat(world.ready("q")).isZero();
    }

    private void send(int priority, String body) {
        world.send("q", TestMessage.of(body).withPriority(priority));
    }
}
