package io.headrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.net.InputMemory;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: requests come out of the stream as they were put in, however the socket cuts it, and hold no more memory than
/// what has arrived.
@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestFramesTest implements RequestFrames.Requests {
    private static final int MAX = 1 << 20;

    private final TestWire wire = new TestWire();
    private final Gate gate = new Gate();
    private final InputMemory memory = new InputMemory(200_000, MAX);
    private final RequestFrames frames = new RequestFrames(wire, gate, memory, this);
    private final List<byte[]> seen = new ArrayList<>();
    private int malformed = -1;
    private boolean hold;

    @Override
    public int bytesMax() {
        return MAX;
    }

    @Override
    public boolean request(ByteBuffer frame) {
        var copy = new byte[frame.remaining()];
        frame.get(copy);
        seen.add(copy);
        if (hold) {
            gate.stop(Gate.REQUEST);
        }
        return hold;
    }

    @Override
    public void malformed(int bytes) {
        malformed = bytes;
    }

    private void receive(byte[] bytes) {
        frames.received(wire.allocate(Math.max(1, bytes.length)).writeBytes(bytes));
    }

    private static byte[] frame(byte[] body) {
        return ByteBuffer.allocate(4 + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    @Test
    void a_stream_cut_anywhere_gives_the_same_requests() {
        var random = new Random(7);
        for (int round = 0; round < 200; round++) {
            seen.clear();
            var sent = new ArrayList<byte[]>();
            var stream = Unpooled.buffer();
            for (int i = 0; i < 5; i++) {
                var body = new byte[random.nextInt(round % 10 == 0 ? 150_000 : 50)];
                random.nextBytes(body);
                sent.add(body);
                stream.writeBytes(frame(body));
            }
            while (stream.isReadable()) {
                var piece =
                        new byte[Math.min(stream.readableBytes(), 1 + random.nextInt(round % 10 == 0 ? 9_000 : 20))];
                stream.readBytes(piece);
                receive(piece);
            }

            assertThat(seen).containsExactlyElementsOf(sent);
            assertThat(wire.leaked()).isZero();
            assertThat(memory.heldBytes()).isZero();
            wire.allocated.clear();
        }
    }

    @Test
    void a_size_that_is_only_declared_takes_no_memory() {
        receive(ByteBuffer.allocate(8).putInt(MAX).putInt(0).array());

        assertThat(wire.heldBytes()).isLessThanOrEqualTo(64 << 10);
    }

    @Test
    void a_size_below_zero_or_above_the_limit_is_malformed() {
        receive(ByteBuffer.allocate(4).putInt(MAX + 1).array());

        assertThat(malformed).isEqualTo(MAX + 1);
        assertThat(wire.leaked()).isZero();
    }

    @Test
    void while_a_request_needs_its_bytes_nothing_else_is_begun_and_they_stay() {
        hold = true;
        receive(frame(new byte[] {1}));
        receive(frame(new byte[] {2}));

        assertThat(seen).hasSize(1);
        assertThat(wire.reading).isFalse();
        assertThat(wire.leaked()).isEqualTo(2);

        hold = false;
        frames.release();
        gate.go(Gate.REQUEST);
        frames.run();

        assertThat(seen).hasSize(2);
        assertThat(wire.reading).isTrue();
        assertThat(wire.leaked()).isZero();
    }

    @Test
    void bytes_that_a_request_needs_outlive_the_connection() {
        hold = true;
        receive(frame(new byte[] {1}));
        frames.drop();

        assertThat(wire.leaked()).isEqualTo(1);

        frames.release();

        assertThat(wire.leaked()).isZero();
    }

    @Test
    void reading_stops_when_all_requests_together_hold_too_much_and_goes_on_after() {
        var other = memory.share(wire, new Idle());
        other.take(200_000);
        var large = frame(new byte[1000]);
        receive(java.util.Arrays.copyOf(large, 500));

        assertThat(wire.reading).isFalse();

        other.give(200_000);
        wire.loop.turn();
        receive(java.util.Arrays.copyOfRange(large, 500, large.length));

        assertThat(wire.reading).isTrue();
        assertThat(seen).hasSize(1);
        assertThat(wire.leaked()).isZero();
        assertThat(memory.heldBytes()).isZero();
    }

    @Test
    void an_idle_connection_holds_no_buffer() {
        receive(frame(new byte[] {1}));
        receive(new byte[] {0, 0});

        assertThat(wire.leaked()).isZero();
    }

    @Test
    void requests_that_are_all_half_there_become_whole_one_after_the_other() {
        var peers = crowd(20);
        peers.forEach(peer -> peer.send(50_000));
        assertThat(memory.heldBytes()).isGreaterThanOrEqualTo(200_000);

        sendAll(peers);

        assertThat(peers).allMatch(peer -> peer.requests == 1);
        assertThat(mostHeld).isLessThan(2 * 200_000 + MAX);
        assertThat(memory.heldBytes()).isZero();
        assertThat(peers).allMatch(peer -> peer.wire.leaked() == 0);
    }

    @Test
    void a_peer_that_does_not_go_on_loses_its_turn_and_is_cut_when_too_many_do_so() {
        var peers = crowd(20);
        peers.forEach(peer -> peer.send(50_000));
        peers.forEach(peer -> peer.send(50_000)); // from now on one has its turn, and does not go on
        advance(peers, 500); // it has sent something in this time
        long held = memory.heldBytes();
        advance(peers, 499);
        assertThat(memory.heldBytes()).isEqualTo(held);

        advance(peers, 1);
        assertThat(memory.heldBytes()).isGreaterThan(held); // the next has its turn
        for (int i = 0; i < 20; i++) {
            advance(peers, 500);
            peers.forEach(peer -> peer.send(0));
        }
        int cut =
                Math.toIntExact(peers.stream().filter(peer -> peer.wire.closed).count());
        assertThat(cut).isBetween(1, 19);
        assertThat(memory.heldBytes()).isLessThan(2 * 200_000 + 2 * MAX);

        sendAll(peers);

        assertThat(peers).filteredOn(peer -> peer.requests == 1).hasSize(20 - cut);
        assertThat(memory.heldBytes()).isZero();
    }

    @Test
    void a_peer_that_only_waits_for_its_answer_is_not_cut() {
        var peers = crowd(20);
        peers.forEach(peer -> peer.holds = true);
        sendAll(peers);
        assertThat(peers).filteredOn(peer -> peer.requests == 1).isNotEmpty().hasSizeLessThan(20);

        advance(peers, 100_000);

        assertThat(peers).noneMatch(peer -> peer.wire.closed);
    }

    private List<Peer> crowd(int count) {
        return IntStream.range(0, count).mapToObj(_ -> new Peer()).toList();
    }

    private static void sendAll(List<Peer> peers) {
        for (int round = 0; round < 2_000; round++) {
            peers.forEach(peer -> peer.send(20_000));
        }
    }

    private static void advance(List<Peer> peers, long millis) {
        peers.forEach(peer -> peer.wire.loop.advance(millis));
    }

    private long mostHeld;

    /// Somebody who sends one request of the size [#MAX] in pieces.
    private final class Peer implements RequestFrames.Requests {
        final TestWire wire = new TestWire();
        private final Gate gate = new Gate();
        private final RequestFrames frames = new RequestFrames(wire, gate, memory, this);
        private final ByteBuffer left = ByteBuffer.wrap(frame(new byte[MAX]));
        boolean holds; // its request is not decided
        int requests;

        void send(int bytes) {
            wire.loop.turn();
            if (wire.closed) {
                frames.drop();
            } else if (wire.reading) {
                var piece = new byte[Math.min(bytes, left.remaining())];
                left.get(piece);
                frames.received(wire.allocate(Math.max(1, piece.length)).writeBytes(piece));
            }
            wire.loop.turn();
            mostHeld = Math.max(mostHeld, memory.heldBytes());
        }

        @Override
        public int bytesMax() {
            return MAX;
        }

        @Override
        public boolean request(ByteBuffer frame) {
            requests++;
            if (holds) {
                gate.stop(Gate.REQUEST);
            }
            return holds;
        }

        @Override
        public void malformed(int bytes) {
            throw new AssertionError(bytes);
        }
    }

    private static final class Idle implements InputMemory.Holder {
        @Override
        public void goOn() {}

        @Override
        public boolean waitsForPeer() {
            return false;
        }

        @Override
        public long receivedBytes() {
            return 0;
        }
    }
}
