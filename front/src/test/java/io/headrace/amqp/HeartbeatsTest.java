package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.net.InputMemory;
import io.netty.buffer.Unpooled;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: silence is filled, and a silent peer is given up after two to three intervals. Our clock moves by
/// hand.
@DisplayNameGeneration(ReplaceUnderscores.class)
class HeartbeatsTest {
    private static final int INTERVAL_SECONDS = 10;

    private final TestWire wire = new TestWire();
    private final MemoryBroker broker = new MemoryBroker();
    private final AmqpConnection connection = new AmqpConnection(
            wire, broker, AmqpConfig.defaults(), new InputMemory(1 << 20, 1 << 20), ConcurrentHashMap.newKeySet());

    HeartbeatsTest() {
        receive(Scripts.handshake(INTERVAL_SECONDS));
        wire.loop.turn();
        assertThat(wire.frames()).containsExactly("Start", "Tune", "OpenOk", "OpenOk");
    }

    @Test
    void one_is_sent_each_half_interval_of_silence() {
        wire.loop.advance(5_001);
        assertThat(wire.frames()).as("the handshake was in this half").isEmpty();
        wire.loop.advance(5_000);
        assertThat(wire.frames()).containsExactly("heartbeat");

        receive(TestClient.frame(Frame.METHOD, 1, new byte[] {0, 20, 0, 20, 1}));
        wire.loop.advance(5_000);
        assertThat(wire.frames()).containsExactly("FlowOk");

        wire.loop.advance(5_000);
        assertThat(wire.frames()).containsExactly("heartbeat");
    }

    @Test
    void a_peer_that_is_silent_for_three_intervals_is_gone() {
        wire.loop.advance(19_000);
        assertThat(wire.closed).isFalse();

        wire.loop.advance(11_000);

        assertThat(wire.closed).isTrue();
    }

    @Test
    void any_byte_is_a_sign_of_life() {
        for (int i = 0; i < 20; i++) {
            wire.loop.advance(9_000);
            receive(new byte[] {Frame.HEARTBEAT});
            receive(new byte[] {0, 0, 0, 0, 0, 0, Frame.END});
        }

        assertThat(wire.closed).isFalse();
    }

    @Test
    void while_we_do_not_read_the_peer_may_be_silent() {
        broker.alarm("low on disk");
        receive(Scripts.publish(1, "", "q", new byte[0]));

        wire.loop.advance(100_000);

        assertThat(wire.closed).isFalse();
    }

    @Test
    void zero_turns_them_off() {
        var quiet = new TestWire();
        var silent = new AmqpConnection(
                quiet, broker, AmqpConfig.defaults(), new InputMemory(1 << 20, 1 << 20), ConcurrentHashMap.newKeySet());
        silent.received(Unpooled.wrappedBuffer(Scripts.handshake(0)));
        quiet.loop.turn();
        quiet.frames();

        quiet.loop.advance(1_000_000);

        assertThat(quiet.frames()).isEmpty();
        assertThat(quiet.closed).isFalse();
    }

    private void receive(byte[] bytes) {
        connection.received(Unpooled.wrappedBuffer(bytes));
        wire.loop.turn();
    }
}
