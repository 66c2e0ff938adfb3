package io.headrace.bridge;

import static io.headrace.bridge.World.properties;
import static io.headrace.bridge.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Command;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.stream.Append;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: queues eat what is appended to a topic: each record once, with its key as routing key.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TopicFeedTest {
    private final World world = new World();

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void records_of_a_topic_go_to_the_queues_of_its_exchange_by_their_keys(CompressionType compression) {
        world.topic("orders", 2);
        feed("work", "topic", "orders");
        queue("all", "work", "#");
        queue("news", "work", "*.new");
        Header[] headers = {new RecordHeader("colour", bytes("red"))};

        world.produce(
                "orders",
                1,
                compression,
                new SimpleRecord(1, bytes("a.new"), bytes("1"), headers),
                new SimpleRecord(1, bytes("a.old"), bytes("2")),
                new SimpleRecord(1, null, bytes("3")));

        var all = world.reader("all", FieldTable.EMPTY).got;
        assertThat(all).extracting(World.Message::body).containsExactly("1", "2", "3");
        assertThat(all).extracting(World.Message::key).containsExactly("a.new", "a.old", "");
        assertThat(all.getFirst().headers()).isEqualTo(Map.of("colour", FieldValue.LongString.of("red")));
        assertThat(all.getFirst().read().persistent()).isTrue();
        assertThat(world.reader("news", FieldTable.EMPTY).bodies()).containsExactly("1");
    }

    @Test
    void a_transaction_is_passed_on_when_it_is_committed_and_what_follows_waits_for_it() {
        world.topic("orders", 1);
        feed("work", "fanout", "orders");
        queue("q", "work", "");

        assertThat(world.transact("orders", 0, 7, 0, "one")).isInstanceOf(Append.Appended.class);
        assertThat(world.transact("orders", 0, 7, 1, "two")).isInstanceOf(Append.Appended.class);
        world.produce("orders", 0, CompressionType.NONE, new SimpleRecord(1, null, bytes("plain")));
        world.broker.settle();
        var reader = world.reader("q", FieldTable.EMPTY);
        assertThat(reader.bodies()).isEmpty();

        world.end("orders", 0, 7, true);
        world.broker.settle();
        assertThat(reader.bodies()).containsExactly("one", "two", "plain");

        world.produce("orders", 0, CompressionType.NONE, new SimpleRecord(1, null, bytes("at once")));
        world.broker.settle();
        assertThat(reader.bodies()).containsExactly("one", "two", "plain", "at once");
    }

    @Test
    void an_aborted_transaction_is_passed_on_to_nobody() {
        world.topic("orders", 1);
        feed("work", "fanout", "orders");
        queue("q", "work", "");
        assertThat(world.transact("orders", 0, 7, 0, "never")).isInstanceOf(Append.Appended.class);
        assertThat(world.transact("orders", 0, 8, 0, "kept")).isInstanceOf(Append.Appended.class);

        world.end("orders", 0, 8, true);
        world.end("orders", 0, 7, false);
        world.broker.settle();

        assertThat(world.reader("q", FieldTable.EMPTY).bodies()).containsExactly("kept");
        assertThat(world.partition("orders", 0).behind()).isFalse();
    }

    @Test
    void what_waits_for_a_transaction_is_passed_on_after_a_crash_as_well() {
        world.topic("orders", 1);
        feed("work", "fanout", "orders");
        queue("q", "work", "");
        assertThat(world.transact("orders", 0, 7, 0, "one")).isInstanceOf(Append.Appended.class);
        world.produce("orders", 0, CompressionType.NONE, new SimpleRecord(1, null, bytes("plain")));
        world.broker.settle();

        world.crash();
        assertThat(world.reader("q", FieldTable.EMPTY).bodies()).isEmpty();
        world.end("orders", 0, 7, true);
        world.broker.settle();
        world.crash();

        assertThat(world.reader("q", FieldTable.EMPTY).bodies()).containsExactly("one", "plain");
    }

    @Test
    void what_amqp_publishes_behind_an_open_transaction_waits_for_it_too() {
        world.stream("events");
        feed("work", "fanout", "events");
        queue("q", "work", "");
        assertThat(world.transact("events", 0, 7, 0, "one")).isInstanceOf(Append.Appended.class);
        world.publish("", "events", "two");
        world.broker.settle();
        var reader = world.reader("q", FieldTable.EMPTY);
        assertThat(reader.bodies()).isEmpty();

        world.end("events", 0, 7, true);
        world.broker.settle();

        assertThat(reader.bodies()).containsExactly("one", "two");
    }

    @Test
    void what_came_from_another_topic_is_not_passed_on_later_either() {
        world.stream("a");
        world.stream("b");
        feed("from-a", "fanout", "a");
        feed("from-b", "fanout", "b");
        world.bind("from-a", "b", "");
        world.bind("from-b", "a", "");
        assertThat(world.transact("b", 0, 7, 0, "1")).isInstanceOf(Append.Appended.class);
        world.publish("", "a", "2");
        world.publish("", "b", "3");
        world.broker.settle();
        world.end("b", 0, 7, true);
        world.broker.settle();

        assertThat(world.reader("a", "first").bodies()).containsExactly("2", "1", "3");
        assertThat(world.reader("b", "first").bodies()).containsExactly("1", "2", "3");
    }

    @Test
    void what_waits_is_forgotten_with_the_exchange() {
        world.topic("orders", 1);
        feed("work", "fanout", "orders");
        queue("q", "work", "");
        assertThat(world.transact("orders", 0, 7, 0, "one")).isInstanceOf(Append.Appended.class);
        world.done(new Command.DeleteExchange("work", false));
        world.end("orders", 0, 7, true);
        world.broker.settle();
        feed("work", "fanout", "orders");
        world.bind("work", "q", "");
        world.produce("orders", 0, CompressionType.NONE, new SimpleRecord(1, null, bytes("two")));

        assertThat(world.reader("q", FieldTable.EMPTY).bodies()).containsExactly("two");
    }

    @Test
    void what_amqp_publishes_into_the_topic_is_passed_on_as_it_was() {
        world.stream("events");
        feed("work", "fanout", "events");
        queue("q", "work", "");

        assertThat(world.publish("", "events", properties(table("colour", "red")), "hello"))
                .isEqualTo(1);
        world.broker.settle();

        var message = world.reader("q", FieldTable.EMPTY).got.getFirst();
        assertThat(message.exchange()).isEmpty();
        assertThat(message.key()).isEqualTo("events");
        assertThat(message.headers()).isEqualTo(Map.of("colour", FieldValue.LongString.of("red")));
        assertThat(message.properties()).isEqualTo(properties(table("colour", "red")));
        assertThat(world.records("events", 0)).hasSize(1);
    }

    @Test
    void a_queue_that_is_reached_by_two_ways_gets_a_record_once() {
        world.topic("orders", 1);
        feed("x", "fanout", "orders");
        feed("y", "fanout", "orders");
        queue("q", "x", "");
        world.bind("y", "q", "");

        world.produce("orders", 0, CompressionType.NONE, new SimpleRecord(1, null, bytes("1")));

        assertThat(world.reader("q", FieldTable.EMPTY).bodies()).containsExactly("1");
    }

    @Test
    void topics_that_feed_each_other_do_not_go_round_in_circles() {
        world.stream("a");
        world.stream("b");
        feed("from-a", "fanout", "a");
        feed("from-b", "fanout", "b");
        world.bind("from-a", "b", "");
        world.bind("from-a", "a", "");
        world.bind("from-b", "a", "");

        world.produce("a", 0, CompressionType.NONE, new SimpleRecord(1, null, bytes("1")));
        world.publish("", "b", "2");
        world.broker.settle();

        assertThat(world.reader("a", "first").bodies()).containsExactly("1", "2");
        assertThat(world.reader("b", "first").bodies()).containsExactly("1", "2");
    }

    @Test
    void a_feed_survives_a_restart_and_ends_with_its_exchange() {
        world.topic("orders", 1);
        feed("work", "fanout", "orders");
        queue("q", "work", "");
        world.crash();

        world.produce("orders", 0, CompressionType.NONE, new SimpleRecord(1, null, bytes("1")));
        world.done(new Command.DeleteExchange("work", false));
        world.produce("orders", 0, CompressionType.NONE, new SimpleRecord(1, null, bytes("2")));

        assertThat(world.reader("q", FieldTable.EMPTY).bodies()).containsExactly("1");
    }

    @Test
    void a_topic_that_grows_feeds_from_all_its_partitions() {
        world.topic("orders", 1);
        feed("work", "fanout", "orders");
        queue("q", "work", "");
        world.topics.grow("orders", 1, _ -> {});
        world.broker.settle();

        world.produce("orders", 1, CompressionType.NONE, new SimpleRecord(1, null, bytes("1")));

        assertThat(world.reader("q", FieldTable.EMPTY).bodies()).containsExactly("1");
    }

    private void feed(String exchange, String type, String topic) {
        world.done(
                new Command.DeclareExchange(exchange, type, false, true, false, false, table("x-from-topic", topic)));
    }

    private void queue(String name, String exchange, String key) {
        world.done(World.queue(name, "quorum"));
        world.bind(exchange, name, key);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
