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
import org.apache.kafka.common.protocol.Errors;
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
    void a_topic_that_feeds_an_exchange_takes_no_records_of_transactions() {
        world.topic("orders", 1);
        assertThat(world.transact("orders", 0, 7, 0, "before")).isInstanceOf(Append.Appended.class);
        feed("work", "fanout", "orders");
        queue("q", "work", "");

        assertThat(world.transact("orders", 0, 7, 1, "after"))
                .isInstanceOfSatisfying(
                        Append.Rejected.class, no -> assertThat(no.error()).isEqualTo(Errors.INVALID_TXN_STATE));
        world.end("orders", 0, 7, false);

        assertThat(world.reader("q", FieldTable.EMPTY).got).isEmpty();
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
