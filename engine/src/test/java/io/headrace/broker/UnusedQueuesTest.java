package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a queue that says so goes when nobody uses it. Method: the whole engine; the clock is ours.
@DisplayNameGeneration(ReplaceUnderscores.class)
class UnusedQueuesTest {
    private final QueueWorld world = QueueWorld.open();

    UnusedQueuesTest() throws IOException {}

    @Test
    void a_queue_without_use_goes_with_its_messages_and_they_are_not_dead_letters() {
        world.declare("dead");
        world.declare("q", "x-expires", 1000, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        world.send("q", "m");

        world.pass(900);
        assertThat(exists()).isTrue();
        world.pass(200);

        assertThat(exists()).isFalse();
        assertThat(world.ready("dead")).isZero();
    }

    @Test
    void a_consumer_keeps_it_and_the_time_begins_when_it_goes() {
        world.declare("q", "x-expires", 1000);
        var consumer = world.consume("q", 1);
        world.pass(3000);
        assertThat(exists()).isTrue();

        consumer.cancel();
        world.pass(900);
        assertThat(exists()).isTrue();
        world.pass(200);

        assertThat(exists()).isFalse();
    }

    @Test
    void fetching_and_declaring_are_uses() {
        world.declare("q", "x-expires", 1000);
        world.pass(800);
        world.get("q");
        world.pass(800);
        world.declare("q", "x-expires", 1000);
        world.pass(800);
        assertThat(exists()).isTrue();

        world.pass(300);

        assertThat(exists()).isFalse();
    }

    @Test
    void after_a_start_its_time_begins_anew() throws IOException {
        world.declare("q", "x-expires", 1000);
        world.pass(800);
        world.crash();

        world.pass(800);
        assertThat(exists()).isTrue();
        world.pass(300);

        assertThat(exists()).isFalse();
    }

    private boolean exists() {
        return world.broker.engine.catalog().queue("/", "q").isPresent();
    }
}
