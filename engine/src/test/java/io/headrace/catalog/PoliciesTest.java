package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.VHOST;
import static io.headrace.catalog.TestCatalog.arguments;
import static io.headrace.catalog.TestCatalog.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what holds for a queue or an exchange is what RabbitMQ makes of its arguments and its policies, at once.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PoliciesTest {
    private final TestCatalog test = new TestCatalog();
    private final Catalog catalog = test.catalog;
    private final List<String> told = new ArrayList<>();

    @Test
    void without_policies_the_arguments_hold_by_the_names_of_policies() {
        var queue = test.carryOut(test.decideQueue("q", arguments("x-queue-leader-locator", "balanced")));

        assertThat(effective(queue)).isEqualTo(arguments("queue-leader-locator", "balanced", "queue-type", "classic"));
        assertThat(catalog.policyOf(queue)).isEmpty();
        assertThat(catalog.policyDefinition(queue)).isEqualTo(FieldTable.EMPTY);
    }

    @Test
    void a_policy_acts_on_queues_that_are_there_and_on_those_that_come_and_not_on_others() {
        var before = test.queue("orders.1");
        put("p", "^orders", arguments("max-length", number(5)), 0);
        var after = test.queue("orders.2");

        assertThat(effective(before).get("max-length")).contains(number(5));
        assertThat(effective(after).get("max-length")).contains(number(5));
        assertThat(effective(test.queue("my.orders")).get("max-length")).isEmpty();
        assertThat(catalog.policyOf(after)).map(Policy::name).contains("p");
    }

    @Test
    void the_highest_priority_acts_alone_and_among_equals_the_first_by_name() {
        var queue = test.queue("q");
        put("low", "", arguments("max-length", number(1), "expires", number(9)), 0);
        put("b", "", arguments("max-length", number(2)), 5);
        put("a", "", arguments("max-length", number(3)), 5);

        assertThat(catalog.policyOf(queue)).map(Policy::name).contains("a");
        assertThat(catalog.policyDefinition(queue)).isEqualTo(arguments("max-length", number(3)));

        remove("a", false);
        remove("b", false);
        assertThat(effective(queue).get("expires")).contains(number(9));
        remove("low", false);
        assertThat(catalog.policyOf(queue)).isEmpty();
    }

    @Test
    void of_numbers_the_smaller_holds_and_of_other_things_the_argument() {
        var queue = new QueueDefinition(
                99,
                VHOST,
                "q",
                QueueType.CLASSIC,
                true,
                QueueDefinition.NOT_EXCLUSIVE,
                false,
                arguments(
                        "x-max-length",
                        number(10),
                        "x-message-ttl",
                        new FieldValue.Int32(5),
                        "x-overflow",
                        "drop-head"));
        test.log(List.of(new CatalogOperation.AddQueue(queue)));
        put("p", "", arguments("max-length", number(3), "message-ttl", number(7), "overflow", "reject-publish"), 0);

        assertThat(effective(queue))
                .isEqualTo(arguments(
                        "max-length", number(3), "message-ttl", new FieldValue.Int32(5), "overflow", "drop-head"));
    }

    @Test
    void an_operator_policy_narrows_what_the_policy_says() {
        var queue = test.queue("q");
        put("p", "", arguments("max-length", number(10), "overflow", "reject-publish", "expires", number(5)), 0);
        putOperator("o", "", arguments("max-length", number(20), "overflow", "drop-head", "message-ttl", number(1)));

        assertThat(catalog.policyDefinition(queue))
                .isEqualTo(arguments(
                        "expires",
                        number(5),
                        "max-length",
                        number(10),
                        "message-ttl",
                        number(1),
                        "overflow",
                        "drop-head"));
        assertThat(catalog.operatorPolicyOf(queue)).map(Policy::name).contains("o");

        remove("p", false);
        assertThat(effective(queue).get("max-length")).contains(number(20));
    }

    @Test
    void a_negative_delivery_limit_is_none_and_gives_way() {
        var queue = test.carryOut(test.decideQueue("q", arguments("x-queue-type", "quorum")));
        put("p", "", arguments("delivery-limit", number(-1)), 0);
        putOperator("o", "", arguments("delivery-limit", number(7)));
        assertThat(effective(queue).get("delivery-limit")).contains(number(7));

        put("p", "", arguments("delivery-limit", number(3)), 0);
        assertThat(effective(queue).get("delivery-limit")).contains(number(3));
    }

    /// RabbitMQ 3.10 asked: such a policy is not shown for the queue, and nothing of it acts.
    @Test
    void a_policy_that_a_queue_cannot_have_whole_does_not_act_on_it() {
        var classic = test.queue("c");
        var quorum = test.carryOut(test.decideQueue("q", arguments("x-queue-type", "quorum")));
        put("p", "", arguments("max-length", number(5), "delivery-limit", number(4)), 1);
        put("weaker", "", arguments("max-length", number(6), "alternate-exchange", "x"), 0);

        assertThat(catalog.policyOf(classic)).map(Policy::name).contains("weaker");
        assertThat(catalog.policyOf(quorum)).map(Policy::name).contains("p");
    }

    @Test
    void what_a_policy_applies_to_is_asked_first() {
        var classic = test.queue("c");
        var stream = test.carryOut(test.decideQueue("s", arguments("x-queue-type", "stream")));
        put(new Policy(VHOST, "p", "", arguments("max-length-bytes", number(1)), 0, Policy.ApplyTo.STREAMS, false));
        assertThat(catalog.policyOf(stream)).isPresent();
        assertThat(catalog.policyOf(classic)).isEmpty();

        put(new Policy(VHOST, "p", "", arguments("max-length-bytes", number(1)), 0, Policy.ApplyTo.EXCHANGES, false));
        assertThat(catalog.policyOf(stream)).isEmpty();
        assertThat(catalog.policyOf(catalog.exchange(VHOST, "amq.topic").orElseThrow()))
                .isPresent();
    }

    @Test
    void of_a_stream_the_policy_wins() {
        var stream = test.carryOut(test.decideQueue(
                "s", arguments("x-queue-type", "stream", "x-max-age", "1h", "x-max-length-bytes", number(5))));
        put("p", "", arguments("max-age", "2D", "max-length-bytes", number(9)), 0);

        assertThat(effective(stream).get("max-age")).contains(FieldValue.LongString.of("2D"));
        assertThat(effective(stream).get("max-length-bytes")).contains(number(9));
    }

    @Test
    void an_exchange_has_its_alternate_by_policy_unless_it_brought_one() {
        var plain = test.exchange("x", "direct");
        var own = test.carryOut(test.decideExchange("y", "direct", arguments("alternate-exchange", "mine")));
        put("p", "", arguments("alternate-exchange", "other"), 0);

        assertThat(catalog.effective(plain).text("alternate-exchange")).contains("other");
        assertThat(catalog.effective(own).text("alternate-exchange")).contains("mine");
    }

    @Test
    void listeners_hear_of_what_changed_for_a_queue_and_only_then() {
        test.queue("a");
        test.queue("b");
        catalog.addListener(new CatalogListener() {
            @Override
            public void queueGoverned(QueueDefinition queue) {
                told.add(queue.name());
            }

            @Override
            public void exchangeGoverned(ExchangeDefinition exchange, FieldTable effective) {
                told.add(exchange.name() + " " + effective.text("alternate-exchange"));
            }
        });

        put("p", "^a$", arguments("max-length", number(5)), 0);
        put("p", "^a$", arguments("max-length", number(5)), 7);
        test.queue("a2");
        put("p", "^b$", arguments("max-length", number(5)), 7);
        remove("p", false);
        put("x", "^x$", arguments("alternate-exchange", "y"), 0);
        test.exchange("x", "fanout");
        remove("x", false);

        assertThat(told).containsExactly("a", "a", "b", "b", "x Optional[y]", "x Optional.empty");
    }

    @Test
    void a_restored_queue_is_governed_from_its_first_moment() {
        test.queue("q");
        put("p", "", arguments("max-length", number(5)), 0);
        var restored = new Catalog();
        restored.addListener(new CatalogListener() {
            @Override
            public void queueCreated(QueueDefinition queue) {
                told.add("created with " + restored.effective(queue).get("max-length"));
            }

            @Override
            public void queueGoverned(QueueDefinition queue) {
                told.add("governed");
            }
        });

        restored.restore(catalog.snapshot());

        assertThat(told).containsExactly("created with " + Optional.of(number(5)));
    }

    @Test
    void many_queues_and_policies_are_governed_quickly() {
        for (int i = 0; i < 10_000; i++) {
            test.queue("queue-of-a-usual-length-" + i);
        }
        for (int i = 0; i < 50; i++) {
            put("p" + i, "^other-.*-" + i, arguments("max-length", number(5)), 0);
        }

        long start = System.nanoTime();
        put("p", "length", arguments("max-length", number(5)), -1);
        put("p", "length", arguments("max-length", number(6)), -1);
        remove("p", false);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    private FieldTable effective(QueueDefinition queue) {
        return catalog.effective(queue);
    }

    private void put(String name, String pattern, FieldTable definition, int priority) {
        put(new Policy(VHOST, name, pattern, definition, priority, Policy.ApplyTo.ALL, false));
    }

    private void putOperator(String name, String pattern, FieldTable definition) {
        put(new Policy(VHOST, name, pattern, definition, 0, Policy.ApplyTo.QUEUES, true));
    }

    private void put(Policy policy) {
        test.carryOut(catalog.rules().decidePutPolicy(policy));
    }

    private void remove(String name, boolean operator) {
        test.carryOut(catalog.rules().decideRemovePolicy(VHOST, name, operator));
    }
}
