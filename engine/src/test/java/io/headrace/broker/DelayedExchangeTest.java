package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Refusal;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a message waits in its exchange as long as its header says. Method: the whole engine; the clock is ours.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DelayedExchangeTest {
    private final QueueWorld world = QueueWorld.open();

    DelayedExchangeTest() throws IOException {
        world.broker.declare(exchange("later", "x-delayed-type", "direct"));
        world.declare("q");
        world.bind("later", "q", "k");
    }

    private static Command.DeclareExchange exchange(String name, Object... arguments) {
        return new Command.DeclareExchange(
                name, "x-delayed-message", false, true, false, false, QueueWorld.table(arguments));
    }

    @Test
    void a_message_comes_after_its_delay_with_the_header_negated() {
        world.publish("later", "k", delayed("m", 500));
        world.pass(490);
        assertThat(world.ready("q")).isZero();
        assertThat(waiting()).isEqualTo(1);

        world.pass(20);

        var message = world.get("q").orElseThrow();
        assertThat(message.body()).isEqualTo("m");
        assertThat(message.exchange()).isEqualTo("later");
        assertThat(message.key()).isEqualTo("k");
        assertThat(message.headers().get("x-delay")).contains(new FieldValue.Int32(-500));
        assertThat(message.headers().get("x-death")).isEmpty();
        assertThat(waiting()).isZero();
    }

    @Test
    void messages_come_in_the_order_of_their_times() {
        world.publish("later", "k", delayed("third", 300));
        world.publish("later", "k", delayed("first", 100));
        world.publish("later", "k", delayed("second", 200));

        world.pass(400);

        assertThat(world.drain("q")).containsExactly("first", "second", "third");
    }

    @Test
    void without_a_delay_or_with_one_that_is_none_it_comes_at_once() {
        world.publish("later", "k", TestMessage.of("none"));
        world.publish("later", "k", delayed("zero", 0));
        world.publish("later", "k", delayed("negative", -5));
        world.publish("later", "k", TestMessage.of("too long").with("x-delay", new FieldValue.Int64(1L << 32)));
        world.publish("later", "k", TestMessage.of("text").with("x-delay", FieldValue.LongString.of("500")));

        assertThat(world.drain("q")).containsExactly("none", "zero", "negative", "too long", "text");
    }

    @Test
    void a_crash_loses_none_that_waits() throws IOException {
        for (int i = 0; i < 100; i++) {
            world.publish("later", "k", delayed("m" + i, 1_000 + i));
        }
        world.pass(100);
        assertThat(world.confirmed).hasSize(100);
        world.crash();
        assertThat(waiting()).isEqualTo(100);

        world.pass(1_200);

        assertThat(world.drain("q")).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void its_queue_is_nobodys_business() {
        world.publish("later", "k", delayed("m", 500));
        world.settle();

        assertThat(world.broker.engine.catalog().queues("/"))
                .extracting(queue -> queue.name())
                .containsExactly("q");
        assertThat(world.broker.engine.catalog().queue("/", "\nlater")).isEmpty();
        world.publish("", "\nlater", TestMessage.of("sneaked in"));
        world.settle();
        assertThat(waiting()).isEqualTo(1);
    }

    @Test
    void what_waits_goes_with_the_exchange() {
        world.publish("later", "k", delayed("m", 500));
        world.settle();
        world.broker.declare(new Command.DeleteExchange("later", false));
        world.broker.declare(exchange("later", "x-delayed-type", "fanout"));
        world.bind("later", "q", "");

        world.pass(1_000);

        assertThat(world.ready("q")).isZero();
        world.publish("later", "any", delayed("n", 10));
        world.pass(20);
        assertThat(world.drain("q")).containsExactly("n");
    }

    @Test
    void an_exchange_bound_to_another_delays_what_comes_from_there() {
        var binding = new BindingKey("amq.fanout", true, "later", "", FieldTable.EMPTY);
        world.broker.declare(new Command.Bind(binding));
        world.publish("amq.fanout", "k", delayed("m", 100));
        world.pass(50);
        assertThat(world.ready("q")).isZero();

        world.pass(60);

        assertThat(world.drain("q")).containsExactly("m");
    }

    @Test
    void the_type_beside_it_has_to_be_one() {
        assertThat(refusal())
                .isEqualTo(
                        new Refusal.Malformed("Invalid argument, 'x-delayed-type' must be an existing exchange type"));
        assertThat(refusal("x-delayed-type", "x-delayed-message"))
                .isEqualTo(new Refusal.Malformed(
                        "Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'"));
        assertThat(refusal("x-delayed-type", "pile")).isEqualTo(new Refusal.UnknownExchangeType("pile"));
    }

    private Refusal refusal(Object... arguments) {
        var answers = new ArrayList<Answer>();
        world.broker.session.perform(exchange("bad", arguments), answers::add);
        return ((Answer.Refused) answers.getFirst()).refusal();
    }

    private long waiting() {
        world.settle();
        var engine = world.broker.engine;
        return engine.queueLives()
                .delayed(engine.catalog().exchange("/", "later").orElseThrow());
    }

    private static TestMessage delayed(String body, int millis) {
        return TestMessage.of(body).with("x-delay", new FieldValue.Int32(millis));
    }
}
