package io.headrace.bridge;

import static io.headrace.bridge.World.properties;
import static io.headrace.bridge.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Command;
import io.headrace.broker.Session;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Use;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.message.MessageProperties.Property;
import io.headrace.message.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: a stream is read by AMQP's consumers, from where they ask, as often as they like, and what AMQP wrote comes
/// back as it was.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamConsumeTest {
    private static final Resource EVENTS = Resource.queue("events", World.defaultVhost());

    private final World world = new World();

    StreamConsumeTest() {
        world.stream("events");
    }

    @Test
    void a_message_comes_back_as_it_was_with_its_offset() {
        var block = properties(table("colour", "red", "n", new FieldValue.UInt16(7)));
        world.bind("amq.topic", "events", "#");
        world.publish("amq.topic", "a.b", "plain");
        world.publish("amq.topic", "a.b", block, "with properties");

        var got = world.reader("events", "first").got;

        assertThat(got).extracting(World.Message::body).containsExactly("plain", "with properties");
        var message = got.getLast();
        assertThat(message.exchange()).isEqualTo("amq.topic");
        assertThat(message.key()).isEqualTo("a.b");
        assertThat(message.headers())
                .isEqualTo(table(
                                "colour",
                                "red",
                                "n",
                                new FieldValue.UInt16(7),
                                "x-stream-offset",
                                new FieldValue.Int64(1))
                        .fields());
        assertThat(message.read().text(Property.CONTENT_TYPE)).contains("text");
        assertThat(message.read().persistent()).isTrue();
        assertThat(got.getFirst().headers()).isEqualTo(Map.of("x-stream-offset", new FieldValue.Int64(0)));
    }

    @Test
    void of_a_kafka_transaction_a_consumer_gets_what_was_committed_when_it_was() {
        var reader = world.reader("events", "first");
        world.transact("events", 0, 7, 0, "kept");
        world.transact("events", 0, 8, 0, "dropped");
        world.publish("", "events", "plain");
        world.broker.settle();
        assertThat(reader.got).isEmpty();

        world.end("events", 0, 7, true);
        assertThat(reader.bodies()).containsExactly("kept");

        world.end("events", 0, 8, false);
        assertThat(reader.bodies()).containsExactly("kept", "plain");
        world.crash();
        assertThat(world.reader("events", "first").bodies()).containsExactly("kept", "plain");
    }

    @Test
    void a_consumer_gets_what_its_filter_lets_through() {
        world.publish("", "events", properties(table("x-stream-filter-value", "red")), "red");
        world.publish("", "events", properties(table("x-stream-filter-value", "blue")), "blue");
        world.publish("", "events", "plain");
        world.publish("", "events", properties(table("x-stream-filter-value", "red")), "red again");

        assertThat(filtered("x-stream-filter", "red")).containsExactly("red", "red again");
        assertThat(filtered("x-stream-filter", texts("green", "blue"))).containsExactly("blue");
        assertThat(filtered("x-stream-filter", texts())).hasSize(4);
        assertThat(filtered("x-stream-filter", "blue", "x-stream-match-unfiltered", new FieldValue.Bool(true)))
                .containsExactly("blue", "plain");
        assertThat(filtered("x-stream-match-unfiltered", new FieldValue.Bool(false)))
                .hasSize(4);
    }

    private List<String> filtered(Object... arguments) {
        var all = new ArrayList<Object>(List.of(arguments));
        all.addAll(List.of("x-stream-offset", "first"));
        return world.reader("events", table(all.toArray())).bodies();
    }

    private static FieldValue.Array texts(String... texts) {
        return new FieldValue.Array(
                Stream.of(texts).<FieldValue>map(FieldValue.LongString::of).toList());
    }

    @Test
    void what_was_read_from_one_stream_and_published_into_another_has_one_offset() {
        world.publish("", "events", properties(table("x-stream-offset", new FieldValue.Int64(99))), "again");

        assertThat(world.reader("events", "first").got.getFirst().headers())
                .isEqualTo(Map.of("x-stream-offset", new FieldValue.Int64(0)));
    }

    @Test
    void consumers_begin_where_they_ask() {
        for (int turn = 0; turn < 3; turn++) {
            world.publish("", "events", turn + "a");
            world.publish("", "events", turn + "b");
            world.broker.settle();
            world.broker.advance(10_000);
        }

        assertThat(world.reader("events", "first").bodies()).hasSize(6);
        assertThat(world.reader("events", "last").bodies()).containsExactly("2a", "2b");
        assertThat(world.reader("events", "next").bodies()).isEmpty();
        assertThat(world.reader("events", FieldTable.EMPTY).bodies()).isEmpty();
        assertThat(at(new FieldValue.Int32(3))).containsExactly("1b", "2a", "2b");
        assertThat(at(new FieldValue.Int64(-5))).hasSize(6);
        assertThat(at(new FieldValue.Int64(1_000))).isEmpty();
        long now = world.broker.loop().clock().millis();
        assertThat(at(new FieldValue.Timestamp(now / 1000 - 15))).containsExactly("2a", "2b");
        assertThat(world.reader("events", "25s").bodies()).containsExactly("1a", "1b", "2a", "2b");
        assertThat(world.reader("events", "7D").bodies()).hasSize(6);
        assertThat(world.reader("events", "1s").bodies()).isEmpty();
    }

    @Test
    void the_last_batch_is_the_last_that_has_records_to_read() {
        world.stream("events");
        world.produce(
                "events",
                0,
                CompressionType.GZIP,
                new SimpleRecord(1, null, "1a".getBytes(StandardCharsets.UTF_8)),
                new SimpleRecord(1, null, "1b".getBytes(StandardCharsets.UTF_8)));
        for (int i = 0; i < 20; i++) {
            world.transact("events", 0, 7, i, "aborted " + i);
            world.end("events", 0, 7, false);
        }
        assertThat(world.reader("events", "last").bodies()).containsExactly("1a", "1b");

        world.transact("events", 0, 7, 20, "2a", "2b");
        assertThat(world.reader("events", "last").bodies()).containsExactly("1a", "1b");

        world.end("events", 0, 7, true);
        assertThat(world.reader("events", "last").bodies()).containsExactly("2a", "2b");
        world.crash(); // what follows is read from files
        assertThat(world.reader("events", "last").bodies()).containsExactly("2a", "2b");
    }

    @Test
    void where_nothing_is_committed_the_last_batch_is_what_comes() {
        world.stream("events");
        world.transact("events", 0, 7, 0, "aborted");
        world.end("events", 0, 7, false);

        var reader = world.reader("events", "last");
        world.publish("", "events", "first");
        world.broker.settle();

        assertThat(reader.bodies()).containsExactly("first");
    }

    private List<String> at(FieldValue offset) {
        return world.reader("events", table("x-stream-offset", offset)).bodies();
    }

    @Test
    void next_is_what_comes_from_then_on() {
        world.publish("", "events", "before");
        var reader = world.reader("events", "next");

        world.publish("", "events", "after");
        world.broker.settle();

        assertThat(reader.bodies()).containsExactly("after");
    }

    @Test
    void only_committed_records_are_delivered() {
        var reader = world.reader("events", "first");

        world.publish("", "events", "a");
        while (world.broker.loop().turn()) {} // the log has not moved

        assertThat(reader.got).isEmpty();
        world.broker.settle();
        assertThat(reader.bodies()).containsExactly("a");
    }

    @Test
    void a_consumer_without_room_waits_and_another_does_not() {
        var slow = world.new Reader();
        slow.credit = 2;
        var started = (Session.Consuming.Started) world.consume("events", slow, true, FieldTable.EMPTY);
        var fast = world.reader("events", FieldTable.EMPTY);
        IntStream.range(0, 5).forEach(i -> world.publish("", "events", "m" + i));
        world.broker.settle();
        assertThat(slow.bodies()).containsExactly("m0", "m1");
        assertThat(fast.bodies()).hasSize(5);

        slow.leases.getFirst().requeue(0); // gives credit, and nothing goes back
        slow.credit = 2;
        started.subscription().resume();
        world.broker.settle();

        assertThat(slow.bodies()).containsExactly("m0", "m1", "m2", "m3");
        started.subscription().cancel();
        slow.credit = 100;
        world.publish("", "events", "m5");
        world.broker.settle();
        assertThat(slow.bodies()).hasSize(4);
    }

    @Test
    void a_backlog_of_many_reads_and_files_comes_in_order() {
        var sent = new ArrayList<String>();
        for (int i = 0; i < 3_000; i++) {
            sent.add(i + "x".repeat(i % 700));
            world.publish("", "events", sent.getLast());
            if (i % 100 == 0) {
                world.broker.settle();
            }
        }
        world.broker.settle();
        world.crash();

        var reader = world.new Reader();
        reader.credit = Integer.MAX_VALUE;
        world.consume("events", reader, true, table("x-stream-offset", "first"));

        assertThat(reader.bodies()).isEqualTo(sent);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void what_kafka_wrote_is_a_message_from_the_default_exchange(CompressionType compression) {
        Header[] headers = {
            new RecordHeader("colour", bytes("red")),
            new RecordHeader("raw", new byte[] {(byte) 0xff}),
            new RecordHeader("none", null),
            new RecordHeader("twice", bytes("1")),
            new RecordHeader("twice", bytes("2"))
        };
        world.produce(
                "events",
                0,
                compression,
                new SimpleRecord(1_700_000_000_123L, bytes("k"), bytes("v"), headers),
                new SimpleRecord(1_700_000_000_123L, null, (byte[]) null));

        var got = world.reader("events", "first").got;

        var first = got.getFirst();
        assertThat(first.exchange()).isEmpty();
        assertThat(first.key()).isEqualTo("k");
        assertThat(first.body()).isEqualTo("v");
        assertThat(first.headers())
                .isEqualTo(table(
                                "colour",
                                "red",
                                "raw",
                                new FieldValue.Binary(new byte[] {(byte) 0xff}),
                                "none",
                                new FieldValue.Nothing(),
                                "twice",
                                new FieldValue.Array(
                                        List.of(FieldValue.LongString.of("1"), FieldValue.LongString.of("2"))),
                                "x-stream-offset",
                                new FieldValue.Int64(0))
                        .fields());
        assertThat(first.properties().getLong(first.read().start(Property.TIMESTAMP)))
                .isEqualTo(1_700_000_000L);
        assertThat(got.getLast().key()).isEqualTo("events");
        assertThat(got.getLast().body()).isEmpty();
    }

    @Test
    void a_key_that_is_no_routing_key_is_a_header() {
        world.produce("events", 0, CompressionType.NONE, new SimpleRecord(1, new byte[] {(byte) 0xc0}, bytes("v")));

        var message = world.reader("events", "first").got.getFirst();

        assertThat(message.key()).isEqualTo("events");
        assertThat(message.headers()).containsEntry("kafka.key", new FieldValue.Binary(new byte[] {(byte) 0xc0}));
    }

    @Test
    void headers_that_only_look_like_amqps_are_headers() {
        Header[] forged = {
            new RecordHeader("amqp.exchange", bytes("x")), new RecordHeader("amqp.properties", bytes("nonsense"))
        };
        world.produce("events", 0, CompressionType.NONE, new SimpleRecord(1, bytes("k"), bytes("v"), forged));

        var message = world.reader("events", "first").got.getFirst();

        assertThat(message.exchange()).isEmpty();
        assertThat(message.headers()).containsKeys("amqp.exchange", "amqp.properties");
    }

    @Test
    void headers_beyond_a_frame_are_left_out_and_counted() {
        Header[] many = IntStream.range(0, 40)
                .mapToObj(i -> new RecordHeader("h" + i, new byte[4_000]))
                .toArray(Header[]::new);
        world.produce("events", 0, CompressionType.NONE, new SimpleRecord(1, bytes("k"), bytes("v"), many));

        var message = world.reader("events", "first").got.getFirst();

        assertThat(message.properties().limit()).isLessThan(128 << 10);
        assertThat(message.headers()).containsEntry("kafka.headers-left-out", new FieldValue.Int32(16));
    }

    @Test
    void a_stream_that_is_deleted_cancels_its_consumers() {
        var byQueue = world.reader("events", "first");
        world.done(new Command.DeleteQueue("events", false, false));
        assertThat(byQueue.cancelled).isTrue();

        world.stream("events");
        var byTopic = world.reader("events", "first");
        world.topics.delete("events", _ -> {});
        world.broker.settle();
        assertThat(byTopic.cancelled).isTrue();
        byTopic.subscription.resume();
        world.broker.settle();
    }

    @Test
    void records_that_go_before_they_are_read_are_passed_over() {
        var reader = world.new Reader();
        reader.credit = 1;
        IntStream.range(0, 5).forEach(i -> {
            world.publish("", "events", "m" + i);
            world.broker.settle();
        });
        var started =
                (Session.Consuming.Started) world.consume("events", reader, true, table("x-stream-offset", "first"));

        world.partition("events", 0).deleteBefore(5);
        world.publish("", "events", "m5");
        world.broker.settle();
        reader.credit = 10;
        started.subscription().resume();
        world.broker.settle();

        assertThat(reader.bodies()).startsWith("m0").endsWith("m5");
    }

    @Test
    void a_consumer_must_have_a_prefetch_of_its_own_and_acknowledge() {
        assertThat(refused(0, false, true, FieldTable.EMPTY)).isEqualTo(no(Use.CONSUME_WITHOUT_PREFETCH));
        assertThat(refused(0, false, false, FieldTable.EMPTY)).isEqualTo(no(Use.CONSUME_WITHOUT_PREFETCH));
        assertThat(refused(10, false, false, FieldTable.EMPTY)).isEqualTo(no(Use.CONSUME_WITHOUT_ACK));
        assertThat(refused(10, true, true, FieldTable.EMPTY)).isEqualTo(no(Use.CONSUME_WITH_SHARED_PREFETCH));
    }

    private static Refusal no(Use use) {
        return new Refusal.NotForStreams(EVENTS, use);
    }

    @Test
    void what_a_stream_does_not_know_is_refused() {
        assertThat(refused(10, false, true, table("x-stream-offset", "3")))
                .isEqualTo(new Refusal.InvalidArgument(
                        EVENTS, "x-stream-offset", "{invalid_stream_offset_arg,{longstr,<<\"3\">>}}"));
        assertThat(refused(10, false, true, table("x-stream-offset", new FieldValue.Bool(true))))
                .isInstanceOf(Refusal.InvalidArgument.class);
        assertThat(refused(10, false, true, table("x-priority", new FieldValue.Int32(1))))
                .isEqualTo(new Refusal.Malformed(
                        "invalid arg 'x-priority' for queue 'events' in vhost '/' of queue type rabbit_stream_queue"));
        world.done(World.queue("work", "quorum"));
        assertThat(world.consume("work", world.new Reader(), true, table("x-stream-offset", "first")))
                .isEqualTo(
                        new Session.Consuming.Refused(
                                new Refusal.Malformed(
                                        "invalid arg 'x-stream-offset' for queue 'work' in vhost '/' of queue type rabbit_quorum_queue")));
        assertThat(refused(10, false, true, table("x-stream-filter", new FieldValue.Int32(1))))
                .isEqualTo(new Refusal.InvalidArgument(EVENTS, "x-stream-filter", "{unacceptable_type,signedint}"));
        assertThat(refused(10, false, true, table("x-stream-match-unfiltered", "yes")))
                .isEqualTo(new Refusal.InvalidArgument(
                        EVENTS, "x-stream-match-unfiltered", "{unacceptable_type,longstr}"));
        assertThat(world.refused(new Command.PurgeQueue("events"))).isEqualTo(no(Use.PURGE));
        var refusals = new ArrayList<Refusal>();
        world.session.get("events", true, new Session.GetPort() {
            @Override
            public void message(
                    Session.Lease lease,
                    long sequence,
                    StoredMessage message,
                    boolean redelivered,
                    int attempts,
                    long remaining) {
                throw new AssertionError("a message");
            }

            @Override
            public void empty() {
                throw new AssertionError("empty");
            }

            @Override
            public void refused(Refusal refusal) {
                refusals.add(refusal);
            }
        });
        assertThat(refusals).containsExactly(no(Use.GET));
    }

    @Test
    void several_partitions_are_not_read_by_one_consumer() {
        world.topic("orders", 2);
        world.bind("amq.fanout", "orders", "");

        var answer = world.consume("orders", world.new Reader(), true, FieldTable.EMPTY);

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Session.Consuming.Refused.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Unsupported.class));
    }

    private Refusal refused(int prefetch, boolean shared, boolean manualAck, FieldTable arguments) {
        var reader = world.new Reader();
        reader.prefetch = prefetch;
        reader.shared = shared;
        return ((Session.Consuming.Refused) world.consume("events", reader, manualAck, arguments)).refusal();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
