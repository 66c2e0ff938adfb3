package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a message that nobody can work on does not come back for ever. Method: the whole engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeliveryLimitTest {
    private final QueueWorld world = QueueWorld.open();

    DeliveryLimitTest() throws IOException {}

    @Test
    void each_time_it_comes_back_is_counted() {
        world.declare("q", "x-queue-type", "quorum");
        world.send("q", "m");

        for (int attempts = 0; attempts < 5; attempts++) {
            var message = world.get("q").orElseThrow();
            assertThat(message.attempts()).isEqualTo(attempts);
            message.requeue();
        }
    }

    @Test
    void a_classic_queue_does_not_count() {
        world.declare("q");
        world.send("q", "m");
        for (int i = 0; i < 30; i++) {
            var message = world.get("q").orElseThrow();
            assertThat(message.attempts()).isZero();
            message.requeue();
        }
    }

    @Test
    void beyond_the_limit_it_goes_to_the_dead_letter_exchange() {
        world.declare("dead");
        world.declare(
                "q",
                "x-queue-type",
                "quorum",
                "x-delivery-limit",
                2,
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "dead");
        world.send("q", "m");
        for (int i = 0; i < 3; i++) {
            world.get("q").orElseThrow().requeue();
        }

        assertThat(world.get("q")).isEmpty();
        var dead = world.get("dead").orElseThrow();
        assertThat(dead.headers().text("x-first-death-reason")).contains("delivery_limit");
    }

    @Test
    void where_nothing_is_said_the_limit_is_twenty() {
        world.declare("q", "x-queue-type", "quorum");
        world.send("q", "m");
        for (int i = 0; i < 21; i++) {
            world.get("q").orElseThrow().requeue();
        }

        assertThat(world.get("q")).isEmpty();
    }

    @Test
    void a_negative_limit_is_none() {
        world.declare("q", "x-queue-type", "quorum", "x-delivery-limit", -1);
        world.send("q", "m");
        for (int i = 0; i < 50; i++) {
            world.get("q").orElseThrow().requeue();
        }

        assertThat(world.get("q").orElseThrow().attempts()).isEqualTo(50);
    }

    @Test
    void a_crash_forgets_no_attempt() throws IOException {
        world.declare("q", "x-queue-type", "quorum");
        world.send("q", "a");
        world.send("q", "b");
        for (int i = 0; i < 3; i++) {
            world.get("q").orElseThrow().requeue();
        }
        world.pass(100);
        world.crash();

        var a = world.get("q").orElseThrow();
        assertThat(a.attempts()).isEqualTo(3);
        a.ack();
        assertThat(world.get("q").orElseThrow().attempts()).isZero();
    }

    @Test
    void a_checkpoint_has_the_attempts() throws IOException {
        world.declare("q", "x-queue-type", "quorum");
        world.send("q", "a");
        world.get("q").orElseThrow().requeue();
        world.pass(5_000); // checkpoints are taken
        world.crash();

        assertThat(world.get("q").orElseThrow().attempts()).isEqualTo(1);
    }
}
