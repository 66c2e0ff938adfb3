package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a message stays as long as its queue and its publisher let it, and no consumer sees it later. Method: the
/// whole engine; the clock is ours.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ExpiryTest {
    private final QueueWorld world = QueueWorld.open();

    ExpiryTest() throws IOException {}

    @Test
    void a_message_goes_when_the_queues_time_is_over() {
        world.declare("q", "x-message-ttl", 1000);
        world.send("q", "m");

        world.pass(1000);
        assertThat(world.ready("q")).as("on its last millisecond").isLessThanOrEqualTo(1);
        world.pass(10);

        assertThat(world.ready("q")).isZero();
        assertThat(world.get("q")).isEmpty();
    }

    @Test
    void before_its_time_it_is_there() {
        world.declare("q", "x-message-ttl", 1000);
        world.send("q", "m");

        world.pass(900);

        assertThat(world.get("q")).isPresent();
    }

    @Test
    void the_shorter_of_the_queues_and_the_messages_time_counts() {
        world.declare("q", "x-message-ttl", 1000);
        world.send("q", TestMessage.of("short").expiringIn(100));
        world.send("q", TestMessage.of("long").expiringIn(5000));

        world.pass(200);
        assertThat(world.ready("q")).isEqualTo(1);
        world.pass(900);

        assertThat(world.ready("q")).isZero();
    }

    @Test
    void one_behind_others_that_stay_goes_at_its_time_too() {
        world.declare("q");
        world.send("q", "first");
        world.send("q", TestMessage.of("second").expiringIn(100));
        world.send("q", "third");

        world.pass(110);

        assertThat(world.drain("q")).containsExactly("first", "third");
    }

    @Test
    void in_each_queue_it_has_the_time_of_that_queue() {
        world.declare("short", "x-message-ttl", 100);
        world.declare("long");
        world.bind("amq.fanout", "short", "");
        world.bind("amq.fanout", "long", "");
        world.publish("amq.fanout", "", TestMessage.of("m"));

        world.pass(200);

        assertThat(world.ready("short")).isZero();
        assertThat(world.ready("long")).isEqualTo(1);
    }

    @Test
    void with_no_time_at_all_it_goes_unless_a_consumer_waits() {
        world.declare("q", "x-message-ttl", 0);
        world.send("q", "nobody is there");
        assertThat(world.ready("q")).isZero();

        var consumer = world.consume("q", 1);
        world.send("q", "taken");
        world.send("q", "too much");

        assertThat(consumer.bodies()).containsExactly("taken");
        assertThat(world.ready("q")).isZero();
    }

    @Test
    void with_no_time_at_all_a_quorum_queue_hands_it_over_too() {
        world.declare("q", "x-queue-type", "quorum", "x-message-ttl", 0);
        var consumer = world.consume("q", 1);
        world.settle();
        world.send("q", "taken");
        world.send("q", "too much");

        assertThat(consumer.bodies()).containsExactly("taken");
        world.pass(20);
        assertThat(world.ready("q")).isZero();
    }

    @Test
    void one_that_is_with_a_consumer_stays_until_it_comes_back() {
        world.declare("q", "x-message-ttl", 100);
        world.send("q", "m");
        var held = world.get("q").orElseThrow();

        world.pass(200);
        held.requeue();

        assertThat(world.get("q")).isEmpty();
        assertThat(world.ready("q")).isZero();
    }

    @Test
    void one_that_comes_back_in_time_goes_at_its_old_time() {
        world.declare("q", "x-message-ttl", 200);
        world.send("q", "m");
        var held = world.get("q").orElseThrow();
        world.pass(150);

        held.requeue();
        world.pass(20);
        assertThat(world.ready("q")).isEqualTo(1);
        world.pass(40);

        assertThat(world.ready("q")).isZero();
    }

    @Test
    void a_crash_does_not_give_it_more_time() throws IOException {
        world.declare("q");
        for (int i = 0; i < 5_000; i++) {
            world.send("q", TestMessage.of("m" + i).expiringIn(1_000_000 + i));
        }
        world.send("q", TestMessage.of("short").expiringIn(500));
        world.settle();
        world.pass(20);
        world.crash();
        assertThat(world.ready("q")).isEqualTo(5_001);

        world.pass(600);

        assertThat(world.ready("q")).isEqualTo(5_000);
    }

    @Test
    void a_crash_among_many_that_are_due_soon_delays_none() throws IOException {
        world.declare("q");
        for (int i = 0; i < 5_000; i++) {
            world.send("q", TestMessage.of("m" + i).expiringIn(1_500 + i % 1_000));
        }
        world.pass(1_600); // some went, the others are known to go soon, and a checkpoint was taken
        world.crash();

        world.pass(300);
        assertThat(world.ready("q")).isBetween(2_000L, 4_000L);
        world.pass(700);

        assertThat(world.ready("q")).isZero();
    }

    @Test
    void ten_years_are_ten_years() {
        world.declare("q");
        world.send("q", TestMessage.of("m").expiringIn(315_360_000_000L));

        world.broker.advance(315_359_999_990L);
        assertThat(world.ready("q")).isEqualTo(1);
        world.broker.advance(20);

        assertThat(world.ready("q")).isZero();
    }

    @Test
    void transient_messages_expire_like_others() {
        world.declare("q");
        world.send("q", TestMessage.of("m").inMemory().expiringIn(100));
        world.send("q", TestMessage.of("n").inMemory());

        world.pass(110);

        assertThat(world.drain("q")).containsExactly("n");
    }
}
