package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.ME;
import static io.headrace.catalog.TestCatalog.VHOST;
import static io.headrace.catalog.TestCatalog.arguments;
import static io.headrace.catalog.TestCatalog.number;
import static io.headrace.catalog.TestCatalog.refusal;
import static io.headrace.catalog.TestCatalog.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: a stream queue and its topic are one thing: they come together and go together, unless the topic was there
/// first.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StreamQueuesTest {
    private final TestCatalog test = new TestCatalog();
    private final Catalog catalog = test.catalog;

    @Test
    void a_stream_queue_brings_a_topic_of_one_partition_that_keeps_everything() {
        var queue = test.carryOut(stream("events"));

        assertThat(queue.view()).isFalse();
        var topic = catalog.topic(VHOST, "events").orElseThrow();
        assertThat(topic.partitions()).hasSize(1);
        assertThat(topic.settings()).isEqualTo(Map.of("retention.ms", "-1", "segment.bytes", "500000000"));
    }

    @Test
    void its_arguments_become_settings_within_kafkas_bounds() {
        test.carryOut(stream(
                "small",
                "x-max-age",
                "7D",
                "x-max-length-bytes",
                number(5_000),
                "x-stream-max-segment-size-bytes",
                number(1_000)));
        test.carryOut(stream("large", "x-stream-max-segment-size-bytes", number(3_000_000_000L)));

        assertThat(catalog.topic(VHOST, "small").orElseThrow().settings())
                .isEqualTo(Map.of("retention.ms", "604800000", "retention.bytes", "5000", "segment.bytes", "1048576"));
        assertThat(catalog.topic(VHOST, "large").orElseThrow().settings()).containsEntry("segment.bytes", "2147483647");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "D", "0D", "-1D", "7d", "7 D", "1.5h", ""})
    void an_age_that_is_none_gets_rabbitmqs_term(String age) {
        assertThat(refusal(stream("events", "x-max-age", age)))
                .isEqualTo(
                        new Refusal.InvalidArgument(Resource.queue("events", VHOST), "x-max-age", "invalid_max_age"));
    }

    @Test
    void a_segment_beyond_rabbitmqs_bound_gets_its_words() {
        assertThat(refusal(stream("events", "x-stream-max-segment-size-bytes", number(3_000_000_001L))))
                .isEqualTo(new Refusal.Malformed("Exceeded max value for x-stream-max-segment-size-bytes"));
    }

    @ParameterizedTest
    @CsvSource({"false,false,false,non-durable", "true,true,false,exclusive-owner", "true,false,true,auto-delete"})
    void a_stream_is_durable_shared_and_stays(boolean durable, boolean exclusive, boolean autoDelete, String property) {
        var decision = test.decideQueue("events", durable, exclusive, autoDelete, arguments("x-queue-type", "stream"));

        assertThat(refusal(decision)).isEqualTo(new Refusal.InvalidProperty(Resource.queue("events", VHOST), property));
    }

    @Test
    void a_stream_has_a_name_that_a_topic_can_have() {
        assertThat(refusal(stream("")))
                .isEqualTo(new Refusal.Malformed("Cannot declare a server-named queue for type rabbit_stream_queue"));
        assertThat(refusal(stream("all events"))).isInstanceOf(Refusal.Unsupported.class);
        assertThat(refusal(stream("__consumer_offsets"))).isInstanceOf(Refusal.Unsupported.class);
    }

    @Test
    void what_other_queues_have_and_what_is_out_of_range_is_refused() {
        assertThat(refusal(stream("events", "x-message-ttl", number(5))))
                .isEqualTo(
                        new Refusal.Malformed(
                                "invalid arg 'x-message-ttl' for queue 'events' in vhost 'v' of queue type rabbit_stream_queue"));
        assertThat(refusal(stream("events", "x-stream-filter-size-bytes", number(256))))
                .isEqualTo(new Refusal.Malformed("Invalid value for  x-stream-filter-size-bytes"));
        test.carryOut(stream("events", "x-stream-filter-size-bytes", number(32)));
    }

    @Test
    void a_redeclaration_must_say_the_same() {
        var first = test.carryOut(stream("events", "x-max-age", "7D"));

        assertThat(test.carryOut(stream("events", "x-max-age", "7D"))).isEqualTo(first);
        assertThat(refusal(stream("events"))).isInstanceOf(Refusal.Inequivalent.class);
    }

    @Test
    void a_stream_queue_goes_with_its_topic_and_the_topic_with_its_queue() {
        test.carryOut(stream("a"));
        test.carryOut(stream("b"));
        test.bind(toQueue("amq.fanout", "b", ""));

        test.carryOut(catalog.decideDeleteQueue(VHOST, "a", ME));
        test.carryOut(catalog.decideDeleteTopic(VHOST, "b"));

        assertThat(catalog.topics(VHOST)).isEmpty();
        assertThat(catalog.queues(VHOST)).isEmpty();
        assertThat(catalog.bindings(VHOST)).isEmpty();
    }

    @Test
    void a_stream_over_a_topic_that_was_there_leaves_it_behind() {
        test.carryOut(catalog.decideCreateTopic(VHOST, "orders", new UUID(1, 2), 3, Map.of()));
        var view = test.carryOut(stream("orders"));
        var copy = new Catalog();
        copy.restore(catalog.snapshot());

        test.carryOut(catalog.decideDeleteQueue(VHOST, "orders", ME));

        assertThat(view.view()).isTrue();
        assertThat(copy.queue(VHOST, "orders")).contains(view);
        assertThat(catalog.topic(VHOST, "orders")).isPresent();
    }

    @Test
    void binding_a_topic_makes_it_a_queue_as_well() {
        test.carryOut(catalog.decideCreateTopic(VHOST, "orders", new UUID(1, 2), 3, Map.of()));

        test.bind(toQueue("amq.topic", "orders", "order.*"));

        var queue = catalog.queue(VHOST, "orders").orElseThrow();
        assertThat(queue.type()).isEqualTo(QueueType.STREAM);
        assertThat(queue.view()).isTrue();
        test.carryOut(catalog.decideUnbind(VHOST, toQueue("amq.topic", "orders", "order.*"), ME));
        assertThat(catalog.queue(VHOST, "orders")).isPresent();
    }

    @Test
    void an_exchange_is_fed_from_a_topic_that_there_is() {
        assertThat(refusal(test.decideExchange("x", "fanout", arguments("x-from-topic", "orders"))))
                .isEqualTo(new Refusal.NotFound(Resource.topic("orders", VHOST)));

        test.carryOut(stream("orders"));
        var exchange = test.carryOut(test.decideExchange("x", "fanout", arguments("x-from-topic", "orders")));

        assertThat(exchange.fromTopic()).contains("orders");
        assertThat(refusal(test.decideExchange("x", "fanout", FieldTable.EMPTY)))
                .isInstanceOf(Refusal.Inequivalent.class);
        assertThat(refusal(test.decideExchange("y", "fanout", arguments("x-from-topic", number(1)))))
                .isEqualTo(new Refusal.Malformed(
                        "invalid type 'long' for arg 'x-from-topic' in exchange 'y' in vhost 'v'"));
    }

    private Decision<QueueDefinition> stream(String name, Object... more) {
        var all = new Object[more.length + 2];
        all[0] = "x-queue-type";
        all[1] = "stream";
        System.arraycopy(more, 0, all, 2, more.length);
        return test.decideQueue(name, arguments(all));
    }
}
