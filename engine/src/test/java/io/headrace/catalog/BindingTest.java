package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.ME;
import static io.headrace.catalog.TestCatalog.OTHER;
import static io.headrace.catalog.TestCatalog.VHOST;
import static io.headrace.catalog.TestCatalog.arguments;
import static io.headrace.catalog.TestCatalog.number;
import static io.headrace.catalog.TestCatalog.refusal;
import static io.headrace.catalog.TestCatalog.toExchange;
import static io.headrace.catalog.TestCatalog.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: binding and unbinding follow RabbitMQ 4.2.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BindingTest {
    private final TestCatalog test = new TestCatalog();

    @BeforeEach
    void declare() {
        test.exchange("x", "direct");
        test.queue("q");
    }

    @Test
    void the_same_binding_twice_is_one_binding() {
        test.bind(toQueue("x", "q", "k"));

        assertThat(test.catalog.decideBind(VHOST, toQueue("x", "q", "k"), ME))
                .isEqualTo(new Decision.NoChange<>(toQueue("x", "q", "k")));
        assertThat(test.catalog.bindings(VHOST)).hasSize(1);
    }

    @Test
    void another_key_or_other_arguments_make_another_binding() {
        test.bind(toQueue("x", "q", "k"));
        test.bind(toQueue("x", "q", "l"));
        test.bind(new BindingKey("x", false, "q", "k", arguments("a", "1")));

        assertThat(test.catalog.bindings(VHOST)).hasSize(3);
    }

    @Test
    void line_breaks_are_removed_from_names_and_not_from_the_key() {
        assertThat(test.bind(toQueue("x\n", "\rq", "k\n"))).isEqualTo(toQueue("x", "q", "k\n"));
    }

    @Test
    void a_missing_side_is_not_found() {
        assertThat(refusal(test.catalog.decideBind(VHOST, toQueue("x", "none", ""), ME)))
                .isEqualTo(new Refusal.NotFound(Resource.queue("none", VHOST)));
        assertThat(refusal(test.catalog.decideBind(VHOST, toQueue("none", "q", ""), ME)))
                .isEqualTo(new Refusal.NotFound(Resource.exchange("none", VHOST)));
        assertThat(refusal(test.catalog.decideBind(VHOST, toExchange("x", "none", ""), ME)))
                .isEqualTo(new Refusal.NotFound(Resource.exchange("none", VHOST)));
    }

    @Test
    void the_default_exchange_cannot_be_bound_or_unbound_on_either_side() {
        assertThat(refusal(test.catalog.decideBind(VHOST, toQueue("", "q", "q"), ME)))
                .isEqualTo(new Refusal.DefaultExchange());
        assertThat(refusal(test.catalog.decideBind(VHOST, toExchange("x", "", ""), ME)))
                .isEqualTo(new Refusal.DefaultExchange());
        assertThat(refusal(test.catalog.decideUnbind(VHOST, toQueue("", "q", "q"), ME)))
                .isEqualTo(new Refusal.DefaultExchange());
    }

    @Test
    void another_connections_exclusive_queue_cannot_be_bound() {
        test.carryOut(test.decideQueue("mine", false, true, false));

        assertThat(refusal(test.catalog.decideBind(VHOST, toQueue("x", "mine", ""), OTHER)))
                .isEqualTo(new Refusal.Locked(Resource.queue("mine", VHOST)));
        assertThat(test.catalog.decideUnbind(VHOST, toQueue("x", "mine", ""), OTHER))
                .isInstanceOf(Decision.NoChange.class);
        test.bind(toQueue("x", "mine", ""));
        assertThat(refusal(test.catalog.decideUnbind(VHOST, toQueue("x", "mine", ""), OTHER)))
                .isEqualTo(new Refusal.Locked(Resource.queue("mine", VHOST)));
    }

    @Test
    void unbinding_what_is_not_bound_or_does_not_exist_is_no_mistake() {
        assertThat(test.catalog.decideUnbind(VHOST, toQueue("x", "q", "k"), ME)).isInstanceOf(Decision.NoChange.class);
        assertThat(test.catalog.decideUnbind(VHOST, toQueue("none", "neither", ""), ME))
                .isInstanceOf(Decision.NoChange.class);
    }

    @Test
    void unbinding_needs_the_same_key_and_arguments() {
        BindingKey bound = new BindingKey("x", false, "q", "k", arguments("a", "1", "b", "2"));
        test.bind(bound);

        test.carryOut(test.catalog.decideUnbind(VHOST, toQueue("x", "q", "k"), ME));
        assertThat(test.catalog.bindings(VHOST)).hasSize(1);
        test.carryOut(test.catalog.decideUnbind(
                VHOST, new BindingKey("x", false, "q", "k", arguments("b", "2", "a", "1")), ME));

        assertThat(test.catalog.bindings(VHOST)).isEmpty();
    }

    @Test
    void a_headers_binding_with_an_unknown_match_is_refused_in_rabbitmqs_words() {
        test.exchange("h", "headers");

        assertThat(refusal(test.catalog.decideBind(VHOST, headers(arguments("x-match", "foo")), ME)))
                .isEqualTo(new Refusal.Malformed(
                        "Invalid x-match field value <<\"foo\">>; expected all, any, all-with-x, or any-with-x"));
        assertThat(refusal(test.catalog.decideBind(VHOST, headers(arguments("x-match", number(1))), ME)))
                .isEqualTo(new Refusal.Malformed("Invalid x-match field type long (value 1); expected longstr"));
        for (String match : new String[] {"all", "any", "all-with-x", "any-with-x"}) {
            test.bind(headers(arguments("x-match", match)));
        }
    }

    @Test
    void bindings_go_with_their_queue_and_with_either_exchange() {
        test.exchange("y", "fanout");
        test.bind(toQueue("x", "q", "k"));
        test.bind(toExchange("y", "x", ""));
        test.bind(toQueue("y", "q", ""));

        test.carryOut(test.catalog.decideDeleteExchange(VHOST, "x", false));
        assertThat(test.catalog.bindings(VHOST)).containsExactly(toQueue("y", "q", ""));
        test.carryOut(test.catalog.decideDeleteQueue(VHOST, "q", ME));

        assertThat(test.catalog.bindings(VHOST)).isEmpty();
    }

    private static BindingKey headers(FieldTable arguments) {
        return new BindingKey("h", false, "q", "", arguments);
    }
}
