package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.ME;
import static io.headrace.catalog.TestCatalog.OTHER;
import static io.headrace.catalog.TestCatalog.VHOST;
import static io.headrace.catalog.TestCatalog.arguments;
import static io.headrace.catalog.TestCatalog.number;
import static io.headrace.catalog.TestCatalog.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: queues are declared, found and deleted as RabbitMQ 4.2 does it.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class QueueDeclarationTest {
    private final TestCatalog test = new TestCatalog();
    private final Resource q = Resource.queue("q", VHOST);

    @Test
    void a_decision_changes_nothing_until_it_is_applied() {
        test.decideQueue("q", true, false, false);

        assertThat(test.catalog.queue(VHOST, "q")).isEmpty();
    }

    @Test
    void a_queue_gets_ascending_ids_that_are_not_used_again() {
        QueueDefinition first = test.queue("a");
        test.carryOut(test.catalog.decideDeleteQueue(VHOST, "a", ME));

        QueueDefinition second = test.queue("a");

        assertThat(second.id()).isGreaterThan(first.id());
        assertThat(test.catalog.queue(second.id())).contains(second);
        assertThat(test.catalog.queue(first.id())).isEmpty();
    }

    @Test
    void the_type_is_added_to_the_arguments() {
        assertThat(test.queue("q").arguments().text("x-queue-type")).contains("classic");
    }

    @Test
    void line_breaks_are_removed_from_the_name() {
        assertThat(test.queue("a\r\nb").name()).isEqualTo("ab");
        assertThat(test.catalog.findQueue(VHOST, "a\nb", ME)).isInstanceOf(Decision.NoChange.class);
    }

    @Test
    void a_queue_without_a_name_gets_the_generated_one() {
        assertThat(test.queue("").name()).isEqualTo(TestCatalog.GENERATED);
    }

    @Test
    void a_generated_name_is_a_prefix_and_22_url_safe_characters() {
        assertThat(Names.generated("amq.gen", new byte[16])).isEqualTo("amq.gen-AAAAAAAAAAAAAAAAAAAAAA");
        byte[] ones = new byte[16];
        Arrays.fill(ones, (byte) -1);
        assertThat(Names.generated("amq.ctag", ones)).matches("amq\\.ctag-[A-Za-z0-9_-]{22}");
    }

    @Test
    void a_reserved_name_is_refused_unless_the_queue_exists() {
        assertThat(refusal(test.decideQueue("amq.q", true, false, false)))
                .isEqualTo(new Refusal.ReservedName(Resource.queue("amq.q", VHOST)));
        QueueDefinition generated = test.queue("");

        assertThat(test.carryOut(test.decideQueue(generated.name(), true, false, false)))
                .isEqualTo(generated);
    }

    @Test
    void declaring_the_same_again_changes_nothing() {
        QueueDefinition declared = test.queue("q");

        assertThat(test.decideQueue("q", true, false, false)).isEqualTo(new Decision.NoChange<>(declared));
    }

    @Test
    void another_durability_is_inequivalent() {
        test.queue("q");

        assertThat(refusal(test.decideQueue("q", false, false, false)))
                .isEqualTo(new Refusal.Inequivalent(q, "durable", value("false", ""), value("true", "")));
    }

    @Test
    void another_auto_delete_is_inequivalent() {
        test.queue("q");

        assertThat(refusal(test.decideQueue("q", true, false, true)))
                .isEqualTo(new Refusal.Inequivalent(q, "auto_delete", value("true", ""), value("false", "")));
    }

    @Test
    void a_known_argument_that_was_not_there_is_inequivalent_and_shown_with_its_type() {
        test.queue("q");

        assertThat(refusal(test.decideQueue("q", arguments("x-message-ttl", new FieldValue.Int32(10)))))
                .isEqualTo(new Refusal.Inequivalent(q, "x-message-ttl", value("10", "signedint"), Optional.empty()));
    }

    @Test
    void another_value_of_a_known_argument_is_inequivalent_and_shown_without_type() {
        test.carryOut(test.decideQueue("q", arguments("x-queue-version", number(1))));

        assertThat(refusal(test.decideQueue("q", arguments("x-queue-version", number(2)))))
                .isEqualTo(new Refusal.Inequivalent(q, "x-queue-version", value("2", ""), value("1", "")));
        assertThat(refusal(test.decideQueue("q", FieldTable.EMPTY)))
                .isEqualTo(new Refusal.Inequivalent(q, "x-queue-version", Optional.empty(), value("1", "long")));
    }

    @Test
    void an_integer_argument_is_equivalent_in_any_width() {
        test.carryOut(test.decideQueue("q", arguments("x-queue-version", number(2))));

        assertThat(test.decideQueue("q", arguments("x-queue-version", new FieldValue.Int8((byte) 2))))
                .isInstanceOf(Decision.NoChange.class);
    }

    @Test
    void unknown_arguments_are_kept_but_not_compared() {
        test.carryOut(test.decideQueue("q", arguments("x-colour", "red")));

        QueueDefinition again = test.carryOut(test.decideQueue("q", arguments("x-colour", "blue")));

        assertThat(again.arguments().text("x-colour")).contains("red");
    }

    @Test
    void naming_the_default_type_is_equivalent_to_naming_none() {
        test.queue("q");

        assertThat(test.decideQueue("q", arguments("x-queue-type", "classic"))).isInstanceOf(Decision.NoChange.class);
    }

    @Test
    void another_type_is_inequivalent() {
        test.queue("q");

        assertThat(refusal(test.decideQueue("q", arguments("x-queue-type", "quorum"))))
                .isEqualTo(new Refusal.Inequivalent(q, "x-queue-type", value("quorum", ""), value("classic", "")));
    }

    @Test
    void an_exclusive_queue_belongs_to_its_connection_and_is_never_durable() {
        QueueDefinition exclusive = test.carryOut(test.decideQueue("q", true, true, false));

        assertThat(exclusive.durable()).isFalse();
        assertThat(exclusive.exclusiveOwner()).isEqualTo(ME);
        assertThat(test.decideQueue("q", true, true, false)).isInstanceOf(Decision.NoChange.class);
        assertThat(test.decideQueue("q", false, true, false)).isInstanceOf(Decision.NoChange.class);
    }

    @Test
    void another_connections_exclusive_queue_is_locked() {
        test.carryOut(test.decideQueue("q", false, true, false));
        var sameFromOther = new QueueDeclaration(VHOST, "q", false, true, false, FieldTable.EMPTY);

        assertThat(refusal(test.catalog.decideDeclareQueue(sameFromOther, OTHER, () -> "", TestCatalog::topicId)))
                .isEqualTo(new Refusal.Locked(q));
        assertThat(refusal(test.catalog.findQueue(VHOST, "q", OTHER))).isEqualTo(new Refusal.Locked(q));
        assertThat(refusal(test.catalog.decideDeleteQueue(VHOST, "q", OTHER))).isEqualTo(new Refusal.Locked(q));
    }

    @Test
    void another_exclusive_flag_is_locked_even_for_the_owner() {
        test.carryOut(test.decideQueue("q", false, true, false));
        test.queue("shared");

        assertThat(refusal(test.decideQueue("q", false, false, false))).isEqualTo(new Refusal.Locked(q));
        assertThat(refusal(test.decideQueue("shared", true, true, false)))
                .isEqualTo(new Refusal.Locked(Resource.queue("shared", VHOST)));
    }

    @Test
    void exclusive_queues_go_with_their_connection() {
        QueueDefinition mine = test.carryOut(test.decideQueue("mine", false, true, false));
        QueueDefinition mineToo = test.carryOut(test.decideQueue("too", false, true, false));
        test.queue("shared");

        assertThat(test.catalog.exclusiveQueues(ME)).containsExactly(mine, mineToo);
        assertThat(test.carryOut(test.catalog.decideConnectionGone(ME))).containsExactly(mine, mineToo);

        assertThat(test.catalog.queues(VHOST).map(QueueDefinition::name)).containsExactly("shared");
        assertThat(test.catalog.exclusiveQueues(ME)).isEmpty();
        assertThat(test.catalog.decideConnectionGone(ME)).isEqualTo(new Decision.NoChange<>(List.of()));
    }

    @Test
    void a_queue_that_is_missing_is_not_found_and_deleted_without_complaint() {
        assertThat(refusal(test.catalog.findQueue(VHOST, "q", ME))).isEqualTo(new Refusal.NotFound(q));
        assertThat(test.catalog.decideDeleteQueue(VHOST, "q", ME)).isEqualTo(new Decision.NoChange<>(Optional.empty()));
    }

    @Test
    void a_missing_vhost_is_said() {
        var declaration = new QueueDeclaration("nowhere", "q", true, false, false, FieldTable.EMPTY);

        assertThat(refusal(test.catalog.decideDeclareQueue(declaration, ME, () -> "", TestCatalog::topicId)))
                .isEqualTo(new Refusal.VhostNotFound("nowhere"));
    }

    @Test
    void a_quorum_queue_is_declared_as_such() {
        QueueDefinition quorum = test.carryOut(test.decideQueue("q", arguments("x-queue-type", "quorum")));

        assertThat(quorum.type()).isEqualTo(QueueType.QUORUM);
    }

    @Test
    void a_quorum_queue_must_be_durable_shared_and_lasting() {
        FieldTable quorum = arguments("x-queue-type", "quorum");

        assertThat(refusal(test.decideQueue("q", true, true, false, quorum)))
                .isEqualTo(new Refusal.InvalidProperty(q, "exclusive-owner"));
        assertThat(refusal(test.decideQueue("q", true, false, true, quorum)))
                .isEqualTo(new Refusal.InvalidProperty(q, "auto-delete"));
        assertThat(refusal(test.decideQueue("q", false, false, false, quorum)))
                .isEqualTo(new Refusal.InvalidProperty(q, "non-durable"));
    }

    @Test
    void a_quorum_queue_needs_a_name() {
        assertThat(refusal(test.decideQueue("", arguments("x-queue-type", "quorum"))))
                .isEqualTo(new Refusal.Malformed("Cannot declare a server-named queue for type rabbit_quorum_queue"));
    }

    @Test
    void an_unknown_type_is_invalid() {
        assertThat(refusal(test.decideQueue("q", arguments("x-queue-type", "pile"))))
                .isEqualTo(new Refusal.InvalidArgument(q, "x-queue-type", "\"unsupported queue type 'pile'\""));
        assertThat(refusal(test.decideQueue("q", arguments("x-queue-type", number(1)))))
                .isEqualTo(new Refusal.InvalidArgument(q, "x-queue-type", "{unacceptable_type,long}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-expires|0|{value_zero,0}",
                "x-expires|-1|{value_negative,-1}",
                "x-message-ttl|-5|{value_negative,-5}",
                "x-message-ttl|315360000001|{value_too_large,315360000001}",
                "x-max-length|-1|{value_negative,-1}",
                "x-max-priority|256|{max_value_exceeded,256}",
                "x-queue-version|3|\"unsupported queue version '3'\"",
            })
    void a_number_out_of_bounds_gets_rabbitmqs_term(String argument, long value, String term) {
        assertThat(refusal(test.decideQueue("q", arguments(argument, number(value)))))
                .isEqualTo(new Refusal.InvalidArgument(q, argument, term));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-expires|\"expected integer, got longstr\"",
                "x-overflow|invalid_overflow",
                "x-queue-mode|\"unsupported queue mode 'pile'\"",
                "x-queue-leader-locator|invalid_queue_locator_arg",
                "x-single-active-consumer|{unacceptable_type,longstr}",
                "x-dead-letter-routing-key|routing_key_but_no_dlx_defined",
            })
    void a_text_that_does_not_fit_gets_rabbitmqs_term(String argument, String term) {
        assertThat(refusal(test.decideQueue("q", arguments(argument, "pile"))))
                .isEqualTo(new Refusal.InvalidArgument(q, argument, term));
    }

    @Test
    void arguments_without_effect_in_rabbitmq_4_are_accepted() {
        test.carryOut(test.decideQueue(
                "classic",
                arguments(
                        "x-queue-mode",
                        "lazy",
                        "x-queue-version",
                        number(2),
                        "x-queue-master-locator",
                        "min-masters")));
        test.carryOut(test.decideQueue(
                "quorum",
                arguments(
                        "x-queue-type",
                        "quorum",
                        "x-quorum-initial-group-size",
                        number(3),
                        "x-queue-leader-locator",
                        "balanced",
                        "x-max-in-memory-length",
                        number(0))));

        assertThat(test.catalog.queues(VHOST)).hasSize(2);
    }

    @Test
    void an_argument_of_another_queue_type_is_refused_in_rabbitmqs_words() {
        assertThat(refusal(test.decideQueue("q", arguments("x-queue-type", "quorum", "x-max-priority", number(5)))))
                .isEqualTo(new Refusal.Malformed(
                        "invalid arg 'x-max-priority' for queue 'q' in vhost 'v' of queue type rabbit_quorum_queue"));
        assertThat(refusal(test.decideQueue("q", arguments("x-max-age", "1h"))))
                .isEqualTo(new Refusal.Malformed(
                        "invalid arg 'x-max-age' for queue 'q' in vhost 'v' of queue type rabbit_classic_queue"));
    }

    private static Optional<Refusal.Value> value(String text, String type) {
        return Optional.of(new Refusal.Value(text, type));
    }
}
