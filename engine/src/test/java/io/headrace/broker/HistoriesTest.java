package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.BindingKey;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: who is bound late to an exchange of type `x-recent-history` gets the last messages first. Method: the whole
/// engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HistoriesTest {
    private final QueueWorld world = QueueWorld.open();

    HistoriesTest() throws IOException {}

    private void exchange(String name, String type, Object... arguments) {
        world.broker.declare(
                new Command.DeclareExchange(name, type, false, true, false, false, QueueWorld.table(arguments)));
    }

    private void bindExchange(String source, String destination, String key) {
        world.broker.declare(new Command.Bind(new BindingKey(source, true, destination, key, FieldTable.EMPTY)));
    }

    @Test
    void a_new_binding_gets_the_last_messages_oldest_first_and_then_what_comes() {
        exchange("x", "x-recent-history", "x-recent-history-length", 3);
        for (int i = 0; i < 5; i++) {
            world.publish("x", "key " + i, TestMessage.of("m" + i).with("h", FieldValue.LongString.of("kept")));
        }
        world.declare("q");
        world.bind("x", "q", "any");
        world.settle();
        world.publish("x", "key", TestMessage.of("live"));

        var first = world.get("q").orElseThrow();
        assertThat(first.body()).isEqualTo("m2");
        assertThat(first.exchange()).isEqualTo("x");
        assertThat(first.key()).isEqualTo("key 2");
        assertThat(first.headers().text("h")).contains("kept");
        assertThat(first.redelivered()).isFalse();
        assertThat(world.drain("q")).containsExactly("m3", "m4", "live");
    }

    @Test
    void without_a_length_twenty_are_remembered_and_some_do_not_want_to_be() {
        exchange("x", "x-recent-history");
        for (int i = 0; i < 25; i++) {
            world.publish("x", "key", TestMessage.of("m" + i));
        }
        world.publish(
                "x", "key", TestMessage.of("secret").with("x-recent-history-no-store", new FieldValue.Bool(true)));
        world.declare("q");
        world.bind("x", "q", "any");
        world.settle();

        assertThat(world.drain("q")).hasSize(20).startsWith("m5").endsWith("m24");
    }

    @Test
    void what_came_through_another_exchange_is_remembered_and_a_bound_exchange_routes_it() {
        exchange("up", "fanout");
        exchange("x", "x-recent-history");
        bindExchange("up", "x", "");
        world.publish("up", "one", TestMessage.of("one"));
        world.publish("up", "two", TestMessage.of("two"));
        exchange("down", "topic");
        world.declare("q");
        world.bind("down", "q", "two");
        bindExchange("x", "down", "");
        world.settle();

        assertThat(world.drain("q")).containsExactly("two");
    }

    @Test
    void the_dead_are_remembered_where_they_pass() {
        exchange("x", "x-recent-history");
        world.declare("work", "x-dead-letter-exchange", "x");
        world.send("work", "m");
        world.get("work").orElseThrow().reject();
        world.settle();
        world.declare("q");
        world.bind("x", "q", "");
        world.settle();

        assertThat(world.drain("q")).containsExactly("m");
    }

    @Test
    void an_exchange_that_is_made_anew_and_a_restart_remember_nothing() throws IOException {
        exchange("x", "x-recent-history");
        world.publish("x", "key", TestMessage.of("m"));
        world.broker.declare(new Command.DeleteExchange("x", false));
        exchange("x", "x-recent-history");
        world.declare("q");
        world.bind("x", "q", "");
        world.settle();
        assertThat(world.drain("q")).isEmpty();

        world.publish("x", "key", TestMessage.of("m"));
        assertThat(world.drain("q")).containsExactly("m");
        world.crash();
        world.declare("other");
        world.bind("x", "other", "");
        world.settle();

        assertThat(world.drain("other")).isEmpty();
    }
}
