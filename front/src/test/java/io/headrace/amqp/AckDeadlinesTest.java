package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.net.InputMemory;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a delivery that nobody settles in time ends its channel, and goes back. Our clock moves by hand.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AckDeadlinesTest {
    private static final int MINUTE = 60_000;

    private final TestWire wire = new TestWire();
    private final AmqpConnection connection = new AmqpConnection(
            wire,
            new MemoryBroker(),
            AmqpConfig.defaults(),
            new InputMemory(1 << 20, 1 << 20),
            ConcurrentHashMap.newKeySet());

    AckDeadlinesTest() {
        receive(Scripts.handshake(0));
        receive(Scripts.method(1, EndToEndTest.queue("q")));
        wire.frames();
    }

    @Test
    void a_delivery_that_is_never_settled_ends_the_channel_after_half_an_hour() {
        receive(Scripts.method(1, EndToEndTest.consume("q", "c", false)));
        receive(Scripts.publish(1, "", "q", new byte[0]));

        wire.loop.advance(29 * MINUTE);
        assertThat(wire.frames()).doesNotContain("Close");

        wire.loop.advance(5 * MINUTE);
        assertThat(closing())
                .isEqualTo(new ChannelMethod.Close(
                        406,
                        "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used:"
                                + " 1800000 ms. This timeout value can be configured, see consumers doc guide to learn"
                                + " more",
                        0,
                        0));
    }

    @Test
    void the_delivery_goes_to_somebody_else() {
        receive(Scripts.method(1, consume("c", Map.of("x-consumer-timeout", new FieldValue.Int32(1_000)))));
        receive(Scripts.publish(1, "", "q", new byte[0]));
        wire.loop.advance(2_000);
        assertThat(closing().replyText()).contains("Timeout value used: 1000 ms.");

        receive(Scripts.method(2, new ChannelMethod.Open()));
        receive(Scripts.method(2, new BasicMethod.Get("q", true)));

        assertThat(wire.frames()).contains("GetOk");
    }

    @Test
    void what_is_settled_in_time_has_no_consequence() {
        receive(Scripts.method(1, EndToEndTest.consume("q", "c", false)));
        for (int tag = 1; tag <= 10; tag++) {
            receive(Scripts.publish(1, "", "q", new byte[0]));
            wire.loop.advance(20 * MINUTE);
            receive(Scripts.method(1, new BasicMethod.Ack(tag, false)));
        }

        wire.loop.advance(100 * MINUTE);

        assertThat(wire.frames()).doesNotContain("Close");
    }

    @Test
    void a_consumer_may_ask_for_more_time_than_others() {
        receive(Scripts.method(1, consume("slow", Map.of("x-consumer-timeout", new FieldValue.Int64(0)))));
        receive(Scripts.publish(1, "", "q", new byte[0]));
        receive(Scripts.method(1, new BasicMethod.Get("q", false)));

        wire.loop.advance(500 * MINUTE);

        assertThat(wire.frames()).doesNotContain("Close");
    }

    @Test
    void what_was_fetched_has_its_time_too() {
        receive(Scripts.publish(1, "", "q", new byte[0]));
        receive(Scripts.method(1, new BasicMethod.Get("q", false)));

        wire.loop.advance(40 * MINUTE);

        assertThat(closing().replyCode()).isEqualTo(406);
    }

    @Test
    void a_timeout_that_is_no_number_is_refused() {
        receive(Scripts.method(1, consume("c", Map.of("x-consumer-timeout", FieldValue.LongString.of("1h")))));

        assertThat(closing().replyText())
                .isEqualTo("PRECONDITION_FAILED - invalid arg 'x-consumer-timeout' for queue 'q' in vhost '/':"
                        + " \"expected integer, got longstr\"");
    }

    private static BasicMethod.Consume consume(String tag, Map<String, FieldValue> arguments) {
        return new BasicMethod.Consume("q", tag, false, false, false, false, new FieldTable(arguments));
    }

    private ChannelMethod.Close closing() {
        List<Method> methods = wire.received().stream()
                .filter(frame -> frame.type() == Frame.METHOD)
                .map(TestClient.Received::method)
                .toList();
        return methods.stream()
                .filter(ChannelMethod.Close.class::isInstance)
                .map(ChannelMethod.Close.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no channel.close in " + methods));
    }

    private void receive(byte[] bytes) {
        connection.received(Unpooled.wrappedBuffer(bytes));
        wire.loop.turn();
    }
}
