package io.headrace.bridge;

import static io.headrace.bridge.World.properties;
import static io.headrace.bridge.World.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.broker.Answer;
import io.headrace.broker.Command;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: what AMQP publishes into a stream is a record for Kafka's clients, and confirmed as for any queue.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamPublishTest {
    private final World world = new World();

    @Test
    void a_message_becomes_a_record_with_key_value_and_headers_that_kafkas_clients_can_read() {
        world.stream("events");
        world.bind("amq.topic", "events", "order.*");
        var headers = table(
                "colour",
                "red",
                "count",
                new FieldValue.Int32(-3),
                "paid",
                new FieldValue.Bool(true),
                "list",
                new FieldValue.Array(List.of(new FieldValue.Nothing())));

        assertThat(world.publish("amq.topic", "order.new", properties(headers), "seventeen"))
                .isEqualTo(1);
        world.broker.settle();

        var record = world.records("events", 0).getFirst();
        assertThat(text(record.key())).isEqualTo("order.new");
        assertThat(text(record.value())).isEqualTo("seventeen");
        assertThat(record.timestamp()).isEqualTo(world.broker.loop().clock().millis());
        var found = headers(record);
        assertThat(found.remove("amqp.properties")).isNotNull();
        assertThat(found)
                .isEqualTo(Map.of(
                        "amqp.exchange", "amq.topic",
                        "amqp.content-type", "text",
                        "amqp.delivery-mode", "2",
                        "colour", "red",
                        "count", "-3",
                        "paid", "true"));
    }

    @Test
    void the_confirm_comes_when_the_record_is_on_disk_whatever_its_delivery_mode() {
        world.stream("events");

        world.publish("", "events", "a");
        while (world.broker.loop().turn()) {} // the log has not moved

        assertThat(world.confirmed).isEmpty();
        world.broker.settle();
        assertThat(world.confirmed).containsExactly(1L);
        world.crash();
        assertThat(values("events")).containsExactly("a");
    }

    @Test
    void the_publishes_of_a_turn_are_one_batch() {
        world.stream("events");

        for (int i = 0; i < 100; i++) {
            world.publish("", "events", "m" + i);
        }
        world.broker.settle();

        var partition = world.partition("events", 0);
        assertThat(partition.endOffset()).isEqualTo(100);
        assertThat(partition.sizeBytes()).isEqualTo(oneBatchBytes());
        assertThat(values("events")).startsWith("m0", "m1").endsWith("m99");
        assertThat(world.confirmed).hasSize(100);
    }

    private long oneBatchBytes() {
        var into = new ByteBuffer[1];
        world.partition("events", 0).read(0, 100, 1, true, bytes -> into[0] = ByteBuffer.allocate(bytes), _ -> {});
        return into[0].capacity();
    }

    @Test
    void more_than_fits_into_an_entry_comes_through_in_order() {
        world.stream("events");
        world.done(World.queue("work", "quorum"));
        world.bind("amq.fanout", "events", "");
        world.bind("amq.fanout", "work", "");
        var sent = new ArrayList<String>();

        for (int i = 0; i < 60; i++) {
            var body = i + "-" + "x".repeat(i * 1_500);
            sent.add(body);
            world.publish("amq.fanout", "", body);
        }
        world.broker.settle();

        assertThat(values("events")).isEqualTo(sent);
        assertThat(world.reader("work", FieldTable.EMPTY).bodies()).isEqualTo(sent);
        world.crash();
        assertThat(values("events")).isEqualTo(sent);
    }

    @Test
    void a_large_message_is_a_record_too() {
        world.stream("events");
        world.done(World.queue("work", "quorum"));
        world.bind("amq.fanout", "events", "");
        world.bind("amq.fanout", "work", "");

        world.publish("amq.fanout", "", "x".repeat(450_000));
        world.publish("amq.fanout", "", "small");
        world.broker.settle();

        assertThat(world.reader("events", "first").bodies())
                .extracting(String::length)
                .containsExactly(450_000, 5);
    }

    @Test
    void something_large_that_follows_in_the_same_turn_does_not_take_the_room() {
        world.stream("events");
        world.done(World.queue("work", "quorum"));

        for (int i = 0; i < 10; i++) {
            world.publish("", "events", "e" + i);
            world.publish("", "work", "x".repeat(900_000));
        }
        world.broker.settle();

        assertThat(values("events")).hasSize(10).startsWith("e0").endsWith("e9");
        assertThat(world.confirmed).hasSize(20);
    }

    @Test
    void a_message_that_does_not_fit_into_one_entry_with_its_copy_is_refused_whole() {
        world.stream("events");
        world.done(World.queue("work", "quorum"));
        world.bind("amq.fanout", "events", "");
        world.bind("amq.fanout", "work", "");

        assertThatThrownBy(() -> world.publish("amq.fanout", "", "x".repeat(600_000)))
                .hasMessageContaining("TooLarge");
        world.publish("amq.fanout", "", "small");
        world.broker.settle();

        assertThat(values("events")).containsExactly("small");
        assertThat(world.reader("work", FieldTable.EMPTY).bodies()).containsExactly("small");
    }

    @Test
    void a_topic_of_several_partitions_is_published_into_by_kafkas_choice() {
        world.topic("orders", 3);
        world.bind("amq.topic", "orders", "#");
        var used = new HashSet<Integer>();

        for (int i = 0; i < 30; i++) {
            var key = "customer-" + i;
            int expected = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % 3;
            long before = world.partition("orders", expected).endOffset();
            world.publish("amq.topic", key, "m" + i);
            world.broker.settle();
            assertThat(world.partition("orders", expected).endOffset()).isEqualTo(before + 1);
            used.add(expected);
        }
        assertThat(used).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void a_topic_that_grows_is_published_into_by_all_its_partitions() {
        world.topic("orders", 1);
        world.bind("amq.topic", "orders", "#");
        world.publish("amq.topic", "a", "1");
        world.topics.grow("orders", 7, _ -> {});
        world.broker.settle();

        for (int i = 0; i < 40; i++) {
            world.publish("amq.topic", "k" + i, "m");
        }
        world.broker.settle();

        long[] expected = {1, 0, 0, 0, 0, 0, 0, 0};
        for (int i = 0; i < 40; i++) {
            expected[Utils.toPositive(Utils.murmur2(("k" + i).getBytes(StandardCharsets.UTF_8))) % 8]++;
        }
        for (int i = 0; i < 8; i++) {
            assertThat(world.partition("orders", i).endOffset()).isEqualTo(expected[i]);
        }
    }

    @Test
    void a_declaration_tells_how_many_records_there_are() {
        world.stream("events");
        world.publish("", "events", "a");
        world.publish("", "events", "b");

        assertThat(world.perform(World.queue("events", "stream"))).isEqualTo(new Answer.QueueDeclared("events", 2, 0));
    }

    @Test
    void publishing_to_a_deleted_stream_goes_nowhere() {
        world.stream("events");
        assertThat(world.publish("", "events", "a")).isEqualTo(1);

        world.done(new Command.DeleteQueue("events", false, false));

        assertThat(world.publish("", "events", "b")).isZero();
        world.broker.settle();
        assertThat(world.topics.topic("events")).isEmpty();
        assertThat(world.confirmed).hasSize(2);
    }

    private List<String> values(String topic) {
        return world.records(topic, 0).stream()
                .map(record -> text(record.value()))
                .toList();
    }

    private static Map<String, String> headers(Record record) {
        var headers = new HashMap<String, String>();
        for (var header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return headers;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
