package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a message that dies goes to where its queue says, and its headers tell why. Method: the whole engine; the
/// clock is ours.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeadLetteringTest {
    private final QueueWorld world = QueueWorld.open();

    DeadLetteringTest() throws IOException {}

    private void workWithDeadLetters(Object... more) {
        world.declare("dead");
        var arguments =
                new ArrayList<Object>(List.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        arguments.addAll(List.of(more));
        world.declare("work", arguments.toArray());
    }

    @Test
    void a_rejected_message_moves_and_its_headers_say_so() {
        workWithDeadLetters();
        world.send("work", TestMessage.of("m").with("mine", FieldValue.LongString.of("kept")));

        world.get("work").orElseThrow().reject();

        var dead = world.get("dead").orElseThrow();
        assertThat(dead.body()).isEqualTo("m");
        assertThat(dead.exchange()).isEmpty();
        assertThat(dead.key()).isEqualTo("dead");
        assertThat(dead.persistent()).isTrue();
        assertThat(dead.redelivered()).isFalse();
        assertThat(dead.headers().text("mine")).contains("kept");
        assertThat(dead.headers().text("x-first-death-queue")).contains("work");
        assertThat(dead.headers().text("x-first-death-reason")).contains("rejected");
        assertThat(dead.headers().text("x-first-death-exchange")).contains("");
        assertThat(dead.headers().text("x-last-death-queue")).contains("work");
        var death = deaths(dead).getFirst();
        assertThat(death.fields().keySet())
                .containsExactly("count", "reason", "queue", "time", "exchange", "routing-keys");
        assertThat(death.get("count")).contains(new FieldValue.Int64(1));
        assertThat(death.text("queue")).contains("work");
        assertThat(death.text("reason")).contains("rejected");
        assertThat(death.text("exchange")).contains("");
        assertThat(death.get("routing-keys")).contains(new FieldValue.Array(List.of(FieldValue.LongString.of("work"))));
        assertThat(death.get("time").orElseThrow()).isInstanceOf(FieldValue.Timestamp.class);
        assertThat(world.ready("work")).isZero();
    }

    @Test
    void an_expired_message_moves_without_its_expiration() {
        workWithDeadLetters();
        world.send("work", TestMessage.of("m").expiringIn(100));

        world.pass(110);

        var dead = world.get("dead").orElseThrow();
        assertThat(dead.expiration()).isEmpty();
        assertThat(deaths(dead).getFirst().text("reason")).contains("expired");
        assertThat(deaths(dead).getFirst().text("original-expiration")).contains("100");
        world.pass(1000);
        assertThat(world.ready("work")).isZero();
    }

    @Test
    void a_message_that_dies_again_for_the_same_reason_is_counted_and_others_stand_behind() {
        world.declare("retry", "x-message-ttl", 10, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "work");
        world.declare("work", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "retry");
        world.send("work", "m");
        for (int i = 0; i < 3; i++) {
            world.get("work").orElseThrow().reject();
            world.pass(20);
        }

        var again = world.get("work").orElseThrow();

        assertThat(deaths(again)).hasSize(2);
        assertThat(deaths(again).get(0).text("queue")).contains("retry");
        assertThat(deaths(again).get(0).get("count")).contains(new FieldValue.Int64(3));
        assertThat(deaths(again).get(1).text("queue")).contains("work");
        assertThat(deaths(again).get(1).get("count")).contains(new FieldValue.Int64(3));
        assertThat(again.headers().text("x-first-death-queue")).contains("work");
        assertThat(again.headers().text("x-last-death-queue")).contains("retry");
    }

    @Test
    void a_message_that_would_go_round_with_nobody_rejecting_it_is_dropped() {
        world.declare("a", "x-message-ttl", 10, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "b");
        world.declare("b", "x-message-ttl", 10, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "a");
        world.send("a", "m");

        world.pass(15);
        assertThat(world.ready("b")).isEqualTo(1);
        world.pass(20);

        assertThat(world.ready("a")).isZero();
        assertThat(world.ready("b")).isZero();
    }

    @Test
    void without_a_key_of_its_own_the_queue_keeps_the_messages_key_and_its_copies() {
        world.declare("one");
        world.declare("two");
        world.bind("amq.direct", "one", "work");
        world.bind("amq.direct", "two", "copy");
        world.declare("work", "x-dead-letter-exchange", "amq.direct");
        var copies = new FieldValue.Array(List.of(FieldValue.LongString.of("copy")));
        world.send("work", TestMessage.of("m").with("CC", copies));

        world.get("work").orElseThrow().reject();

        var dead = world.get("one").orElseThrow();
        assertThat(dead.key()).isEqualTo("work");
        assertThat(deaths(dead).getFirst().get("routing-keys"))
                .contains(new FieldValue.Array(
                        List.of(FieldValue.LongString.of("work"), FieldValue.LongString.of("copy"))));
        assertThat(world.get("two")).isPresent();
    }

    @Test
    void hidden_copies_get_the_dead_too_and_nobody_is_told_of_them() {
        world.declare("one");
        world.declare("two");
        world.bind("amq.direct", "one", "work");
        world.bind("amq.direct", "two", "hidden");
        world.declare("work", "x-dead-letter-exchange", "amq.direct");
        world.send("work", TestMessage.of("m").with("BCC", texts("hidden")));
        assertThat(world.get("two")).isEmpty();

        var message = world.get("work").orElseThrow();
        assertThat(message.headers().get("BCC")).isEmpty();
        message.reject();

        assertThat(world.get("one")).isPresent();
        var dead = world.get("two").orElseThrow();
        assertThat(dead.body()).isEqualTo("m");
        assertThat(dead.headers().get("BCC")).isEmpty();
        assertThat(deaths(dead).getFirst().get("routing-keys")).contains(texts("work"));
    }

    @Test
    void hidden_copies_are_kept_over_a_crash() throws IOException {
        world.declare("two");
        world.bind("amq.direct", "two", "hidden");
        world.declare("work", "x-dead-letter-exchange", "amq.direct");
        world.send("work", TestMessage.of("m").with("BCC", texts("hidden")));
        world.pass(50);
        world.crash();

        world.get("work").orElseThrow().reject();

        assertThat(world.get("two")).isPresent();
    }

    @Test
    void what_a_publisher_says_of_deaths_is_seen_and_not_believed() {
        workWithDeadLetters();
        var entry = new FieldValue.Table(QueueWorld.table("queue", "work", "reason", "rejected", "count", 7L));
        world.send(
                "work",
                TestMessage.of("m")
                        .with("x-death", new FieldValue.Array(List.of(entry)))
                        .with("x-first-death-queue", FieldValue.LongString.of("elsewhere"))
                        .with("x-first-death-reason", FieldValue.LongString.of("expired")));

        var message = world.get("work").orElseThrow();
        assertThat(deaths(message).getFirst().get("count")).contains(new FieldValue.Int64(7));
        message.reject();

        var dead = world.get("dead").orElseThrow();
        assertThat(deaths(dead)).hasSize(1);
        assertThat(deaths(dead).getFirst().get("count")).contains(new FieldValue.Int64(1));
        assertThat(dead.headers().text("x-first-death-queue")).contains("work");
        assertThat(dead.headers().text("x-first-death-reason")).contains("rejected");
    }

    private static FieldValue.Array texts(String... texts) {
        return new FieldValue.Array(
                Arrays.stream(texts).<FieldValue>map(FieldValue.LongString::of).toList());
    }

    @Test
    void an_exchange_that_is_not_there_swallows_the_dead() {
        world.declare("work", "x-dead-letter-exchange", "nowhere");
        world.send("work", "m");

        world.get("work").orElseThrow().reject();
        world.settle();

        assertThat(world.ready("work")).isZero();
    }

    @Test
    void the_dead_keep_the_order_in_which_they_died_also_from_disk() {
        workWithDeadLetters("x-message-ttl", 1000);
        for (int i = 0; i < 3_000; i++) {
            world.send("work", TestMessage.of(i + ":" + "x".repeat(2_000)));
            if (i % 50 == 0) {
                world.settle();
            }
        }
        world.settle();

        world.pass(3000);

        var dead = world.drain("dead");
        assertThat(dead).hasSize(3_000);
        for (int i = 0; i < dead.size(); i++) {
            assertThat(dead.get(i)).startsWith(i + ":");
        }
        assertThat(world.ready("work")).isZero();
    }

    @Test
    void a_transient_message_moves_too_and_stays_transient() {
        workWithDeadLetters();
        world.send("work", TestMessage.of("m").inMemory());

        world.get("work").orElseThrow().reject();

        var dead = world.get("dead").orElseThrow();
        assertThat(dead.persistent()).isFalse();
        assertThat(dead.body()).isEqualTo("m");
    }

    @Test
    void after_a_crash_a_message_is_here_or_there() throws IOException {
        workWithDeadLetters();
        for (int i = 0; i < 200; i++) {
            world.send("work", "m" + i);
        }
        for (int i = 0; i < 100; i++) {
            world.get("work").orElseThrow().reject();
        }

        world.crash();

        var all = world.drain("work");
        all.addAll(world.drain("dead"));
        assertThat(all).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void at_least_once_the_dead_wait_until_somebody_takes_them() {
        world.declare(
                "work",
                "x-queue-type",
                "quorum",
                "x-overflow",
                "reject-publish",
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "dead",
                "x-dead-letter-strategy",
                "at-least-once");
        world.send("work", "m");
        world.get("work").orElseThrow().reject();
        world.pass(3000);

        world.declare("dead");
        world.pass(1500);

        assertThat(world.drain("dead")).containsExactly("m");
    }

    private static List<FieldTable> deaths(QueueWorld.Received message) {
        var deaths = (FieldValue.Array) message.headers().get("x-death").orElseThrow();
        return deaths.values().stream()
                .map(value -> ((FieldValue.Table) value).table())
                .toList();
    }
}
