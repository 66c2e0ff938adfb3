package io.headrace.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.headrace.message.FieldTableDecoder;
import io.headrace.net.InputMemory;
import io.headrace.security.User;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Goal: whatever bytes come, decoders throw nothing but protocol errors and allocate no more than sixteen
/// times what arrived, plus 64 KiB.
///
/// In an ordinary build each target runs over its kept inputs (in the test resources). With `JAZZER_FUZZ=1`
/// the one that is selected is fuzzed for a minute: `JAZZER_FUZZ=1 ./mvnw -pl front -am test
/// -Dtest=DecoderFuzzTest#frames -Dsurefire.failIfNoSpecifiedTests=false`
class DecoderFuzzTest {
    private static final long FREE_BYTES = 64 << 10;
    private static final int BYTES_PER_BYTE = 16;
    private static final int PROBE_BYTES = 60;
    /// What decoding may allocate for a byte of input. While fuzzing, the fuzzer's own probes in the decoder
    /// allocate on the same thread each time a value is passed, which may have one byte: once to read it, and to
    /// count once for each table or array around it. The exact bound is for the kept inputs, without probes.
    private static final int MOST_PER_BYTE = System.getenv("JAZZER_FUZZ") == null
            ? BYTES_PER_BYTE
            : BYTES_PER_BYTE + PROBE_BYTES * (FieldTableDecoder.MAX_DEPTH + 2);

    /// Kept here, or its level would be forgotten with it. What is logged is not what is measured.
    private static final Logger LOGGER = Logger.getLogger("io.headrace.amqp");

    static {
        LOGGER.setLevel(Level.OFF);
    }

    private interface Decoding {
        void run() throws AmqpException;
    }

    @FuzzTest(maxDuration = "60s")
    void frames(byte[] input) {
        bounded(input.length, () -> decodeFrames(input));
    }

    @FuzzTest(maxDuration = "60s")
    void methods(byte[] input) {
        bounded(input.length, () -> decodeMethods(input));
    }

    @FuzzTest(maxDuration = "60s")
    void tables(byte[] input) {
        bounded(input.length, () -> {
            var bytes = ByteBuffer.allocate(input.length + 4)
                    .putShort((short) 10)
                    .putShort((short) 11)
                    .put(input);
            new MethodReader(bytes, 0, bytes.capacity()).table();
        });
    }

    @FuzzTest(maxDuration = "60s")
    void content(byte[] input) {
        bounded(input.length, () -> decodeContent(input));
    }

    /// The whole connection, before the login or after it, while publishers may go on or not, with the engine's fake
    /// behind it. The first byte chooses, and the size of the pieces in which the rest comes.
    @FuzzTest(maxDuration = "60s")
    void connections(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var wire = new TestWire();
        var broker = new MemoryBroker();
        var memory = new InputMemory(5_000, 1 << 20); // little, so that its turn comes
        var connection = new AmqpConnection(wire, broker, AmqpConfig.defaults(), memory, ConcurrentHashMap.newKeySet());
        var handshake = Scripts.handshake(0);
        boolean loggedIn = (input[0] & 1) != 0;
        connection.received(Unpooled.copiedBuffer(handshake, 0, loggedIn ? handshake.length : 8));
        wire.loop.turn();
        if (input[0] < 0) {
            broker.alarm("low on disk");
        }
        int pieceBytes = 1 + (input[0] & 0x7e);
        for (int at = 1; at < input.length; at += pieceBytes) {
            connection.received(Unpooled.copiedBuffer(input, at, Math.min(pieceBytes, input.length - at)));
            wire.loop.turn();
        }
        assertThat(new String(wire.written.toByteArray(), StandardCharsets.ISO_8859_1))
                .doesNotContain("INTERNAL_ERROR");
        connection.closed();
        wire.loop.turn();
        noLeak(wire);
        assertThat(memory.heldBytes()).as("bytes held for what is not whole").isZero();
    }

    private static void noLeak(TestWire wire) {
        if (wire.leaked() > 0) {
            throw new AssertionError(wire.leaked() + " buffers were not released");
        }
    }

