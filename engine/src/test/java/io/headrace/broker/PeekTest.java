package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Refusal;
import io.headrace.message.StoredMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a look at a queue changes nothing. Method: the whole engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PeekTest {
    private final QueueWorld world = QueueWorld.open();

    PeekTest() throws IOException {}

    @Test
    void messages_are_shown_in_the_order_in_which_they_leave_and_stay() {
        world.declare("q");
        for (String body : List.of("a", "b", "c")) {
            world.send("q", body);
        }
        var a = world.get("q").orElseThrow();
        assertThat(peek("q", 0, 10)).containsExactly("b", "c");
        a.requeue();

        assertThat(peek("q", 0, 10)).containsExactly("a*", "b", "c");
        assertThat(peek("q", 1, 1)).containsExactly("b");
        assertThat(peek("q", 5, 1)).isEmpty();
        assertThat(world.drain("q")).containsExactly("a", "b", "c");
        assertThat(peek("q", 0, 10)).isEmpty();
    }

    @Test
    void priorities_and_what_came_back_are_seen_in_their_places() {
        world.declare("q", "x-max-priority", 5);
        for (int priority = 0; priority <= 5; priority++) {
            world.send("q", TestMessage.of("p" + priority).withPriority(priority));
        }
        var five = world.get("q").orElseThrow();
        world.get("q").orElseThrow().requeue();
        five.requeue();

        assertThat(peek("q", 0, 10)).containsExactly("p5*", "p4*", "p3", "p2", "p1", "p0");
        assertThat(peek("q", 2, 2)).containsExactly("p3", "p2");
    }

    @Test
    void what_left_memory_is_read_back() {
        world.declare("q");
        var bodies =
                IntStream.range(0, 300).mapToObj(i -> i + "x".repeat(100_000)).toList();
        bodies.forEach(body -> world.send("q", body));

        assertThat(peek("q", 0, 300)).isEqualTo(bodies);
        assertThat(world.drain("q")).isEqualTo(bodies);
    }

    private List<String> peek(String queue, int skip, int most) {
        var seen = new ArrayList<String>();
        boolean[] done = {false};
        world.broker.session.peek(queue, skip, most, new Session.PeekPort() {
            @Override
            public void message(StoredMessage message, boolean redelivered, int attempts) {
                var body = new byte[message.bodyBytes()];
                message.page().get(message.bodyStart(), body);
                seen.add(new String(body, StandardCharsets.UTF_8) + (redelivered ? "*" : ""));
            }

            @Override
            public void done() {
                done[0] = true;
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }
        });
        world.broker.settle();
        assertThat(done[0]).isTrue();
        return seen;
    }
}
