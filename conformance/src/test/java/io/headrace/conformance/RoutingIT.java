package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: a message reaches exactly the queues that RabbitMQ's rules name.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class RoutingIT {
    private static final BasicProperties NONE = new BasicProperties();

    /// Which of `keys` a binding with `pattern` lets through.
    private record Topic(String pattern, List<String> takes, List<String> leaves) {}

    @TestFactory
    Stream<DynamicTest> a_topic_binding_takes(Connection connection) {
        return Stream.of(
                        new Topic(
                                "logs.#",
                                List.of("logs", "logs.error", "logs.warn.db"),
                                List.of("log", "logsx", "a.logs")),
                        new Topic("*.error", List.of("db.error", ".error"), List.of("error", "a.b.error", "db.errors")),
                        new Topic("#", List.of("", "a", "a.b", "..."), List.of()),
                        new Topic("", List.of(""), List.of("a", ".")),
                        new Topic("a.#.b", List.of("a.b", "a.x.b", "a.x.y.b"), List.of("a", "a.b.c", "ab")),
                        new Topic("#.b.#", List.of("b", "a.b", "b.c", "a.b.c.b"), List.of("a", "bb")),
                        new Topic("*", List.of("a"), List.of("a.b", "")),
                        new Topic("a..b", List.of("a..b"), List.of("a.b", "a.x.b")),
                        new Topic("a.*.b", List.of("a..b", "a.x.b"), List.of("a.b")),
                        new Topic("*.*.#", List.of("a.b", "a.b.c"), List.of("a")),
                        new Topic("a.#.#", List.of("a", "a.b"), List.of("b.a")))
                .map(topic -> dynamicTest("'" + topic.pattern + "'", () -> {
                    var channel = connection.createChannel();
                    var queue = queueBoundTo(channel, "amq.topic", topic.pattern);
                    var keys = new ArrayList<>(topic.leaves);
                    keys.addAll(topic.takes);

                    for (String key : keys) {
                        channel.basicPublish("amq.topic", key, NONE, key.getBytes());
                    }

                    assertThat(drain(channel, queue)).isEqualTo(topic.takes);
                }));
    }

    @Test
    void direct_compares_the_whole_key(Channel channel) throws Exception {
        var queue = queueBoundTo(channel, "amq.direct", "red");
        for (String key : List.of("red", "RED", "re", "redd", "")) {
            channel.basicPublish("amq.direct", key, NONE, key.getBytes());
        }

        assertThat(drain(channel, queue)).containsExactly("red");
    }

    @Test
    void fanout_ignores_the_key_and_gives_each_queue_its_copy(Channel channel) throws Exception {
        var exchange = exchange(channel, BuiltinExchangeType.FANOUT);
        var first = queueBoundTo(channel, exchange, "");
        var second = queueBoundTo(channel, exchange, "anything");

        channel.basicPublish(exchange, "else", NONE, "m".getBytes());

        assertThat(drain(channel, first)).containsExactly("m");
        assertThat(drain(channel, second)).containsExactly("m");
    }

    /// Binding arguments, headers of a message, and whether it is taken.
    private record Headers(String name, Map<String, Object> binding, Map<String, Object> message, boolean taken) {}

    @TestFactory
    Stream<DynamicTest> a_headers_binding(Connection connection) {
        var absent = new HashMap<String, Object>();
        absent.put("a", null);
        return Stream.of(
                        new Headers(
                                "matches all by default", Map.of("a", 1, "b", 2), Map.of("a", 1, "b", 2, "c", 3), true),
                        new Headers("all needs each", Map.of("x-match", "all", "a", 1, "b", 2), Map.of("a", 1), false),
                        new Headers("any needs one", Map.of("x-match", "any", "a", 1, "b", 2), Map.of("b", 2), true),
                        new Headers("any with none fails", Map.of("x-match", "any", "a", 1), Map.of("a", 2), false),
                        new Headers("compares whatever the width", Map.of("a", 1), Map.of("a", 1L), true),
                        new Headers("does not take text for a number", Map.of("a", 1), Map.of("a", "1"), false),
                        new Headers("all of nothing matches", Map.of(), Map.of("a", 1), true),
                        new Headers("any of nothing does not", Map.of("x-match", "any"), Map.of("a", 1), false),
                        new Headers("without a value asks for presence", absent, Map.of("a", "whatever"), true),
                        new Headers("ignores its own x- keys", Map.of("x-other", 1), Map.of("a", 1), true))
                .map(headers -> dynamicTest(headers.name, () -> {
                    var channel = connection.createChannel();
                    var queue = exclusiveQueue(channel);
                    channel.queueBind(queue, "amq.headers", "", headers.binding);

                    channel.basicPublish(
                            "amq.headers",
                            "ignored",
                            new BasicProperties.Builder()
                                    .headers(headers.message)
                                    .build(),
                            "m".getBytes());

                    assertThat(drain(channel, queue)).hasSize(headers.taken ? 1 : 0);
                    channel.queueDelete(queue);
                }));
    }

    @Test
    void a_queue_with_several_matching_bindings_gets_one_copy(Channel channel) throws Exception {
        var queue = queueBoundTo(channel, "amq.topic", "a.*");
        channel.queueBind(queue, "amq.topic", "*.b");
        channel.queueBind(queue, "amq.topic", "#");

        channel.basicPublish("amq.topic", "a.b", NONE, "once".getBytes());

        assertThat(drain(channel, queue)).containsExactly("once");
    }

    @Test
    void the_same_binding_twice_is_one_binding(Channel channel) throws Exception {
        var queue = queueBoundTo(channel, "amq.direct", "twice");
        channel.queueBind(queue, "amq.direct", "twice");
        channel.queueUnbind(queue, "amq.direct", "twice");

        channel.basicPublish("amq.direct", "twice", NONE, "m".getBytes());

        assertThat(drain(channel, queue)).isEmpty();
    }

    @Test
    void exchanges_are_bound_to_exchanges_also_in_a_circle(Channel channel) throws Exception {
        var first = exchange(channel, BuiltinExchangeType.FANOUT);
        var second = exchange(channel, BuiltinExchangeType.TOPIC);
        channel.exchangeBind(second, first, "");
        channel.exchangeBind(first, second, "#");
        var atFirst = queueBoundTo(channel, first, "");
        var atSecond = queueBoundTo(channel, second, "key");

        channel.basicPublish(first, "key", NONE, "m".getBytes());

        assertThat(drain(channel, atFirst)).containsExactly("m");
        assertThat(drain(channel, atSecond)).containsExactly("m");

        channel.exchangeUnbind(second, first, "");
        channel.basicPublish(first, "key", NONE, "n".getBytes());

        assertThat(drain(channel, atSecond)).isEmpty();
    }

    @Test
    void an_alternate_exchange_gets_what_nobody_took(Channel channel) throws Exception {
        var alternate = exchange(channel, BuiltinExchangeType.FANOUT);
        var exchange = Names.fresh("x");
        channel.exchangeDeclare(exchange, "direct", false, true, Map.of("alternate-exchange", alternate));
        var wanted = queueBoundTo(channel, exchange, "wanted");
        var rest = queueBoundTo(channel, alternate, "");

        channel.basicPublish(exchange, "wanted", true, NONE, "w".getBytes());
        channel.basicPublish(exchange, "unwanted", true, NONE, "u".getBytes());

        assertThat(drain(channel, wanted)).containsExactly("w");
        assertThat(drain(channel, rest)).containsExactly("u");
    }

    @Test
    void an_auto_delete_exchange_goes_with_its_last_binding(Channel channel) throws Exception {
        var exchange = Names.fresh("x");
        channel.exchangeDeclare(exchange, "direct", false, true, Map.of());
        var queue = queueBoundTo(channel, exchange, "key");
        channel.exchangeDeclarePassive(exchange);

        channel.queueDelete(queue);

        Closing.of(channel, () -> channel.exchangeDeclarePassive(exchange))
                .assertChannel(404, "NOT_FOUND - no exchange '" + exchange + "' in vhost '/'");
    }

    @Test
    void senders_name_further_queues_in_cc_and_bcc(Channel channel) throws Exception {
        var first = exclusiveQueue(channel);
        var second = exclusiveQueue(channel);
        var third = exclusiveQueue(channel);
        var headers = Map.<String, Object>of("CC", List.of(second), "BCC", List.of(third));

        channel.basicPublish(
                "", first, new BasicProperties.Builder().headers(headers).build(), "m".getBytes());

        for (String queue : List.of(first, second, third)) {
            var message = channel.basicGet(queue, true);
            assertThat(message.getProps().getHeaders()).containsOnlyKeys("CC");
        }
    }

    @Test
    void the_built_in_exchanges_are_there(Channel channel) throws Exception {
        for (String name : Arrays.asList("amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match")) {
            channel.exchangeDeclarePassive(name);
        }
        channel.exchangeDeclare("amq.topic", "topic", true);
    }

    private static String exchange(Channel channel, BuiltinExchangeType type) throws IOException {
        var name = Names.fresh("x");
        channel.exchangeDeclare(name, type, false, true, Map.of());
        return name;
    }

    private static String exclusiveQueue(Channel channel) throws IOException {
        return channel.queueDeclare().getQueue();
    }

    private static String queueBoundTo(Channel channel, String exchange, String key) throws IOException {
        var queue = exclusiveQueue(channel);
        channel.queueBind(queue, exchange, key);
        return queue;
    }

    private static List<String> drain(Channel channel, String queue) throws IOException {
        var texts = new ArrayList<String>();
        for (var got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
            texts.add(new String(got.getBody()));
        }
        return texts;
    }
}
