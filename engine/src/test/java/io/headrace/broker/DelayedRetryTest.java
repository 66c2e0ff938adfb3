package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Policy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what comes back to a queue with a delayed retry waits as long as RabbitMQ 4.3 lets it wait, and is nowhere
/// else meanwhile. Method: the whole engine; only the clock is ours.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DelayedRetryTest {
    private final QueueWorld world = QueueWorld.open();

    DelayedRetryTest() throws IOException {}

    private void declare(String type, Object... more) {
        var arguments = new ArrayList<Object>(List.of("x-queue-type", "quorum", "x-delayed-retry-type", type));
        arguments.addAll(List.of("x-delayed-retry-min", 100, "x-delayed-retry-max", 250));
        arguments.addAll(List.of(more));
        world.declare("q", arguments.toArray());
    }

    private QueueWorld.Received take() {
        return world.get("q").orElseThrow();
    }

    @Test
    void each_failure_makes_it_wait_longer_up_to_the_longest_time() {
        declare("failed");
        world.send("q", "m");

        for (int wait : new int[] {100, 200, 250, 250}) {
            take().requeue();
            world.pass(wait - 5);
            assertThat(world.get("q")).as("after %d ms", wait - 5).isEmpty();
            world.pass(10);
        }
        assertThat(take().attempts()).isEqualTo(4);
    }

    @Test
    void the_messages_behind_it_do_not_wait() {
        declare("all");
        world.send("q", "a");
        world.send("q", "b");
        take().requeue();

        assertThat(world.drain("q")).containsExactly("b");
        world.pass(110);
        assertThat(world.drain("q")).containsExactly("a");
    }

    @Test
    void what_was_not_tried_is_neither_counted_nor_delayed_where_only_failures_are() {
        declare("failed");
        world.send("q", "m");
        for (int i = 0; i < 30; i++) {
            take().release();
        }

        assertThat(take().attempts()).isZero();
    }

    @Test
    void where_only_what_was_not_tried_waits_a_failure_is_counted_and_back_at_once() {
        declare("returned");
        world.send("q", "m");
        take().requeue();
        take().requeue();
        var twice = take();
        assertThat(twice.attempts()).isEqualTo(2);

        twice.release();

        world.pass(190);
        assertThat(world.get("q")).isEmpty();
        world.pass(15);
        assertThat(take().attempts()).isEqualTo(2);
    }

    @Test
    void what_never_failed_waits_as_if_once_it_had() {
        declare("returned");
        world.send("q", "m");
        take().release();

        world.pass(95);
        assertThat(world.get("q")).isEmpty();
        world.pass(10);
        assertThat(take().attempts()).isZero();
    }

    @Test
    void without_delayed_retry_both_are_counted_and_neither_waits() {
        declare("disabled");
        world.send("q", "m");
        take().requeue();
        take().release();

        assertThat(take().attempts()).isEqualTo(2);
    }

    @Test
    void a_consumer_gets_it_when_its_time_comes() {
        declare("all");
        var consumer = world.consume("q", 1);
        world.send("q", "m");
        world.settle();
        consumer.received.getFirst().requeue();
        consumer.take(5);

        world.pass(95);
        assertThat(consumer.bodies()).containsExactly("m");
        world.pass(10);
        assertThat(consumer.bodies()).containsExactly("m", "m");
        assertThat(consumer.received.getLast().redelivered()).isTrue();
    }

    @Test
    void it_is_counted_as_delayed_and_not_as_ready() {
        declare("all");
        world.send("q", "12345");
        world.send("q", "123");
        take().requeue();

        var report = world.report("q");

        assertThat(report.ready()).isEqualTo(1);
        assertThat(report.unacked()).isZero();
        assertThat(report.delayed()).isEqualTo(1);
        assertThat(report.messages()).isEqualTo(2);
        assertThat(report.readyBytes()).as("as RabbitMQ counts bytes").isEqualTo(8);
        world.pass(110);
        assertThat(world.report("q").delayed()).isZero();
        assertThat(world.ready("q")).isEqualTo(2);
    }

    @Test
    void purging_takes_it_too() {
        declare("all");
        world.send("q", "a");
        world.send("q", "b");
        world.send("q", "c");
        take().requeue();
        var held = take();

        var answers = new ArrayList<Answer>();
        world.broker.session.perform(new Command.PurgeQueue("q"), answers::add);
        world.settle();

        assertThat(answers).containsExactly(new Answer.Removed(2));
        held.ack();
        assertThat(world.report("q").messages()).isZero();
        world.pass(300);
        assertThat(world.get("q")).isEmpty();
    }

    @Test
    void it_expires_while_it_waits_and_goes_where_the_dead_go() {
        world.declare("dead");
        declare("all", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        world.send("q", TestMessage.of("m").expiringIn(50));
        take().requeue();

        world.pass(60);

        assertThat(world.report("q").messages()).isZero();
        assertThat(world.get("dead").orElseThrow().headers().text("x-first-death-reason"))
                .contains("expired");
        world.pass(200);
        assertThat(world.get("q")).isEmpty();
    }

    @Test
    void it_expires_later_if_its_life_is_longer_than_the_delay() {
        declare("all");
        world.send("q", TestMessage.of("m").expiringIn(150));
        take().requeue();

        world.pass(110);
        assertThat(world.ready("q")).isEqualTo(1);
        world.pass(60);
        assertThat(world.ready("q")).isZero();
    }

    @Test
    void beyond_the_delivery_limit_it_does_not_wait_and_dies() {
        world.declare("dead");
        declare("failed", "x-delivery-limit", 1, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        world.send("q", "m");
        take().requeue();
        world.pass(110);

        take().requeue();

        assertThat(world.get("dead").orElseThrow().headers().text("x-first-death-reason"))
                .contains("delivery_limit");
        assertThat(world.report("q").messages()).isZero();
    }

    @Test
    void it_counts_for_the_length_and_what_is_ready_is_dropped_for_it() {
        declare("all", "x-max-length", 2);
        world.send("q", "a");
        take().requeue();
        world.send("q", "b");
        world.send("q", "c");

        assertThat(world.drain("q")).containsExactly("c");
        world.pass(110);
        assertThat(world.drain("q")).containsExactly("a");
    }

    @Test
    void a_full_queue_refuses_while_something_waits() {
        declare("all", "x-max-length", 1, "x-overflow", "reject-publish");
        world.send("q", "a");
        take().requeue();

        long refused = world.send("q", "b");
        world.settle();

        assertThat(world.rejected).containsExactly(refused);
    }

    @Test
    void a_crash_keeps_it_waiting_until_the_time_that_was_decided() throws IOException {
        declare("failed");
        world.send("q", "a");
        world.send("q", "b");
        take().requeue();
        world.pass(50);
        world.crash();

        assertThat(world.report("q").delayed()).isEqualTo(1);
        assertThat(world.drain("q")).containsExactly("b");
        world.pass(110);
        assertThat(take().attempts()).isEqualTo(1);
    }

    @Test
    void a_checkpoint_keeps_it_waiting_too() throws IOException {
        world.declare(
                "q",
                "x-queue-type",
                "quorum",
                "x-delayed-retry-type",
                "all",
                "x-delayed-retry-min",
                60_000,
                "x-delayed-retry-max",
                60_000);
        for (int i = 0; i < 10_000; i++) {
            world.send("q", "m" + i);
        }
        for (int i = 0; i < 9_000; i++) {
            world.getNow("q").orElseThrow().requeue();
        }
        world.pass(5_000); // checkpoints are taken
        world.crash();

        assertThat(world.report("q").delayed()).isEqualTo(9_000);
        assertThat(world.ready("q")).isEqualTo(1_000);
        world.pass(66_000);
        assertThat(world.ready("q")).isEqualTo(10_000);
        assertThat(take().body()).isEqualTo("m0");
    }

    @Test
    void a_policy_holds_for_what_comes_back_from_then_on() {
        world.declare("q", "x-queue-type", "quorum");
        world.send("q", "a");
        put("delayed-retry-type", "all", "delayed-retry-min", 1_000, "delayed-retry-max", 5_000);
        take().requeue();
        assertThat(world.get("q")).isEmpty();

        world.perform(new AdminCommand.DeletePolicy("/", "p", false));

        world.pass(990);
        assertThat(world.get("q")).as("its time was decided").isEmpty();
        world.pass(20);
        take().requeue();
        assertThat(take().attempts()).isEqualTo(2);
    }

    private void put(Object... definition) {
        var policy = new Policy("/", "p", "", QueueWorld.table(definition), 0, Policy.ApplyTo.QUEUES, false);
        world.perform(new AdminCommand.PutPolicy(policy));
    }

    @Test
    void it_goes_with_its_queue() {
        declare("all");
        world.send("q", "m");
        take().requeue();
        world.broker.declare(new Command.DeleteQueue("q", false, false));
        declare("all");

        world.pass(300);

        assertThat(world.get("q")).isEmpty();
        assertThat(world.report("q").messages()).isZero();
    }
}
