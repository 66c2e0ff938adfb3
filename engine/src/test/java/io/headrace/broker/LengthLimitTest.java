package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a queue holds no more than it was told to. Method: the whole engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LengthLimitTest {
    private final QueueWorld world = QueueWorld.open();

    LengthLimitTest() throws IOException {}

    @Test
    void the_oldest_go_when_there_are_too_many() {
        world.declare("q", "x-max-length", 3);
        for (int i = 0; i < 10; i++) {
            world.send("q", "m" + i);
        }

        assertThat(world.drain("q")).containsExactly("m7", "m8", "m9");
        assertThat(world.confirmed).hasSize(10);
    }

    @Test
    void bytes_of_bodies_count_and_nothing_else() {
        world.declare("q", "x-max-length-bytes", 30);
        for (int i = 0; i < 5; i++) {
            world.send("q", TestMessage.of("ten bytes" + i));
        }

        assertThat(world.drain("q")).containsExactly("ten bytes2", "ten bytes3", "ten bytes4");
    }

    @Test
    void a_single_message_that_is_too_large_goes_itself() {
        world.declare("q", "x-max-length-bytes", 5);
        world.send("q", "too large");

        assertThat(world.ready("q")).isZero();
    }

    @Test
    void with_room_for_none_a_waiting_consumer_still_gets_them() {
        world.declare("q", "x-max-length", 0);
        var consumer = world.consume("q", 2);
        for (int i = 0; i < 3; i++) {
            world.send("q", "m" + i);
        }

        assertThat(consumer.bodies()).containsExactly("m0", "m1");
        assertThat(world.ready("q")).isZero();
    }

    @Test
    void what_is_out_does_not_count() {
        world.declare("q", "x-max-length", 2);
        var consumer = world.consume("q", 2);
        for (int i = 0; i < 4; i++) {
            world.send("q", "m" + i);
        }

        assertThat(consumer.bodies()).hasSize(2);
        assertThat(world.ready("q")).isEqualTo(2);
    }

    @Test
    void what_is_dropped_goes_to_the_dead_letter_exchange() {
        world.declare("dead");
        world.declare("q", "x-max-length", 1, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        for (int i = 0; i < 3; i++) {
            world.send("q", "m" + i);
        }
        world.settle();

        var dead = world.get("dead").orElseThrow();
        assertThat(dead.body()).isEqualTo("m0");
        assertThat(dead.headers().text("x-first-death-reason")).contains("maxlen");
        assertThat(world.drain("dead")).containsExactly("m1");
        assertThat(world.drain("q")).containsExactly("m2");
    }

    @Test
    void a_full_queue_that_rejects_nacks_the_new_one_and_each_publish_has_one_answer() {
        world.declare("q", "x-max-length", 2, "x-overflow", "reject-publish");
        for (int i = 0; i < 4; i++) {
            world.send("q", "m" + i);
        }
        world.settle();
        assertThat(world.drain("q")).containsExactly("m0", "m1");
        world.send("q", "m4");
        world.settle();

        assertThat(world.rejected).containsExactly(3L, 4L);
        assertThat(world.confirmed).containsExactly(1L, 2L, 5L);
    }

    @Test
    void a_rejecting_queue_counts_bytes_with_the_new_message() {
        world.declare("q", "x-max-length-bytes", 10, "x-overflow", "reject-publish");
        world.send("q", "1234567");
        world.send("q", "1234567");
        world.send("q", "123");
        world.settle();

        assertThat(world.rejected).containsExactly(2L);
        assertThat(world.ready("q")).isEqualTo(2);
    }

    @Test
    void a_rejecting_queue_keeps_what_comes_back_beyond_its_limit() {
        world.declare("q", "x-max-length", 1, "x-overflow", "reject-publish");
        world.send("q", "first");
        var taken = world.get("q").orElseThrow();
        world.send("q", "second");

        taken.requeue();

        assertThat(world.ready("q")).isEqualTo(2);
        assertThat(world.drain("q")).containsExactly("first", "second");
    }

    @Test
    void other_queues_keep_what_a_full_one_rejects() {
        world.declare("full", "x-max-length", 0, "x-overflow", "reject-publish");
        world.declare("open");
        world.bind("amq.fanout", "full", "");
        world.bind("amq.fanout", "open", "");
        world.publish("amq.fanout", "", TestMessage.of("m"));
        world.settle();

        assertThat(world.rejected).containsExactly(1L);
        assertThat(world.drain("open")).containsExactly("m");
    }

    @Test
    void a_publish_without_a_number_that_was_refused_is_told_on_demand() {
        world.declare("q", "x-max-length", 0, "x-overflow", "reject-publish");
        world.publish("", "q", TestMessage.of("m"), 0);

        assertThat(world.publisher().refusedSome()).isTrue();
        assertThat(world.publisher().refusedSome()).isFalse();
    }

    @Test
    void a_queue_may_reject_and_dead_letter() {
        world.declare("dead");
        world.declare(
                "q",
                "x-max-length",
                1,
                "x-overflow",
                "reject-publish-dlx",
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "dead");
        world.send("q", "m0");
        world.send("q", "m1");
        world.settle();

        assertThat(world.rejected).containsExactly(2L);
        assertThat(world.drain("dead")).containsExactly("m1");
        assertThat(world.drain("q")).containsExactly("m0");
    }

    @Test
    void queues_that_refuse_into_each_other_come_to_an_end() {
        for (var names : new String[][] {{"a", "b"}, {"b", "a"}}) {
            world.declare(
                    names[0],
                    "x-max-length",
                    0,
                    "x-overflow",
                    "reject-publish-dlx",
                    "x-dead-letter-exchange",
                    "",
                    "x-dead-letter-routing-key",
                    names[1]);
        }
        world.send("a", "m");
        world.settle();

        assertThat(world.rejected).containsExactly(1L);
        assertThat(world.ready("a") + world.ready("b")).isZero();
    }

    @Test
    void a_quorum_queue_drops_its_oldest() {
        world.declare("q", "x-queue-type", "quorum", "x-max-length", 2);
        for (int i = 0; i < 5; i++) {
            world.send("q", "m" + i);
        }

        assertThat(world.drain("q")).containsExactly("m3", "m4");
    }

    @Test
    void after_a_crash_the_limit_holds() throws IOException {
        world.declare("q", "x-max-length", 5, "x-max-length-bytes", 1000);
        for (int i = 0; i < 20; i++) {
            world.send("q", "m" + i);
        }
        world.settle();
        world.pass(50);
        world.crash();

        assertThat(world.ready("q")).isEqualTo(5);
        world.send("q", "new");
        assertThat(world.drain("q")).hasSize(5).endsWith("new");
    }
}
