package io.headrace.bridge;

import static io.headrace.bridge.World.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headrace.broker.AdminCommand;
import io.headrace.catalog.VhostDefinition;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: with tracing on, whoever listens at `amq.rabbitmq.trace` gets what RabbitMQ's firehose gives.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FirehoseTest {
    private final World world = new World();

    @BeforeEach
    void declare() {
        world.done(World.queue("w", "classic"));
        world.done(World.queue("copy", "classic"));
        world.done(World.queue("trace", "classic"));
        world.bind("amq.rabbitmq.trace", "trace", "#");
    }

    @Test
    void a_publish_is_copied_with_where_it_went() {
        tracing(true);
        var properties = World.properties(table("CC", texts("copy"), "BCC", texts("none"), "a", "b"));

        world.publish("", "w", properties, "body");

        var copy = traced().getFirst();
        assertThat(copy.exchange()).isEqualTo("amq.rabbitmq.trace");
        assertThat(copy.key()).isEqualTo("publish.");
        assertThat(copy.body()).isEqualTo("body");
        assertThat(new FieldTable(copy.headers()))
                .isEqualTo(table(
                        "exchange_name",
                        "",
                        "routing_keys",
                        texts("w", "copy", "none"),
                        "properties",
                        new FieldValue.Table(table(
                                "content_type",
                                "text",
                                "headers",
                                new FieldValue.Table(table("CC", texts("copy"), "a", "b")),
                                "delivery_mode",
                                new FieldValue.Int32(2))),
                        "node",
                        "sim@localhost",
                        "vhost",
                        "/",
                        "connection",
                        "world",
                        "channel",
                        new FieldValue.Int32(0),
                        "user",
                        "guest",
                        "routed_queues",
                        texts("w", "copy")));
    }

    @Test
    void a_publish_that_goes_nowhere_is_copied_as_well() {
        tracing(true);
        world.publish("amq.fanout", "k", "lost");

        var copy = traced().getFirst();
        assertThat(copy.key()).isEqualTo("publish.amq.fanout");
        assertThat(copy.headers().get("routed_queues")).isEqualTo(texts());
    }

    @Test
    void deliveries_are_copied_from_queues_and_streams() {
        world.stream("s");
        world.publish("", "w", "one");
        world.publish("", "s", "two");
        world.broker.settle();
        tracing(true);

        world.consume("w", world.new Reader(), true, FieldTable.EMPTY);
        world.reader("s", "first");

        assertThat(traced())
                .extracting(
                        World.Message::key,
                        World.Message::body,
                        copy -> copy.headers().get("redelivered"))
                .containsExactlyInAnyOrder(
                        tuple("deliver.w", "one", new FieldValue.Int32(0)),
                        tuple("deliver.s", "two", new FieldValue.Int32(0)));
    }

    @Test
    void nothing_is_copied_while_tracing_is_off_and_it_is_off_after_a_restart() {
        world.publish("", "w", "before");
        tracing(true);
        tracing(false);
        world.publish("", "w", "after");
        tracing(true);
        world.crash();
        world.publish("", "w", "restarted");

        assertThat(traced()).isEmpty();
    }

    @Test
    void the_firehose_is_not_fed_to_itself() {
        tracing(true);
        world.publish("", "w", "x");

        assertThat(traced()).hasSize(1);
        assertThat(traced()).isEmpty();
    }

    private void tracing(boolean on) {
        world.broker
                .engine()
                .admin()
                .perform(
                        new AdminCommand.PutVhost(new VhostDefinition("/", "", List.of(), Optional.empty(), on, false)),
                        _ -> {});
        world.broker.settle();
    }

    private List<World.Message> traced() {
        world.broker.settle();
        var reader = world.new Reader();
        world.consume("trace", reader, false, FieldTable.EMPTY);
        world.broker.settle();
        return reader.got;
    }

    private static FieldValue texts(String... texts) {
        return new FieldValue.Array(
                Arrays.stream(texts).<FieldValue>map(FieldValue.LongString::of).toList());
    }
}
