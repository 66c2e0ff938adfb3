package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.junit.jupiter.api.Test;

/// Goal: whatever bytes come, a connection answers or closes: no error of ours is logged, no buffer is kept.
///
/// In an ordinary build each target runs over its kept inputs. With `JAZZER_FUZZ=1` the one that is selected is fuzzed
/// for a minute: `JAZZER_FUZZ=1 ./mvnw -pl front -am test -Dtest=RequestFuzzTest#connections
/// -Dsurefire.failIfNoSpecifiedTests=false`
class RequestFuzzTest {
    private static final Logger LOGGER = Logger.getLogger("io.headrace.kafka");

    /// What was said that only we can be blamed for.
    private static final class Errors extends Handler {
        final List<Throwable> thrown = new ArrayList<>();

        @Override
        public void publish(LogRecord event) {
            if (event.getLevel().intValue() >= Level.SEVERE.intValue()) {
                thrown.add(event.getThrown() == null ? new AssertionError(event.getMessage()) : event.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    /// Bytes as they come from a socket, in pieces of the size that the first one says, which also says whether the
    /// disk is full.
    @FuzzTest(maxDuration = "60s")
    void connections(byte[] input) {
        if (input.length > 0) {
            run(input, 1, 1 + (input[0] & 0x7f), input[0] < 0);
        }
    }

    /// The first byte chooses what is served and the second the version; the rest is the request's body.
    @FuzzTest(maxDuration = "60s")
    void requests(byte[] input) {
        if (input.length > 2) {
            var served = List.copyOf(TestPeer.apis().all());
            var chosen = served.get((input[0] & 0xff) % served.size());
            int version = chosen.oldest() + (input[1] & 0xff) % (chosen.latest() - chosen.oldest() + 1);
            var body = ByteBuffer.wrap(input, 2, input.length - 2);
            var frame = frame(chosen.key(), (short) version, body);
            run(frame, 0, frame.length, false);
        }
    }

    /// A fixed portion of the same, so that every request in every version is met in an ordinary build.
    @Test
    void every_request_in_every_version_survives_changed_bytes() {
        for (Served served : TestPeer.apis().all()) {
            for (short version = served.oldest(); version <= served.latest(); version++) {
                var random = new Random(served.key().id * 1000L + version);
                for (int round = 0; round < 40; round++) {
                    var frame = frame(served.key(), version, changed(served.key(), version, random));
                    run(frame, 0, 1 + random.nextInt(frame.length), random.nextInt(4) == 0);
                }
            }
        }
    }

    private static ByteBuffer changed(ApiKeys key, short version, Random random) {
        var message = key.messageType.newRequest();
        var cache = new ObjectSerializationCache();
        var bytes = ByteBuffer.allocate(message.size(cache, version) + 40);
        message.write(new ByteBufferAccessor(bytes), cache, version);
        int whole = bytes.position();
        for (int i = random.nextInt(4); i > 0 && whole > 0; i--) {
            bytes.put(random.nextInt(whole), (byte) random.nextInt(random.nextBoolean() ? 4 : 256));
        }
        return bytes.flip().limit(Math.min(bytes.capacity(), whole + random.nextInt(40)));
    }

    private static byte[] frame(ApiKeys key, short version, ByteBuffer body) {
        var header = new RequestHeader(key, version, "fuzz", 1);
        var head = RequestUtils.serialize(
                header.data(), header.headerVersion(), new org.apache.kafka.common.message.ResponseHeaderData(), (short)
                        0);
        head.limit(head.limit() - Integer.BYTES); // what stands for the body
        return ByteBuffer.allocate(4 + head.remaining() + body.remaining())
                .putInt(head.remaining() + body.remaining())
                .put(head)
                .put(body)
                .array();
    }

    private static void run(byte[] input, int from, int pieceBytes, boolean alarmed) {
        var errors = new Errors();
        var peer = new TestPeer();
        peer.broker.tags.add("administrator");
        peer.broker.add("t", 2);
        peer.broker.pressure = alarmed;
        LOGGER.setLevel(Level.SEVERE);
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(errors);
        try {
            for (int at = from; at < input.length && !peer.wire.closed; at += pieceBytes) {
                peer.receive(Unpooled.copiedBuffer(input, at, Math.min(pieceBytes, input.length - at)));
            }
            peer.wire.loop.advance(1_000);
            peer.connection.closed();
            peer.wire.loop.turn();
        } finally {
            LOGGER.removeHandler(errors);
            LOGGER.setLevel(Level.OFF);
        }
        if (!errors.thrown.isEmpty()) {
            throw new AssertionError("an error of ours", errors.thrown.getFirst());
        }
        assertThat(peer.wire.leaked()).as("buffers kept").isZero();
        assertThat(peer.memory.heldBytes()).as("bytes held for requests").isZero();
        assertThat(peer.fetchMemory.held()).as("bytes held for answers").isZero();
    }
}
