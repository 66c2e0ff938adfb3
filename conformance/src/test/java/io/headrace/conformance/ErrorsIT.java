package io.headrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/// Goal: whoever does something wrong is told so in RabbitMQ's words, to the letter: people and programs
/// look for them.
@ExtendWith(RealBroker.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class ErrorsIT {
    private static final byte[] BODY = "body".getBytes();
    private static final BasicProperties NONE = new BasicProperties();

    /// Something wrong, and the answer to it. In texts, `Q` and `X` are the names of a fresh queue and
    /// exchange; neither exists unless the attempt declares it.
    private record Case(String name, int code, String text, Attempt attempt) {}

    private interface Attempt {
        void on(Channel channel, String queue, String exchange) throws IOException;
    }

    private static Case of(String name, int code, String text, Attempt attempt) {
        return new Case(name, code, text, attempt);
    }

    @TestFactory
    Stream<DynamicTest> closes_the_channel_for(Connection connection) {
        return channelErrors()
                .map(wrong -> dynamicTest(wrong.name, () -> {
                    var queue = Names.fresh("q");
                    var exchange = Names.fresh("x");
                    var channel = connection.createChannel();

                    var closing = Closing.of(channel, () -> wrong.attempt.on(channel, queue, exchange));

                    closing.assertChannel(
                            wrong.code,
                            wrong.text.replace("'Q'", "'" + queue + "'").replace("'X'", "'" + exchange + "'"));
                    assertThat(connection.createChannel().isOpen()).isTrue();
                }));
    }

    private static Stream<Case> channelErrors() {
        return Stream.of(exchangeErrors(), queueErrors(), deliveryErrors(), publishErrors(), modeErrors())
                .flatMap(List::stream);
    }

    private static List<Case> exchangeErrors() {
        return List.of(
                of(
                        "a passive declare of a missing exchange",
                        404,
                        "NOT_FOUND - no exchange 'X' in vhost '/'",
                        (c, q, x) -> c.exchangeDeclarePassive(x)),
                of(
                        "a declare of the default exchange",
                        403,
                        "ACCESS_REFUSED - operation not permitted on the default exchange",
                        (c, q, x) -> c.exchangeDeclare("", "direct", true)),
                of(
                        "a delete of the default exchange",
                        403,
                        "ACCESS_REFUSED - operation not permitted on the default exchange",
                        (c, q, x) -> c.exchangeDelete("")),
                of(
                        "a new exchange with a reserved name",
                        403,
                        "ACCESS_REFUSED - exchange name 'amq.headrace' contains reserved prefix 'amq.*'",
                        (c, q, x) -> c.exchangeDeclare("amq.headrace", "direct")),
                of(
                        "a delete of a built-in exchange",
                        403,
                        "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed",
                        (c, q, x) -> c.exchangeDelete("amq.direct")),
                of(
                        "another type for an exchange",
                        406,
                        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'X' in vhost '/': "
                                + "received 'fanout' but current is 'direct'",
                        (c, q, x) -> {
                            c.exchangeDeclare(x, "direct");
                            c.exchangeDeclare(x, "fanout");
                        }),
                of(
                        "another durability for an exchange",
                        406,
                        "PRECONDITION_FAILED - inequivalent arg 'durable' for exchange 'X' in vhost '/': "
                                + "received 'true' but current is 'false'",
                        (c, q, x) -> {
                            c.exchangeDeclare(x, "direct", false);
                            c.exchangeDeclare(x, "direct", true);
                        }),
                of(
                        "another auto-delete for an exchange",
                        406,
                        "PRECONDITION_FAILED - inequivalent arg 'auto_delete' for exchange 'X' in vhost '/': "
                                + "received 'true' but current is 'false'",
                        (c, q, x) -> {
                            c.exchangeDeclare(x, "direct");
                            c.exchangeDeclare(x, "direct", false, true, Map.of());
                        }),
                of(
                        "another internal for an exchange",
                        406,
                        "PRECONDITION_FAILED - inequivalent arg 'internal' for exchange 'X' in vhost '/': "
                                + "received 'true' but current is 'false'",
                        (c, q, x) -> {
                            c.exchangeDeclare(x, "direct");
                            c.exchangeDeclare(x, "direct", false, false, true, Map.of());
                        }),
                of(
                        "another alternate exchange",
                        406,
                        "PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'X' in vhost '/': "
                                + "received none but current is the value 'ae' of type 'longstr'",
                        (c, q, x) -> {
                            c.exchangeDeclare(x, "direct", false, false, Map.of("alternate-exchange", "ae"));
                            c.exchangeDeclare(x, "direct");
                        }),
                of(
                        "a delete of an exchange in use, if unused",
                        406,
                        "PRECONDITION_FAILED - exchange 'X' in vhost '/' in use",
                        (c, q, x) -> {
                            c.exchangeDeclare(x, "direct");
                            c.queueDeclare(q, false, true, false, Map.of());
                            c.queueBind(q, x, "key");
                            c.exchangeDelete(x, true);
                        }),
                of("a binding from a missing exchange", 404, "NOT_FOUND - no exchange 'X' in vhost '/'", (c, q, x) -> {
                    c.queueDeclare(q, false, true, false, Map.of());
                    c.queueBind(q, x, "key");
                }),
                of(
                        "a binding to a missing queue",
                        404,
                        "NOT_FOUND - no queue 'Q' in vhost '/'",
                        (c, q, x) -> c.queueBind(q, "amq.direct", "key")),
                of(
                        "a binding of the default exchange",
                        403,
                        "ACCESS_REFUSED - operation not permitted on the default exchange",
                        (c, q, x) -> {
                            c.queueDeclare(q, false, true, false, Map.of());
                            c.queueBind(q, "", "key");
                        }),
                of(
                        "an exchange binding to a missing exchange",
                        404,
                        "NOT_FOUND - no exchange 'X' in vhost '/'",
                        (c, q, x) -> c.exchangeBind(x, "amq.direct", "key")));
    }

    private static List<Case> queueErrors() {
        return List.of(
                of(
                        "a passive declare of a missing queue",
                        404,
                        "NOT_FOUND - no queue 'Q' in vhost '/'",
                        (c, q, x) -> c.queueDeclarePassive(q)),
                of(
                        "a new queue with a reserved name",
                        403,
                        "ACCESS_REFUSED - queue name 'amq.headrace' contains reserved prefix 'amq.*'",
                        (c, q, x) -> c.queueDeclare("amq.headrace", false, true, false, Map.of())),
                of(
                        "another durability for a queue",
                        406,
                        "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'Q' in vhost '/': "
                                + "received 'false' but current is 'true'",
                        (c, q, x) -> {
                            c.queueDeclare(q, true, false, true, Map.of());
                            c.queueDeclare(q, false, false, true, Map.of());
                        }),
                of(
                        "another auto-delete for a queue",
                        406,
                        "PRECONDITION_FAILED - inequivalent arg 'auto_delete' for queue 'Q' in vhost '/': "
                                + "received 'true' but current is 'false'",
                        (c, q, x) -> {
                            c.queueDeclare(q, false, true, false, Map.of());
                            c.queueDeclare(q, false, true, true, Map.of());
                        }),
                of(
                        "no exclusiveness where there was",
                        405,
                        "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'Q' in vhost '/'. It could be "
                                + "originally declared on another connection or the exclusive property value does not "
                                + "match that of the original declaration.",
                        (c, q, x) -> {
                            c.queueDeclare(q, false, true, false, Map.of());
                            c.queueDeclare(q, false, false, false, Map.of());
                        }),
                of(
                        "a delete of a queue with consumers, if unused",
                        406,
                        "PRECONDITION_FAILED - queue 'Q' in vhost '/' in use",
                        (c, q, x) -> {
                            c.queueDeclare(q, false, true, false, Map.of());
                            Inbox.autoAck(c, q);
                            c.queueDelete(q, true, false);
                        }),
                of(
                        "a delete of a queue with messages, if empty",
                        406,
                        "PRECONDITION_FAILED - queue 'Q' in vhost '/' not empty",
                        (c, q, x) -> {
                            c.queueDeclare(q, false, true, false, Map.of());
                            c.basicPublish("", q, NONE, BODY);
                            c.queueDelete(q, false, true);
                        }),
                of(
                        "a purge of a missing queue",
                        404,
                        "NOT_FOUND - no queue 'Q' in vhost '/'",
                        (c, q, x) -> c.queuePurge(q)),
                of(
                        "no queue name when none was declared",
                        404,
                        "NOT_FOUND - no previously declared queue",
                        (c, q, x) -> c.queuePurge("")));
    }

    private static List<Case> deliveryErrors() {
        return List.of(
                of(
                        "consuming from a missing queue",
                        404,
                        "NOT_FOUND - no queue 'Q' in vhost '/'",
                        (c, q, x) -> Inbox.autoAck(c, q)),
                of(
                        "getting from a missing queue",
                        404,
                        "NOT_FOUND - no queue 'Q' in vhost '/'",
                        (c, q, x) -> c.basicGet(q, true)),
                of(
                        "wanting a queue for oneself that has a consumer",
                        403,
                        "ACCESS_REFUSED - queue 'Q' in vhost '/' in exclusive use",
                        (c, q, x) -> {
                            c.queueDeclare(q, false, true, false, Map.of());
                            Inbox.autoAck(c, q);
                            c.basicConsume(q, true, "", false, true, Map.of(), (tag, delivery) -> {}, tag -> {});
                        }),
                of(
                        "consuming from a queue that another has for itself",
                        403,
                        "ACCESS_REFUSED - queue 'Q' in vhost '/' in exclusive use",
                        (c, q, x) -> {
                            c.queueDeclare(q, false, true, false, Map.of());
                            c.basicConsume(q, true, "", false, true, Map.of(), (tag, delivery) -> {}, tag -> {});
                            Inbox.autoAck(c, q);
                        }),
                of(
                        "an ack of a delivery that never was",
                        406,
                        "PRECONDITION_FAILED - unknown delivery tag 7",
                        (c, q, x) -> c.basicAck(7, false)),
                of(
                        "an ack of all up to a delivery that never was",
                        406,
                        "PRECONDITION_FAILED - unknown delivery tag 7",
                        (c, q, x) -> c.basicAck(7, true)),
                of(
                        "a nack of a delivery that never was",
                        406,
                        "PRECONDITION_FAILED - unknown delivery tag 7",
                        (c, q, x) -> c.basicNack(7, false, true)),
                of(
                        "a reject of a delivery that never was",
                        406,
                        "PRECONDITION_FAILED - unknown delivery tag 7",
                        (c, q, x) -> c.basicReject(7, true)),
                of(
                        "an ack of delivery tag 0 alone",
                        406,
                        "PRECONDITION_FAILED - unknown delivery tag 0",
                        (c, q, x) -> c.basicAck(0, false)),
                of("a second ack", 406, "PRECONDITION_FAILED - unknown delivery tag 1", (c, q, x) -> {
                    c.queueDeclare(q, false, true, false, Map.of());
                    c.basicPublish("", q, NONE, BODY);
                    assertThat(c.basicGet(q, false)).isNotNull();
                    c.basicAck(1, false);
                    c.basicAck(1, false);
                }));
    }

    private static List<Case> publishErrors() {
        return List.of(
                of(
                        "a publish to a missing exchange",
                        404,
                        "NOT_FOUND - no exchange 'X' in vhost '/'",
                        (c, q, x) -> c.basicPublish(x, "key", NONE, BODY)),
                of(
                        "a publish to an internal exchange",
                        403,
                        "ACCESS_REFUSED - cannot publish to internal exchange 'X' in vhost '/'",
                        (c, q, x) -> {
                            c.exchangeDeclare(x, "direct", false, true, true, Map.of());
                            c.basicPublish(x, "key", NONE, BODY);
                        }),
                of(
                        "another user's name as user-id",
                        406,
                        "PRECONDITION_FAILED - user_id property set to 'somebody' but authenticated user was 'guest'",
                        (c, q, x) -> c.basicPublish(
                                "amq.fanout",
                                "",
                                new BasicProperties.Builder().userId("somebody").build(),
                                BODY)));
    }

    private static List<Case> modeErrors() {
        return List.of(
                of(
                        "confirms on a transactional channel",
                        406,
                        "PRECONDITION_FAILED - cannot switch from tx to confirm mode",
                        (c, q, x) -> {
                            c.txSelect();
                            c.confirmSelect();
                        }),
                of(
                        "transactions on a confirming channel",
                        406,
                        "PRECONDITION_FAILED - cannot switch from confirm to tx mode",
                        (c, q, x) -> {
                            c.confirmSelect();
                            c.txSelect();
                        }),
                of(
                        "a commit without a transaction",
                        406,
                        "PRECONDITION_FAILED - channel is not transactional",
                        (c, q, x) -> c.txCommit()),
                of(
                        "a rollback without a transaction",
                        406,
                        "PRECONDITION_FAILED - channel is not transactional",
                        (c, q, x) -> c.txRollback()));
    }

    @TestFactory
    Stream<DynamicTest> closes_the_connection_for(Endpoint endpoint) {
        return Stream.of(
                        of(
                                "a publish that must be delivered at once",
                                540,
                                "NOT_IMPLEMENTED - immediate=true",
                                (c, q, x) -> c.basicPublish("", q, false, true, NONE, BODY)),
                        of(
                                "a consumer tag that is in use",
                                530,
                                "NOT_ALLOWED - attempt to reuse consumer tag 'mine'",
                                (c, q, x) -> {
                                    c.queueDeclare(q, false, true, false, Map.of());
                                    c.rpc(consume(q, "mine"));
                                    c.rpc(consume(q, "mine"));
                                }),
                        of(
                                "a prefetch in bytes",
                                540,
                                "NOT_IMPLEMENTED - prefetch_size!=0 (100)",
                                (c, q, x) -> c.basicQos(100, 0, false)),
                        of(
                                "a recover that does not requeue",
                                540,
                                "NOT_IMPLEMENTED - requeue=false",
                                (c, q, x) -> c.basicRecover(false)),
                        of(
                                "a second channel.open",
                                504,
                                "CHANNEL_ERROR - second 'channel.open' seen",
                                (c, q, x) -> c.rpc(new AMQP.Channel.Open.Builder().build())),
                        of(
                                "a stop of the flow",
                                540,
                                "NOT_IMPLEMENTED - active=false",
                                (c, q, x) -> c.rpc(new AMQP.Channel.Flow.Builder()
                                        .active(false)
                                        .build())))
                .map(wrong -> dynamicTest(wrong.name, () -> {
                    var connection = endpoint.connect();
                    var channel = connection.createChannel();

                    var closing =
                            Closing.of(connection, () -> wrong.attempt.on(channel, Names.fresh("q"), Names.fresh("x")));

                    closing.assertConnection(wrong.code, wrong.text);
                }));
    }

    /// The method itself: the client's own call refuses a tag that it knows.
    private static AMQP.Basic.Consume consume(String queue, String tag) {
        return new AMQP.Basic.Consume.Builder().queue(queue).consumerTag(tag).build();
    }

    @Test
    void an_exchange_type_that_does_not_exist_is_named(Connection connection) throws Exception {
        Series.assumeFour(connection, "answers 503 and closes the connection");
        var channel = connection.createChannel();

        var closing = Closing.of(channel, () -> channel.exchangeDeclare(Names.fresh("x"), "x-nonsense"));

        closing.assertChannel(406, "PRECONDITION_FAILED - unknown exchange type 'x-nonsense'");
    }

    @TestFactory
    Stream<DynamicTest> names_the_method_that_was_to_blame(Connection connection) {
        return Stream.of(
                        of("basic.publish", 0, "60.40", (c, q, x) -> c.basicPublish(x, "", NONE, BODY)),
                        of("queue.declare", 0, "50.10", (c, q, x) -> c.queueDeclarePassive(q)),
                        of("basic.ack", 0, "60.80", (c, q, x) -> c.basicAck(9, false)))
                .map(wrong -> dynamicTest(wrong.name, () -> {
                    var channel = connection.createChannel();

                    var closing =
                            Closing.of(channel, () -> wrong.attempt.on(channel, Names.fresh("q"), Names.fresh("x")));

                    assertThat(closing.method()).isEqualTo(wrong.text);
                }));
    }

    @Test
    void what_came_before_the_mistake_has_taken_effect(Connection connection) throws Exception {
        var queue = Names.fresh("q");
        var owner = connection.createChannel();
        owner.queueDeclare(queue, false, true, false, Map.of());
        var channel = connection.createChannel();

        Closing.of(channel, () -> {
            channel.basicPublish("", queue, NONE, BODY);
            channel.basicPublish(Names.fresh("missing"), "", NONE, BODY);
        });

        assertThat(owner.messageCount(queue)).isEqualTo(1);
    }
}
