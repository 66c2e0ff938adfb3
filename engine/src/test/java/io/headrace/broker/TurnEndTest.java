package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.stream.Batches;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: who waits for the end of a turn is told once, whatever it does when it is told.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TurnEndTest {
    private final SimulatedBroker broker = new SimulatedBroker(new LyingStorage(1), 1);
    private final ArrayList<Long> confirmed = new ArrayList<>();

    @BeforeEach
    void boot() throws IOException {
        broker.boot();
    }

    @Test
    void a_commit_of_nothing_is_answered_once_though_a_declaration_follows_at_once() {
        int[] answers = {0};

        publisher().whenCommitted(() -> {
            answers[0]++;
            broker.session.perform(declare("q"), answer -> {});
        });
        broker.settle();

        assertThat(answers[0]).isEqualTo(1);
    }

    @Test
    void an_unroutable_message_is_confirmed_once_though_a_commit_in_the_same_turn_asks_for_more()
            throws RefusedException {
        var publisher = publisher();

        publisher().whenCommitted(() -> broker.session.perform(declare("q"), answer -> {}));
        publisher.publish(new byte[] {'n', 'o'}, 0, 2, TestContent.of("x", true), 1);
        broker.settle();

        assertThat(confirmed).containsExactly(1L);
    }

    @Test
    void what_is_acknowledged_can_be_read_though_the_log_is_ahead_of_the_loop() {
        var topics = broker.topics();
        topics.create("t", 1, Map.of(), _ -> {});
        broker.settle();
        var partition = topics.partition(topics.topic("t").orElseThrow(), 0).orElseThrow();
        partition.append(Batches.of("a"), _ -> {});
        broker.loop.turn();
        while (broker.log.step()) {}
        var seen = new ArrayList<Long>();

        topics.whenCommitted(() -> seen.add(partition.highWatermark()));
        broker.session.perform(declare("q"), answer -> {}); // ends the turn before the loop hears of the log
        broker.settle();

        assertThat(seen).containsExactly(1L);
    }

    private Session.Publisher publisher() {
        return broker.session.publisher(new Session.Confirms() {
            @Override
            public void confirmed(long sequence, boolean multiple) {
                confirmed.add(sequence);
            }

            @Override
            public void rejected(long sequence) {
                throw new AssertionError();
            }
        });
    }

    private static Command declare(String name) {
        return new Command.DeclareQueue(name, false, false, false, false, FieldTable.EMPTY);
    }
}
