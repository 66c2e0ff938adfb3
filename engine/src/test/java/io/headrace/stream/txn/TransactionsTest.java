package io.headrace.stream.txn;

import static io.headrace.stream.txn.TestTopics.name;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.stream.TransactionEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: transactions begin, take partitions and end as Kafka's coordinator lets them, and go on where they were
/// after a restart at any point. Method: the real coordinator over partitions in memory; the test owns the clock, and
/// holds back what takes its time.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransactionsTest {
    private static final int TIMEOUT = 60_000;
    private static final TransactionVersion FIRST = TransactionVersion.TV_0;
    private static final TransactionVersion SECOND = TransactionVersion.TV_2;
    private static final TopicPartition OFFSETS = name(Topic.GROUP_METADATA_TOPIC_NAME, 1);

    private final TestTopics topics = new TestTopics();

    @BeforeEach
    void a_topic() {
        topics.make("orders", 4);
        topics.make(Topic.GROUP_METADATA_TOPIC_NAME, 3);
    }

    // ---- beginning ----

    @Test
    void a_new_id_gets_a_producer_and_each_later_life_the_next_epoch() {
        assertThat(begin("t")).isEqualTo(Outcome.done(new Producer(1_000, (short) 0)));
        assertThat(begin("t")).isEqualTo(Outcome.done(new Producer(1_000, (short) 1)));
        assertThat(begin("u")).isEqualTo(Outcome.done(new Producer(1_001, (short) 0)));

        assertThat(topics.history()).contains("t Empty 0", "t Empty 1", "u Empty 0");
    }

    @Test
    void a_timeout_out_of_bounds_is_refused() {
        for (int timeout : new int[] {0, -1, 900_001}) {
            assertThat(begin("t", timeout, Optional.empty()).error()).isEqualTo(Errors.INVALID_TRANSACTION_TIMEOUT);
        }
        assertThat(begin("t", 900_000, Optional.empty()).error()).isEqualTo(Errors.NONE);
        assertThat(begin("", TIMEOUT, Optional.empty()).error()).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void a_producer_that_goes_on_after_an_error_gets_the_same_answer_again_until_another_one_came() {
        var first = begin("t").producer();
        var second = begin("t", TIMEOUT, Optional.of(first)).producer();
        assertThat(second).isEqualTo(new Producer(1_000, (short) 1));

        assertThat(begin("t", TIMEOUT, Optional.of(first)).producer()).isEqualTo(second);
        begin("t");

        assertThat(begin("t", TIMEOUT, Optional.of(first)).error()).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(begin("t", TIMEOUT, Optional.of(second)).error()).isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void a_new_life_aborts_what_the_one_before_left_open_and_fences_it() {
        var zombie = begin("t").producer();
        add("t", zombie, SECOND, name("orders", 0));

        assertThat(begin("t").error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        var next = begin("t").producer();

        assertThat(next.epoch()).isEqualTo((short) 2);
        assertThat(topics.partition("orders", 0).ends)
                .containsExactly(new TransactionEnd(1_000, (short) 1, false, 0, true));
        assertThat(add("t", zombie, SECOND, name("orders", 0))).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(end("t", zombie, true, FIRST).error()).isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void an_id_waits_for_its_producers_id_and_others_do_not() {
        begin("known");
        topics.holdIds = true;
        var outcomes = new ArrayList<Outcome>();
        topics.transactions().begin("t", TIMEOUT, Optional.empty(), outcomes::add);

        assertThat(begin("t").error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(begin("known").error()).isEqualTo(Errors.NONE);
        topics.releaseIds();

        assertThat(outcomes).containsExactly(Outcome.done(new Producer(1_001, (short) 0)));
    }

    @Test
    void there_are_only_so_many_ids() {
        var few = new TestTopics(new TransactionSettings(1, 900_000, 3_600_000, 2));
        for (var id : List.of("a", "b", "c")) {
            few.transactions()
                    .begin(
                            id,
                            TIMEOUT,
                            Optional.empty(),
                            outcome -> assertThat(outcome.error())
                                    .isEqualTo(id.equals("c") ? Errors.POLICY_VIOLATION : Errors.NONE));
            few.settle();
        }
        assertThat(few.transactions().reports()).hasSize(2);
    }

    // ---- adding ----

    @Test
    void a_transaction_begins_with_its_first_partition_and_writes_only_what_is_new() {
        var producer = begin("t").producer();
        topics.advance(5);

        assertThat(add("t", producer, FIRST, name("orders", 0))).isEqualTo(Errors.NONE);
        assertThat(add("t", producer, FIRST, name("orders", 0))).isEqualTo(Errors.NONE);
        assertThat(add("t", producer, FIRST, name("orders", 1))).isEqualTo(Errors.NONE);

        assertThat(topics.history()).containsExactly("t Empty 0", "t Ongoing 0", "t Ongoing 0");
        var report = topics.transactions().report("t").orElseThrow();
        assertThat(report.partitions()).containsExactlyInAnyOrder(name("orders", 0), name("orders", 1));
        assertThat(report.startMillis()).isEqualTo(topics.loop.clock().millis());
        assertThat(report.state()).isEqualTo(TransactionState.ONGOING);
    }

    @Test
    void who_is_not_the_producer_adds_nothing() {
        var producer = begin("t").producer();

        assertThat(add("?", producer, FIRST, name("orders", 0))).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        assertThat(add("", producer, FIRST, name("orders", 0))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(add("t", new Producer(1, (short) 0), FIRST, name("orders", 0)))
                .isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        assertThat(add("t", new Producer(producer.id(), (short) 1), FIRST, name("orders", 0)))
                .isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(topics.history()).containsExactly("t Empty 0");
    }

    @Test
    void only_partitions_of_the_open_transaction_are_verified() {
        var producer = begin("t").producer();
        assertThat(verify("t", producer, 0)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
        add("t", producer, FIRST, name("orders", 0));

        assertThat(verify("t", producer, 0)).isEqualTo(Errors.NONE);
        assertThat(verify("t", producer, 1)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
        assertThat(verify("?", producer, 0)).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        assertThat(verify("t", new Producer(producer.id(), (short) 9), 0)).isEqualTo(Errors.PRODUCER_FENCED);
        end("t", producer, true, FIRST);

        assertThat(verify("t", producer, 0)).isEqualTo(Errors.TRANSACTION_ABORTABLE);
    }

    @Test
    void a_transaction_whose_record_is_too_large_takes_no_more_partitions_and_stays_as_it_was() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, name("orders", 0));
        var many = IntStream.range(0, 300_000)
                .mapToObj(index -> name("huge", index))
                .collect(Collectors.toSet());

        assertThat(topics.transactions().add("t", producer, many, SECOND)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);

        assertThat(add("t", producer, SECOND, name("orders", 1))).isEqualTo(Errors.NONE);
        assertThat(end("t", producer, true, SECOND).error()).isEqualTo(Errors.NONE);
    }

    // ---- ending ----

    @Test
    void in_the_first_version_the_producer_keeps_its_epoch() {
        var producer = begin("t").producer();
        add("t", producer, FIRST, name("orders", 0));
        add("t", producer, FIRST, name("orders", 3));

        assertThat(end("t", producer, true, FIRST)).isEqualTo(Outcome.done(Producer.NONE));
        assertThat(end("t", producer, true, FIRST)).isEqualTo(Outcome.done(Producer.NONE));

        assertThat(topics.history())
                .containsExactly("t Empty 0", "t Ongoing 0", "t Ongoing 0", "t PrepareCommit 0", "t CompleteCommit 0");
        var marker = new TransactionEnd(1_000, (short) 0, true, 0, false);
        assertThat(topics.partition("orders", 0).ends).containsExactly(marker);
        assertThat(topics.partition("orders", 3).ends).containsExactly(marker);
        assertThat(topics.partition("orders", 1).ends).isEmpty();
    }

    @Test
    void in_the_second_version_every_transaction_has_its_own_epoch() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, name("orders", 0));

        var next = end("t", producer, false, SECOND).producer();
        assertThat(next).isEqualTo(new Producer(1_000, (short) 1));
        assertThat(end("t", producer, false, SECOND).producer()).isEqualTo(next);

        assertThat(topics.partition("orders", 0).ends)
                .containsExactly(new TransactionEnd(1_000, (short) 1, false, 0, true));
        assertThat(end("t", next, false, SECOND).producer()).isEqualTo(new Producer(1_000, (short) 2));
        assertThat(topics.partition("orders", 0).ends).hasSize(1);
    }

    @Test
    void when_epochs_are_used_up_the_producer_goes_on_under_another_id() {
        var producer = lastEpoch("t");
        add("t", producer, SECOND, name("orders", 0));
        topics.holdIds = true;
        var outcomes = new ArrayList<Outcome>();
        topics.transactions().end("t", producer, true, SECOND, outcomes::add);
        assertThat(end("t", producer, true, SECOND).error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(begin("t").error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);

        topics.releaseIds();

        assertThat(outcomes).containsExactly(Outcome.done(new Producer(1_001, (short) 0)));
        assertThat(topics.partition("orders", 0).ends)
                .containsExactly(new TransactionEnd(1_000, Short.MAX_VALUE, true, 0, true));
        assertThat(end("t", producer, true, SECOND).producer()).isEqualTo(new Producer(1_001, (short) 0));
        assertThat(begin("t").producer()).isEqualTo(new Producer(1_001, (short) 1));
    }

    @Test
    void a_new_life_after_the_last_epoch_has_another_id() {
        var producer = lastEpoch("t");

        assertThat(begin("t", TIMEOUT, Optional.of(producer)).producer()).isEqualTo(new Producer(1_001, (short) 0));
        assertThat(begin("t", TIMEOUT, Optional.of(producer)).producer()).isEqualTo(new Producer(1_001, (short) 0));
    }

    @Test
    void offsets_are_ended_by_the_coordinator_of_groups_and_till_then_the_transaction_ends() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, name("orders", 0));
        add("t", producer, SECOND, OFFSETS);
        topics.holdOffsets = true;

        var next = end("t", producer, true, SECOND).producer();
        assertThat(topics.partition("orders", 0).ends).hasSize(1);
        assertThat(add("t", next, SECOND, name("orders", 0))).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(end("t", producer, true, SECOND).error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(begin("t").error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        var settled = new boolean[1];
        topics.transactions().whenSettled("t", () -> settled[0] = true);
        assertThat(settled[0]).isFalse();
        topics.releaseOffsets();

        assertThat(settled[0]).isTrue();
        assertThat(topics.offsetEnds).containsExactly(new TransactionEnd(1_000, (short) 1, true, 0, true));
        assertThat(topics.history()).endsWith("t PrepareCommit 1", "t CompleteCommit 1");
        assertThat(add("t", next, SECOND, name("orders", 0))).isEqualTo(Errors.NONE);
    }

    @Test
    void the_coordinator_of_groups_is_asked_again_until_it_has_an_answer() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, OFFSETS);
        topics.offsetsFail = Optional.of(new CoordinatorNotAvailableException("it starts"));
        end("t", producer, true, SECOND);
        topics.advance(1_000);
        assertThat(state("t")).isEqualTo(TransactionState.PREPARE_COMMIT);

        topics.offsetsFail = Optional.empty();
        topics.advance(1_000);

        assertThat(state("t")).isEqualTo(TransactionState.COMPLETE_COMMIT);
        assertThat(topics.offsetEnds).hasSize(1);
    }

    @Test
    void a_marker_for_offsets_that_is_refused_for_good_holds_nothing_up() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, OFFSETS);
        topics.offsetsFail = Optional.of(new InvalidProducerEpochException("of a later one"));

        end("t", producer, true, SECOND);

        assertThat(state("t")).isEqualTo(TransactionState.COMPLETE_COMMIT);
    }

    @Test
    void a_partition_that_is_gone_holds_nothing_up() {
        topics.make("brief", 1);
        var producer = begin("t").producer();
        add("t", producer, SECOND, name("brief", 0));
        add("t", producer, SECOND, name("orders", 0));
        topics.delete("brief");

        end("t", producer, true, SECOND);

        assertThat(state("t")).isEqualTo(TransactionState.COMPLETE_COMMIT);
        assertThat(topics.partition("orders", 0).ends).hasSize(1);
    }

    // ---- offsets of groups ----

    @Test
    void offsets_are_let_in_while_their_transaction_is_open() {
        var offsets = topics.transactions().offsets();
        var producer = begin("t").producer();
        assertThat(offsets.admit("t", producer.id(), producer.epoch(), 1, false))
                .isEqualTo(Errors.TRANSACTION_ABORTABLE);
        assertThat(offsets.admit("t", producer.id(), producer.epoch(), 1, true)).isEqualTo(Errors.NONE);

        assertThat(offsets.admitted(producer.id(), producer.epoch(), 1)).isTrue();
        assertThat(offsets.admitted(producer.id(), producer.epoch(), 2)).isFalse();
        assertThat(offsets.admitted(producer.id(), (short) 7, 1)).isFalse();
        end("t", producer, true, SECOND);

        assertThat(offsets.admitted(producer.id(), producer.epoch(), 1)).isFalse();
        assertThat(offsets.admit("t", producer.id(), producer.epoch(), 1, true)).isEqualTo(Errors.PRODUCER_FENCED);
    }

    // ---- time ----

    @Test
    void a_transaction_that_takes_too_long_is_aborted_and_its_producer_fenced() {
        var producer = begin("t", 15_000, Optional.empty()).producer();
        add("t", producer, FIRST, name("orders", 0));
        topics.advance(10_000);
        assertThat(state("t")).isEqualTo(TransactionState.ONGOING);

        topics.advance(10_000);

        assertThat(state("t")).isEqualTo(TransactionState.COMPLETE_ABORT);
        assertThat(topics.partition("orders", 0).ends)
                .containsExactly(new TransactionEnd(1_000, (short) 1, false, 0, true));
        assertThat(end("t", producer, true, FIRST).error()).isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void after_a_timeout_the_second_version_lets_the_producer_abort_and_go_on() {
        var producer = begin("t", 5_000, Optional.empty()).producer();
        add("t", producer, SECOND, name("orders", 0));
        topics.advance(10_000);

        assertThat(end("t", producer, true, SECOND).error()).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(end("t", producer, false, SECOND).producer()).isEqualTo(new Producer(1_000, (short) 1));
    }

    @Test
    void an_id_that_nobody_uses_is_forgotten_and_one_with_a_transaction_is_not() {
        begin("idle");
        var producer = begin("busy", 900_000, Optional.empty()).producer();
        topics.holdOffsets = true;
        add("busy", producer, SECOND, OFFSETS);
        end("busy", producer, true, SECOND);
        topics.advance(3_599_000);
        assertThat(topics.transactions().report("idle")).isPresent();

        topics.advance(3_601_000);

        assertThat(topics.transactions().report("idle")).isEmpty();
        assertThat(topics.transactions().report("busy")).isPresent();
        assertThat(topics.history()).contains("idle -");
        topics.restart();
        assertThat(topics.transactions().report("idle")).isEmpty();
    }

    // ---- restarts ----

    @Test
    void an_open_transaction_stays_open_over_a_restart_and_keeps_its_timeout() {
        var producer = begin("t", 25_000, Optional.empty()).producer();
        add("t", producer, SECOND, name("orders", 0));
        topics.advance(9_000);
        topics.restart();
        assertThat(verify("t", producer, 0)).isEqualTo(Errors.NONE);
        assertThat(topics.transactions().offsets().admitted(producer.id(), producer.epoch(), 1))
                .isFalse();

        topics.advance(10_000);
        assertThat(state("t")).isEqualTo(TransactionState.ONGOING);
        topics.advance(10_000);

        assertThat(state("t")).isEqualTo(TransactionState.COMPLETE_ABORT);
    }

    @Test
    void a_producer_can_end_after_a_restart_what_it_began_before() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, name("orders", 0));
        topics.restart();

        var next = end("t", producer, true, SECOND).producer();
        topics.restart();

        assertThat(end("t", producer, true, SECOND).producer()).isEqualTo(next); // the answer was lost
        assertThat(topics.partition("orders", 0).ends).hasSize(1);
    }

    @Test
    void what_was_decided_and_not_carried_out_is_so_after_a_restart() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, name("orders", 0));
        add("t", producer, SECOND, OFFSETS);
        topics.holdOffsets = true;
        var next = end("t", producer, true, SECOND).producer();
        topics.holdOffsets = false; // its answer is lost with the broker
        topics.restart();

        assertThat(state("t")).isEqualTo(TransactionState.COMPLETE_COMMIT);
        assertThat(topics.offsetEnds).hasSize(1);
        assertThat(topics.partition("orders", 0).ends).hasSize(2).allMatch(TransactionEnd::commit);
        assertThat(end("t", producer, true, SECOND).producer()).isEqualTo(next);
    }

    @Test
    void questions_wait_while_the_topic_is_read() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, name("orders", 0));
        var again = new Transactions(new Transactions.Ground(topics.loop, topics, TransactionSettings.defaults()));
        again.start();
        var answers = new ArrayList<String>();
        again.ask(() -> answers.add("asked"), error -> answers.add(error.name()));
        assertThat(answers).isEmpty();
        assertThat(again.offsets().admit("t", producer.id(), producer.epoch(), 1, true))
                .isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);

        topics.settle();

        assertThat(answers).containsExactly("asked");
        assertThat(again.report("t")).isPresent();
    }

    @Test
    void nothing_is_made_before_the_first_transaction() {
        assertThat(topics.topic(StateTopic.NAME)).isEmpty();
        assertThat(end("t", new Producer(1, (short) 1), true, SECOND).error())
                .isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        assertThat(topics.topic(StateTopic.NAME)).isEmpty();

        topics.transactions().open();
        topics.settle();

        assertThat(topics.topic(StateTopic.NAME).orElseThrow().partitions()).hasSize(3);
    }

    @Test
    void when_the_topic_of_states_is_deleted_everybody_is_unknown_and_may_come_again() {
        var producer = begin("t").producer();
        topics.delete(StateTopic.NAME);

        assertThat(add("t", producer, SECOND, name("orders", 0))).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        assertThat(begin("t").producer()).isEqualTo(new Producer(1_001, (short) 0));
    }

    @Test
    void a_clock_that_goes_back_does_not_bring_back_an_older_state() {
        var producer = begin("t").producer();
        add("t", producer, SECOND, name("orders", 0));
        topics.advance(-60_000);
        end("t", producer, true, SECOND);

        topics.restart();

        assertThat(state("t")).isEqualTo(TransactionState.COMPLETE_COMMIT);
    }

    @Test
    void when_the_topic_of_states_gets_more_partitions_ids_move_at_the_next_start() {
        var producers = new ArrayList<Producer>();
        for (int i = 0; i < 20; i++) {
            producers.add(begin("t" + i).producer());
            add("t" + i, producers.get(i), SECOND, name("orders", 0));
        }
        topics.grow(StateTopic.NAME, 4);
        assertThat(end("t0", producers.get(0), true, SECOND).error()).isEqualTo(Errors.NONE);
        topics.restart();
        topics.restart();

        assertThat(state("t0")).isEqualTo(TransactionState.COMPLETE_COMMIT);
        for (int i = 1; i < 20; i++) {
            assertThat(end("t" + i, producers.get(i), true, SECOND).error()).isEqualTo(Errors.NONE);
        }
        topics.restart();
        assertThat(topics.transactions().reports())
                .hasSize(20)
                .allMatch(report -> report.state() == TransactionState.COMPLETE_COMMIT);
    }

    @Test
    void after_the_stop_nothing_is_decided() {
        begin("t");
        topics.transactions().stop();

        assertThat(begin("t").error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    private Outcome begin(String id) {
        return begin(id, TIMEOUT, Optional.empty());
    }

    private Outcome begin(String id, int timeout, Optional<Producer> expected) {
        var outcomes = new ArrayList<Outcome>();
        topics.transactions().begin(id, timeout, expected, outcomes::add);
        topics.settle();
        assertThat(outcomes).hasSize(1);
        return outcomes.getFirst();
    }

    private Errors add(String id, Producer producer, TransactionVersion version, TopicPartition partition) {
        return topics.transactions().add(id, producer, Set.of(partition), version);
    }

    private Errors verify(String id, Producer producer, int index) {
        return topics.transactions().verify(id, producer, name("orders", index));
    }

    private Outcome end(String id, Producer producer, boolean commit, TransactionVersion version) {
        var outcomes = new ArrayList<Outcome>();
        topics.transactions().end(id, producer, commit, version, outcomes::add);
        topics.settle();
        assertThat(outcomes).hasSize(1);
        return outcomes.getFirst();
    }

    private TransactionState state(String id) {
        return topics.transactions().report(id).orElseThrow().state();
    }

    /// A producer at the last epoch that one may have.
    private Producer lastEpoch(String id) {
        var producer = begin(id).producer();
        while (producer.epoch() < Short.MAX_VALUE - 1) {
            producer = begin(id).producer();
        }
        return producer;
    }
}