    private static void bounded(int inputBytes, Decoding decoding) {
        long most = (long) MOST_PER_BYTE * inputBytes + FREE_BYTES;
        long allocated = allocated(decoding);
        if (allocated > most) {
            allocated = allocated(decoding); // a class that is loaded on the way is not to be blamed on the input
        }
        assertThat(allocated).isLessThanOrEqualTo(most);
    }

    private static long allocated(Decoding decoding) {
        long before = Allocation.ofThisThread();
        try {
            decoding.run();
        } catch (AmqpException expected) {
            // a protocol error is one of the two good ends
        }
        return Allocation.ofThisThread() - before;
    }

    private void decodeFrames(byte[] input) {
        var wire = new TestWire();
        var decoder = new FrameDecoder(
                wire,
                new InputGate(),
                new InputMemory(1 << 20, 1 << 20),
                new FrameDecoder.Frames() {
                    @Override
                    public boolean frame(int type, int channel, ByteBuffer bytes, int at, int length) {
                        return true;
                    }

                    @Override
                    public void endOfBytes() {}

                    @Override
                    public void malformed(AmqpException error) {}
                },
                131_072);
        int middle = input.length / 2;
        decoder.received(Unpooled.wrappedBuffer(input, 0, middle));
        decoder.received(Unpooled.wrappedBuffer(input, middle, input.length - middle));
        decoder.drop();
        noLeak(wire);
    }

    /// The input is a method frame's payload; it is tried as a client's and as a server's.
    private void decodeMethods(byte[] input) {
        var bytes = ByteBuffer.wrap(input);
        for (boolean client : new boolean[] {true, false}) {
            try {
                decodeMethod(new MethodReader(bytes, 0, input.length), client);
            } catch (AmqpException expected) {
                // tried the other way next
            }
        }
        new BasicPublishLayout().wrap(bytes, 0, input.length);
        new BasicAckLayout().wrap(bytes, 0, input.length);
        new BasicNackLayout().wrap(bytes, 0, input.length);
        new BasicRejectLayout().wrap(bytes, 0, input.length);
    }

    private static Method decodeMethod(MethodReader in, boolean client) throws AmqpException {
        int id = in.methodId();
        return switch (in.classId()) {
            case ConnectionMethod.CLASS_ID ->
                client ? ConnectionMethod.request(id, in) : ConnectionMethod.reply(id, in);
            case ChannelMethod.CLASS_ID -> client ? ChannelMethod.request(id, in) : ChannelMethod.reply(id, in);
            case AccessMethod.CLASS_ID -> client ? AccessMethod.request(id, in) : AccessMethod.reply(id, in);
            case ExchangeMethod.CLASS_ID -> client ? ExchangeMethod.request(id, in) : ExchangeMethod.reply(id, in);
            case QueueMethod.CLASS_ID -> client ? QueueMethod.request(id, in) : QueueMethod.reply(id, in);
            case BasicMethod.CLASS_ID -> client ? BasicMethod.request(id, in) : BasicMethod.reply(id, in);
            case ConfirmMethod.CLASS_ID -> client ? ConfirmMethod.request(id, in) : ConfirmMethod.reply(id, in);
            case TxMethod.CLASS_ID -> client ? TxMethod.request(id, in) : TxMethod.reply(id, in);
            default -> throw in.unimplemented();
        };
    }

    /// The input is the property list, then the body in frames of the size its last byte says.
    private void decodeContent(byte[] input) {
        var bytes = ByteBuffer.wrap(input);
        try {
            new PropertyChecks(new User("guest", Set.of())).check(bytes, 0, input.length);
        } catch (AmqpException expected) {
            // the body is tried all the same
        }
        var wire = new TestWire();
        var content =
                new Assembly(wire, new PieceMemory(new InputMemory(1 << 20, 1 << 20), wire, new InputGate(), () -> {}));
        content.header(bytes, 0, input.length, 10_000_000);
        content.keepHeader();
        int frameBytes = input.length == 0 ? 1 : 1 + (input[input.length - 1] & 0xff);
        for (int at = 0; at < input.length; at += frameBytes) {
            content.body(bytes, at, Math.min(frameBytes, input.length - at));
        }
        content.clear();
        noLeak(wire);
    }
}
