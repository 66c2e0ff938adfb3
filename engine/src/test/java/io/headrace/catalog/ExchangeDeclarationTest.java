package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.ME;
import static io.headrace.catalog.TestCatalog.VHOST;
import static io.headrace.catalog.TestCatalog.arguments;
import static io.headrace.catalog.TestCatalog.number;
import static io.headrace.catalog.TestCatalog.refusal;
import static io.headrace.catalog.TestCatalog.toExchange;
import static io.headrace.catalog.TestCatalog.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: exchanges are declared, found and deleted as RabbitMQ 4.2 does it.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ExchangeDeclarationTest {
    private final TestCatalog test = new TestCatalog();
    private final Resource x = Resource.exchange("x", VHOST);

    @Test
    void every_vhost_has_the_built_in_exchanges() {
        assertThat(test.catalog.exchanges(VHOST).map(ExchangeDefinition::name))
                .containsExactlyInAnyOrder(
                        "", "amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match", "amq.rabbitmq.trace");
        assertThat(test.catalog
                        .exchange(VHOST, "amq.rabbitmq.trace")
                        .orElseThrow()
                        .internal())
                .isTrue();
    }

    @Test
    void the_default_exchange_can_be_neither_declared_nor_deleted() {
        assertThat(refusal(test.decideExchange("", "direct", FieldTable.EMPTY)))
                .isEqualTo(new Refusal.DefaultExchange());
        assertThat(refusal(test.catalog.decideDeleteExchange(VHOST, "\r\n", false)))
                .isEqualTo(new Refusal.DefaultExchange());
    }

    @Test
    void a_reserved_name_is_refused_unless_the_exchange_exists() {
        assertThat(refusal(test.decideExchange("amq.mine", "direct", FieldTable.EMPTY)))
                .isEqualTo(new Refusal.ReservedName(Resource.exchange("amq.mine", VHOST)));
        assertThat(test.decideExchange("amq.direct", "direct", FieldTable.EMPTY))
                .isInstanceOf(Decision.NoChange.class);
    }

    @Test
    void an_unknown_type_is_refused() {
        assertThat(refusal(test.decideExchange("x", "x-none-such", FieldTable.EMPTY)))
                .isEqualTo(new Refusal.UnknownExchangeType("x-none-such"));
        assertThat(refusal(test.decideExchange(
                        "x", "x-recent-history", new FieldTable(Map.of("x-recent-history-length", number(0))))))
                .isEqualTo(new Refusal.Malformed(
                        "Invalid argument 0, 'x-recent-history-length' must be a positive integer"));
    }

    @Test
    void another_type_is_inequivalent() {
        test.exchange("x", "direct");

        assertThat(refusal(test.decideExchange("x", "fanout", FieldTable.EMPTY)))
                .isEqualTo(new Refusal.Inequivalent(x, "type", untyped("fanout"), untyped("direct")));
    }

    @Test
    void other_flags_are_inequivalent() {
        test.exchange("x", "direct");

        assertThat(refusal(declare(false, false, false)))
                .isEqualTo(new Refusal.Inequivalent(x, "durable", untyped("false"), untyped("true")));
        assertThat(refusal(declare(true, true, false)))
                .isEqualTo(new Refusal.Inequivalent(x, "auto_delete", untyped("true"), untyped("false")));
        assertThat(refusal(declare(true, false, true)))
                .isEqualTo(new Refusal.Inequivalent(x, "internal", untyped("true"), untyped("false")));
    }

    @Test
    void another_alternate_exchange_is_inequivalent_and_other_arguments_are_not_compared() {
        test.carryOut(test.decideExchange("x", "direct", arguments("alternate-exchange", "ae")));

        assertThat(refusal(test.decideExchange("x", "direct", FieldTable.EMPTY)))
                .isEqualTo(new Refusal.Inequivalent(
                        x, "alternate-exchange", Optional.empty(), Optional.of(new Refusal.Value("ae", "longstr"))));
        assertThat(test.decideExchange("x", "direct", arguments("alternate-exchange", "ae", "colour", "red")))
                .isInstanceOf(Decision.NoChange.class);
    }

    @Test
    void an_alternate_exchange_must_be_a_text() {
        assertThat(refusal(test.decideExchange("x", "direct", arguments("alternate-exchange", number(1)))))
                .isEqualTo(new Refusal.Malformed(
                        "invalid type 'long' for arg 'alternate-exchange' in exchange 'x' in vhost 'v'"));
    }

    @Test
    void an_exchange_that_is_missing_is_not_found_and_deleted_without_complaint() {
        assertThat(refusal(test.catalog.findExchange(VHOST, "x"))).isEqualTo(new Refusal.NotFound(x));
        assertThat(test.catalog.decideDeleteExchange(VHOST, "x", true))
                .isEqualTo(new Decision.NoChange<>(Optional.empty()));
    }

    @Test
    void a_built_in_exchange_cannot_be_deleted() {
        assertThat(refusal(test.catalog.decideDeleteExchange(VHOST, "amq.topic", false)))
                .isEqualTo(new Refusal.SystemExchange(Resource.exchange("amq.topic", VHOST)));
    }

    @Test
    void an_exchange_is_in_use_while_something_is_bound_to_it_as_the_source() {
        test.exchange("x", "direct");
        test.exchange("y", "direct");
        test.bind(toExchange("x", "y", ""));

        assertThat(refusal(test.catalog.decideDeleteExchange(VHOST, "x", true))).isEqualTo(new Refusal.InUse(x));
        test.carryOut(test.catalog.decideDeleteExchange(VHOST, "y", true));

        assertThat(test.catalog.exchange(VHOST, "y")).isEmpty();
        assertThat(test.catalog.bindings(VHOST)).isEmpty();
    }

    @Test
    void an_auto_delete_exchange_goes_with_its_last_binding_and_not_before() {
        test.autoDeleteExchange("x");
        test.queue("q");
        test.bind(toQueue("x", "q", "1"));
        test.bind(toQueue("x", "q", "2"));

        test.carryOut(test.catalog.decideUnbind(VHOST, toQueue("x", "q", "1"), ME));
        assertThat(test.catalog.exchange(VHOST, "x")).isPresent();
        test.carryOut(test.catalog.decideUnbind(VHOST, toQueue("x", "q", "2"), ME));

        assertThat(test.catalog.exchange(VHOST, "x")).isEmpty();
    }

    @Test
    void an_auto_delete_exchange_that_never_had_a_binding_stays() {
        test.autoDeleteExchange("x");
        test.exchange("y", "fanout");
        test.bind(toExchange("y", "x", ""));

        test.carryOut(test.catalog.decideUnbind(VHOST, toExchange("y", "x", ""), ME));

        assertThat(test.catalog.exchange(VHOST, "x")).isPresent();
    }

    @Test
    void deleting_a_queue_takes_a_whole_chain_of_auto_delete_exchanges_along() {
        test.autoDeleteExchange("first");
        test.autoDeleteExchange("second");
        test.autoDeleteExchange("elsewhere");
        test.queue("q");
        test.queue("other");
        test.bind(toExchange("first", "second", ""));
        test.bind(toQueue("second", "q", ""));
        test.bind(toQueue("elsewhere", "q", ""));
        test.bind(toQueue("elsewhere", "other", ""));

        test.carryOut(test.catalog.decideDeleteQueue(VHOST, "q", ME));

        assertThat(test.catalog.exchange(VHOST, "second")).isEmpty();
        assertThat(test.catalog.exchange(VHOST, "first")).isEmpty();
        assertThat(test.catalog.exchange(VHOST, "elsewhere")).isPresent();
        assertThat(test.catalog.bindings(VHOST)).containsExactly(toQueue("elsewhere", "other", ""));
    }

    @Test
    void auto_delete_exchanges_bound_in_a_circle_go_together() {
        test.autoDeleteExchange("x");
        test.autoDeleteExchange("y");
        test.queue("q");
        test.bind(toExchange("x", "y", ""));
        test.bind(toExchange("y", "x", ""));
        test.bind(toQueue("y", "q", ""));

        test.carryOut(test.catalog.decideDeleteExchange(VHOST, "x", false));
        assertThat(test.catalog.exchange(VHOST, "y")).isPresent();
        test.carryOut(test.catalog.decideDeleteQueue(VHOST, "q", ME));

        assertThat(test.catalog.exchange(VHOST, "y")).isEmpty();
    }

    private Decision<ExchangeDefinition> declare(boolean durable, boolean autoDelete, boolean internal) {
        return test.catalog.decideDeclareExchange(
                new ExchangeDeclaration(VHOST, "x", "direct", durable, autoDelete, internal, FieldTable.EMPTY));
    }

    private static Optional<Refusal.Value> untyped(String text) {
        return Optional.of(new Refusal.Value(text, ""));
    }

    @Test
    void a_consistent_hash_exchange_hashes_one_thing_that_can_be_hashed() {
        assertThat(refusal(hash("hash-header", "h", "hash-property", "message_id")))
                .isEqualTo(new Refusal.Malformed("hash-header and hash-property are mutually exclusive"));
        assertThat(refusal(hash("hash-property", "app_id")))
                .isEqualTo(new Refusal.Malformed("Unsupported property: app_id"));
        test.carryOut(hash("hash-property", "timestamp"));
        test.carryOut(hash("hash-header", "other")); // compared by nothing of its own, as in RabbitMQ
    }

    @Test
    void a_binding_of_a_consistent_hash_exchange_has_a_weight_for_its_key() {
        test.queue("q");
        test.exchange("x", "x-consistent-hash");

        assertThat(refusal(bind("abc")))
                .isEqualTo(new Refusal.Malformed("The binding key must be an integer: <<\"abc\">>"));
        assertThat(refusal(bind(""))).isEqualTo(new Refusal.Malformed("The binding key must be an integer: <<>>"));
        assertThat(refusal(bind("-1"))).isEqualTo(new Refusal.Malformed("The binding key must be greater than 0"));
        assertThat(refusal(bind("0"))).isEqualTo(new Refusal.Malformed("The binding key must be greater than 0"));
        test.carryOut(bind("+1"));
        test.carryOut(bind("100000"));
    }

    @Test
    void a_local_random_exchange_takes_classic_queues_without_a_key() {
        test.queue("q");
        test.carryOut(test.decideQueue("quorum", TestCatalog.arguments("x-queue-type", "quorum")));
        test.exchange("x", "x-local-random");

        assertThat(refusal(bind("k"))).isEqualTo(new Refusal.Malformed("Non empty binding 'k' key not permitted"));
        assertThat(refusal(test.catalog.decideBind(
                        TestCatalog.VHOST, TestCatalog.toQueue("x", "quorum", ""), TestCatalog.ME)))
                .isEqualTo(new Refusal.Malformed("Queue type rabbit_quorum_queue not valid for this exchange type"));
        test.carryOut(bind(""));
    }

    private Decision<ExchangeDefinition> hash(Object... arguments) {
        return test.decideExchange("x", "x-consistent-hash", TestCatalog.arguments(arguments));
    }

    private Decision<BindingKey> bind(String key) {
        return test.catalog.decideBind(TestCatalog.VHOST, TestCatalog.toQueue("x", "q", key), TestCatalog.ME);
    }
}
