package io.headrace.shovel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.catalog.Parameter;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.shovel.Inbox.Event;
import io.headrace.shovel.ShovelDefinition.AckMode;
import io.headrace.time.Clock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a message is settled at its source when, and only when, the destination has answered for it.
/// Method: both ends are played by the test; what they are asked for is written down in order.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransferTest {
    private final Inbox inbox = new Inbox();
    private final List<String> asked = new ArrayList<>();
    /// What the destination says to each message that is published, in order.
    private final Deque<List<Event>> answers = new ArrayDeque<>();

    private final class Ends implements Source, Destination {
        @Override
        public long waiting() {
            return 0;
        }

        @Override
        public void start() {}

        @Override
        public void ack(long tag, boolean multiple) {
            asked.add("ack " + tag + (multiple ? "..." : ""));
        }

        @Override
        public void requeue(long tag) {
            asked.add("requeue " + tag);
            deliver(tag + 10);
        }

        @Override
        public void publish(Message message) {
            asked.add("publish " + new String(message.body(), StandardCharsets.UTF_8));
            if (!answers.isEmpty()) {
                answers.remove().forEach(inbox::put);
            }
        }

        @Override
        public void flush() {
            asked.add("flush");
        }

        @Override
        public boolean blocked() {
            return false;
        }

        @Override
        public void close() {}
    }

    private void deliver(long... tags) {
        for (long tag : tags) {
            inbox.put(new Event.Delivered(
                    tag, new Message("", "q", new byte[2], Long.toString(tag).getBytes(StandardCharsets.UTF_8))));
        }
    }

    private void carry(AckMode mode, long most) throws Exception {
        var definition = ShovelDefinition.of(new Parameter(
                "shovel",
                "/",
                "s",
                new FieldValue.Table(new FieldTable(Map.of(
                        "src-uri", FieldValue.LongString.of("amqp://"),
                        "src-queue", FieldValue.LongString.of("a"),
                        "dest-uri", FieldValue.LongString.of("amqp://"))))));
        var here = definition.from().uris().getFirst();
        var ends = new Ends();
        new Transfer(mode, ends, ends, inbox, new Stamp(definition, "c", here, here, Clock.system()), most).run();
    }

    @Test
    void what_is_confirmed_is_settled_one_by_one_or_all_before() throws Exception {
        deliver(1, 2, 3);
        answers.add(List.of());
        answers.add(List.of(new Event.Confirmed(2, false)));
        answers.add(List.of(new Event.Confirmed(3, true)));

        carry(AckMode.ON_CONFIRM, 3);

        assertThat(asked).containsExactly("publish 1", "publish 2", "publish 3", "ack 2", "ack 3...", "flush");
    }

    @Test
    void what_is_rejected_goes_back_and_comes_again() throws Exception {
        deliver(1, 2);
        answers.add(List.of());
        answers.add(List.of(new Event.Rejected(1, false), new Event.Confirmed(2, true)));
        answers.add(List.of(new Event.Confirmed(3, false)));

        carry(AckMode.ON_CONFIRM, 2);

        // 2 is not settled with `multiple`, which would settle 1 as well
        assertThat(asked)
                .containsExactly("publish 1", "publish 2", "ack 2", "requeue 1", "publish 11", "ack 11", "flush");
    }

    @Test
    void no_more_is_published_than_is_to_be_carried_but_in_place_of_what_was_rejected() throws Exception {
        deliver(1, 2, 3);
        answers.add(List.of());
        answers.add(List.of(new Event.Confirmed(1, false), new Event.Rejected(2, false)));
        answers.add(List.of(new Event.Confirmed(3, false)));

        carry(AckMode.ON_CONFIRM, 2);

        assertThat(asked).containsExactly("publish 1", "publish 2", "ack 1", "publish 3", "ack 3", "flush");
    }

    @Test
    void on_publish_settles_at_once_and_no_ack_never() throws Exception {
        deliver(1);
        carry(AckMode.ON_PUBLISH, 1);
        deliver(2);
        carry(AckMode.NO_ACK, 1);
        carry(AckMode.NO_ACK, 0);

        assertThat(asked).containsExactly("publish 1", "ack 1", "flush", "publish 2", "flush", "flush");
    }

    @Test
    void an_end_that_fails_ends_it_with_its_reason() {
        inbox.put(new Event.Failed("gone"));

        assertThatThrownBy(() -> carry(AckMode.ON_CONFIRM, 1))
                .isInstanceOf(ShovelTrouble.class)
                .hasMessage("gone");
    }

    @Test
    void a_full_inbox_says_so_and_tells_when_there_is_room_again() throws Exception {
        var told = new ArrayList<String>();
        inbox.onRoom(() -> told.add("room"));
        for (int i = 0; i < 1_000; i++) {
            deliver(i);
        }
        assertThat(inbox.roomy()).isFalse();

        for (int i = 0; i < 499; i++) {
            inbox.poll(0);
        }
        assertThat(told).isEmpty();
        inbox.poll(0);

        assertThat(told).containsExactly("room");
        assertThat(inbox.roomy()).isTrue();
    }
}
