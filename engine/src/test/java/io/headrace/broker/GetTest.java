package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.QueueWorld.Received;
import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: a client that publishes and then asks for a message gets it. Method: the whole engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GetTest {
    private final QueueWorld world = QueueWorld.open();

    GetTest() throws IOException {}

    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    void what_was_published_before_is_there(String type) {
        world.declare("q", "x-queue-type", type);
        world.publish("", "q", TestMessage.of("without a confirm"), 0);

        assertThat(world.getNow("q").map(Received::body)).contains("without a confirm");
        assertThat(world.getNow("q")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    void two_that_ask_for_one_message_are_both_answered(String type) {
        world.declare("q", "x-queue-type", type);
        world.send("q", "only one");
        var answers = world.ask("q", 2);

        world.settle();

        assertThat(answers).containsExactly("only one", "nothing");
    }

    @Test
    void who_waits_when_the_queue_is_deleted_gets_nothing() {
        world.declare("q", "x-queue-type", "quorum");
        world.send("q", "goes with its queue");
        var answers = world.ask("q", 1);

        world.broker.declare(new Command.DeleteQueue("q", false, false));

        assertThat(answers).containsExactly("nothing");
    }
}
