package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.net.InputMemory;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: frames come out whole and in order however the socket cuts the bytes, and a liar costs nothing.
@DisplayNameGeneration(ReplaceUnderscores.class)
class FrameDecoderTest {
    private static final int MAX_FRAME_BYTES = 4096;

    private final TestWire wire = new TestWire();
    private final InputGate gate = new InputGate();
    private final InputMemory memory = new InputMemory(1 << 20, 1 << 20);
    private final List<String> frames = new ArrayList<>();
    private AmqpException error;
    private int closeGateAfter = Integer.MAX_VALUE;
    private final FrameDecoder decoder = new FrameDecoder(wire, gate, memory, new Taking(), MAX_FRAME_BYTES);

    private final class Taking implements FrameDecoder.Frames {
        @Override
        public boolean frame(int type, int channel, ByteBuffer bytes, int at, int length) {
            var payload = new byte[length];
            bytes.get(at, payload);
            frames.add(type + " " + channel + " " + Arrays.hashCode(payload));
            if (frames.size() == closeGateAfter) {
                gate.stop(InputGate.ANSWER);
            }
            return true;
        }

        @Override
        public void endOfBytes() {}

        @Override
        public void malformed(AmqpException malformed) {
            error = malformed;
        }
    }

    @Test
    void frames_survive_any_cutting_of_the_bytes() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            var sent = new ByteArrayOutputStream();
            var expected = new ArrayList<String>();
            for (int i = 0; i < 1 + random.nextInt(20); i++) {
                int type = new int[] {1, 2, 3, 8}[random.nextInt(4)];
                int most = random.nextInt(10) == 0 ? MAX_FRAME_BYTES : 40;
                var payload = new byte[type == 8 ? 0 : random.nextInt(type == 3 ? 0 : 12, most)];
                random.nextBytes(payload);
                int channel = random.nextInt(65_536);
                sent.writeBytes(TestClient.frame(type, channel, payload));
                expected.add(type + " " + channel + " " + Arrays.hashCode(payload));
            }
            frames.clear();

            feed(sent.toByteArray(), random, 1 + random.nextInt(200));

            assertThat(frames).as("seed %d round %d", seed, round).isEqualTo(expected);
        }
        assertThat(error).isNull();
        assertThat(wire.leaked()).as("seed %d", seed).isZero();
    }

    private void feed(byte[] bytes, Random random, int pieceMax) {
        for (int at = 0; at < bytes.length; ) {
            int size = Math.min(bytes.length - at, 1 + random.nextInt(pieceMax));
            decoder.received(Unpooled.copiedBuffer(bytes, at, size));
            at += size;
        }
    }

    @Test
    void a_declared_length_allocates_nothing() {
        decoder.received(Unpooled.wrappedBuffer(new byte[] {3, 0, 1, 0, 0, 0x0f, (byte) 0xff, 1, 2, 3}));

        assertThat(wire.allocated).hasSize(1);
        assertThat(wire.allocated.getFirst().capacity()).isLessThanOrEqualTo(256);
    }

    @Test
    void a_frame_over_the_limit_is_refused_before_its_payload_arrives() {
        decoder.received(Unpooled.wrappedBuffer(new byte[] {1, 0, 0, 0x7f, 0, 0, 0}));

        assertThat(error.replyText())
                .startsWith("FRAME_ERROR - type 1, all octets = <<>>: {frame_too_large,2130706432,");
    }

    @Test
    void eight_bytes_more_than_frame_max_are_taken_as_rabbitmq_does() {
        decoder.received(Unpooled.wrappedBuffer(TestClient.frame(3, 1, new byte[MAX_FRAME_BYTES])));
        assertThat(frames).hasSize(1);

        decoder.received(Unpooled.wrappedBuffer(TestClient.frame(3, 1, new byte[MAX_FRAME_BYTES + 1])));
        assertThat(error.code()).isEqualTo(ReplyCode.FRAME_ERROR);
    }

    @Test
    void a_wrong_end_octet_is_named() {
        var frame = TestClient.frame(1, 0, new byte[] {7, 8});
        frame[frame.length - 1] = 0x55;

        decoder.received(Unpooled.wrappedBuffer(frame));

        assertThat(error.replyText())
                .isEqualTo("FRAME_ERROR - type 1, all octets = <<7,8>>: {invalid_frame_end_marker,85}");
    }

    @Test
    void a_frame_that_can_be_none_is_shown() {
        decoder.received(Unpooled.wrappedBuffer(TestClient.frame(4, 1, new byte[] {1, -1})));

        assertThat(error.replyText()).isEqualTo("FRAME_ERROR - type 4, all octets = <<1,255>>: unknown_frame");
    }

    @Test
    void a_heartbeat_with_a_payload_is_none() {
        decoder.received(Unpooled.wrappedBuffer(TestClient.frame(8, 0, new byte[20])));

        assertThat(error.replyText())
                .isEqualTo("FRAME_ERROR - type 8, first 16 octets = <<" + "0,".repeat(15) + "0>>: unknown_frame");
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 11"})
    void a_method_or_a_header_has_its_least_length(int type, int payloadBytes) {
        decoder.received(Unpooled.wrappedBuffer(TestClient.frame(type, 1, new byte[payloadBytes])));

        assertThat(error.replyText()).endsWith(">>: unknown_frame");
    }

    @Test
    void while_the_gate_is_closed_frames_wait_and_the_socket_is_not_read() {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < 5; i++) {
            bytes.writeBytes(TestClient.frame(3, i, new byte[] {(byte) i}));
        }
        closeGateAfter = 2;
        decoder.received(Unpooled.wrappedBuffer(bytes.toByteArray()));
        decoder.received(Unpooled.wrappedBuffer(TestClient.frame(3, 9, new byte[0])));
        assertThat(frames).hasSize(2);
        assertThat(wire.reading).isFalse();

        gate.go(InputGate.ANSWER);
        decoder.run();

        assertThat(frames).hasSize(6).last().asString().startsWith("3 9");
        assertThat(wire.reading).isTrue();
    }
}
