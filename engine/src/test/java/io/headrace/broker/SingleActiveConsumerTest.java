package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.StoredMessage;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: one consumer at a time has all messages, and the place is passed on. Method: the whole engine.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SingleActiveConsumerTest {
    private final QueueWorld world = QueueWorld.open();

    SingleActiveConsumerTest() throws IOException {}

    @Test
    void the_first_has_all_and_the_next_follows_when_it_goes() {
        world.declare("q", "x-single-active-consumer", true);
        var first = world.consume("q", 10);
        var second = world.consume("q", 10, "x-priority", 5);
        world.send("q", "a");
        world.send("q", "b");
        assertThat(first.bodies()).containsExactly("a", "b");
        assertThat(second.bodies()).isEmpty();

        first.cancel();
        world.send("q", "c");

        assertThat(second.bodies()).containsExactly("c");
    }

    @Test
    void a_full_window_of_the_active_one_does_not_help_the_others() {
        world.declare("q", "x-single-active-consumer", true);
        var first = world.consume("q", 1);
        var second = world.consume("q", 10);
        world.send("q", "a");
        world.send("q", "b");
        assertThat(first.bodies()).containsExactly("a");

        first.take(1);

        assertThat(first.bodies()).containsExactly("a", "b");
        assertThat(second.bodies()).isEmpty();
    }

    @Test
    void a_quorum_queue_prefers_the_higher_priority_once_the_lower_has_finished() {
        world.declare("q", "x-queue-type", "quorum", "x-single-active-consumer", true);
        var low = world.consume("q", 10);
        world.send("q", "a");
        assertThat(low.bodies()).containsExactly("a");
        var high = world.consume("q", 10, "x-priority", 5);
        world.send("q", "b");
        assertThat(low.bodies()).containsExactly("a", "b");
        assertThat(high.bodies()).isEmpty();

        low.received.forEach(QueueWorld.Received::ack);
        world.send("q", "c");

        assertThat(high.bodies()).containsExactly("c");
        assertThat(low.bodies()).containsExactly("a", "b");
    }

    @Test
    void who_is_active_can_be_seen() {
        world.declare("q", "x-single-active-consumer", true);
        var first = world.consume("q", 1);
        world.consume("q", 1);
        var queue = world.broker.engine.queues().byId(id("q"));
        assertThat(queue.subscriptions()).extracting(one -> one.active()).containsExactly(true, false);

        first.cancel();

        assertThat(queue.subscriptions()).extracting(one -> one.active()).containsExactly(true);
    }

    @Test
    void nobody_consumes_it_exclusively() {
        world.declare("q", "x-single-active-consumer", true);
        var answers = new ArrayList<Session.Consuming>();
        world.broker.session.consume("q", world.new Consumer(1), true, true, QueueWorld.table(), answers::add);

        assertThat(answers)
                .containsExactly(new Session.Consuming.Refused(new Refusal.ExclusiveUse(Resource.queue("q", "/"))));
    }

    @Test
    void nobody_fetches_from_one_of_type_quorum() {
        world.declare("q", "x-queue-type", "quorum", "x-single-active-consumer", true);
        var refusals = new ArrayList<Refusal>();
        world.broker.session.get("q", true, new Session.GetPort() {
            @Override
            public void message(
                    Session.Lease lease, long sequence, StoredMessage message, boolean again, int attempts, long left) {
                throw new AssertionError();
            }

            @Override
            public void empty() {
                throw new AssertionError();
            }

            @Override
            public void refused(Refusal refusal) {
                refusals.add(refusal);
            }
        });

        assertThat(refusals).containsExactly(new Refusal.SingleActiveConsumer(Resource.queue("q", "/")));
    }

    private int id(String queue) {
        return world.broker.engine.catalog().queue("/", queue).orElseThrow().id();
    }
}
