package io.headrace.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headrace.shard.Loop;
import io.headrace.time.Clock;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: a protocol sees the same wire, in the same order and with the same bounds, whether the socket is on its loop
/// or on another.
@DisplayNameGeneration(ReplaceUnderscores.class)
@ParameterizedClass(name = "{0} loops")
@ValueSource(ints = {1, 3})
class WireTest {
    private static final int MANY_BYTES = 24 << 20; // more than the kernel keeps for two sockets
    private static final long AHEAD_BYTES_MAX = 1 << 20;

    private final EventLoops loops;
    private Listener listener;
    private final CompletableFuture<Talker> served = new CompletableFuture<>();
    private int connections; // that said something; the loop's
    private Consumer<Talker> whenReceived = _ -> {}; // set before anybody connects

    private volatile long memoryUsed; // of a thousand
    private BufferMemory memory;

    WireTest(int loops) {
        this.loops = new EventLoops(loops, Clock.system(), ConnectionLimits.defaults(), AHEAD_BYTES_MAX, this::memory);
    }

    private BufferMemory memory(Loop loop) {
        memory = new BufferMemory(loop, 1_000, () -> memoryUsed);
        return memory;
    }

    @BeforeEach
    void listen() throws IOException {
        listener = Listener.open(
                ListenerConfig.of("talk", "127.0.0.1", 0), loops, List.of(new Talking()), Optional.empty());
    }

    @AfterEach
    void stop() {
        listener.close();
        loops.close();
    }

    @Test
    void what_is_sent_back_is_what_came() throws IOException {
        whenReceived = talker -> {
            talker.wire.write(talker.last.retain());
            talker.wire.flush();
        };
        var sent = noise(MANY_BYTES);
        try (var socket = connect()) {
            sendAside(socket, sent);

            assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
        }
    }

    @Test
    void a_protocol_that_does_not_read_gets_nothing_until_it_does() throws IOException {
        whenReceived = talker -> talker.wire.reading(talker.wanted);
        var sent = noise(MANY_BYTES);
        try (var socket = connect()) {
            var sending = sendAside(socket, sent);
            var talker = served.join();
            await().until(() -> onLoop(() -> talker.receivedBytes > 0));
            long first = onLoop(() -> talker.receivedBytes);
            await().during(Duration.ofMillis(200)).until(() -> onLoop(() -> talker.receivedBytes) == first);
            assertThat(first).isLessThanOrEqualTo(FarSocket.AHEAD_BYTES_MAX);
            assertThat(sending).isNotDone(); // the peer feels it

            onLoop(() -> {
                talker.wanted = true;
                talker.wire.reading(true);
                return true;
            });

            await().until(() -> onLoop(() -> talker.receivedBytes) == sent.length);
            assertThat(onLoop(() -> talker.hash)).isEqualTo(hash(sent));
        }
    }

    @Test
    void connections_whose_protocol_does_not_read_leave_room_for_the_others() throws IOException {
        whenReceived = talker -> talker.wire.reading(false);
        var sent = noise(1 << 20);
        var idle = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 8; i++) {
                idle.add(connect());
                sendAside(idle.getLast(), sent);
            }
            await().until(() -> onLoop(() -> connections == 8));
            onLoop(() -> whenReceived = talker -> {
                talker.wire.write(talker.last.retain());
                talker.wire.flush();
            });
            try (var busy = connect()) {
                sendAside(busy, sent);

                assertThat(busy.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            }
        } finally {
            for (var socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void a_peer_that_does_not_take_is_seen_and_heard_of_when_it_does() throws IOException {
        try (var socket = connect()) {
            socket.getOutputStream().write("TALK".getBytes());
            var talker = served.join();
            onLoop(() -> {
                for (int bytes = 0; bytes < MANY_BYTES; bytes += 1 << 20) {
                    talker.wire.write(talker.wire.allocate(1 << 20).writeZero(1 << 20));
                    talker.wire.flush();
                }
                assertThat(talker.wire.writable()).isFalse();
                return true;
            });
            assertThat(onLoop(talker.wire::pendingBytes)).isPositive();

            socket.getInputStream().skipNBytes(MANY_BYTES);

            await().until(() -> onLoop(() -> talker.toldWritable > 0 && talker.wire.pendingBytes() == 0));
            assertThat(onLoop(talker.wire::writable)).isTrue();
        }
    }

    @Test
    void a_small_answer_leaves_nothing_pending() throws IOException {
        whenReceived = talker -> {
            talker.wire.write(talker.wire.allocate(8).writeLong(1));
            talker.wire.flush();
        };
        try (var socket = connect()) {
            socket.getOutputStream().write("TALK".getBytes());
            socket.getInputStream().readNBytes(8);

            assertThat(onLoop(() -> served.join().wire.pendingBytes())).isZero();
        }
    }

    @Test
    void the_last_words_arrive_before_the_end() throws IOException {
        var words = noise(3 << 20);
        whenReceived = talker -> {
            talker.wire.write(talker.wire.allocate(words.length).writeBytes(words));
            talker.wire.closeAfterFlush();
        };
        try (var socket = connect()) {
            socket.getOutputStream().write("TALK".getBytes());

            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(words);
        }
        await().until(() -> onLoop(() -> served.join().closed == 1));
    }

    @Test
    void what_came_before_the_peer_went_is_heard_first_and_the_end_once() throws IOException {
        whenReceived = talker -> talker.wire.reading(false);
        var sent = noise(200_000);
        try (var socket = connect()) {
            socket.getOutputStream().write(sent);
        }
        var talker = served.join();

        onLoop(() -> {
            whenReceived = _ -> {};
            talker.wire.reading(true);
            return true;
        });

        await().until(() -> onLoop(() -> talker.closed == 1));
        assertThat(onLoop(() -> talker.hash)).isEqualTo(hash(sent));
        assertThat(listener.connections()).isZero();
    }

    @Test
    void trouble_in_a_conversation_ends_it_and_no_other() throws IOException {
        whenReceived = talker -> {
            if (talker.receivedBytes > 4) {
                throw new IllegalStateException("on purpose");
            }
            talker.wire.write(talker.last.retain());
            talker.wire.flush();
        };
        try (var bad = connect();
                var good = connect()) {
            good.getOutputStream().write("TALK".getBytes());
            good.getInputStream().readNBytes(4);
            bad.getOutputStream().write("TALK and more".getBytes());

            assertThat(bad.getInputStream().read()).isEqualTo(-1);
            try (var third = connect()) {
                third.getOutputStream().write("TALK".getBytes());
                assertThat(third.getInputStream().readNBytes(4)).hasSize(4);
            }
            assertThat(listener.connections()).isPositive();
        }
    }

    @Test
    void while_memory_is_tight_little_is_read_at_a_time() throws IOException {
        fill(300);
        var largest = new AtomicInteger();
        whenReceived = talker -> largest.accumulateAndGet(talker.last.readableBytes(), Math::max);
        var sent = noise(1 << 20);
        try (var socket = connect()) {
            sendAside(socket, sent);
            var talker = served.join();
            await().until(() -> onLoop(() -> talker.receivedBytes) == sent.length);

            assertThat(largest).hasValue(ReadPortions.TIGHT_BYTES);
        }
    }

    @Test
    void while_memory_is_tight_no_more_is_written_than_one_piece_that_the_peer_does_not_take() throws IOException {
        fill(300);
        try (var socket = connect()) {
            socket.getOutputStream().write("TALK".getBytes());
            var wire = served.join().wire;
            int piece = 100 << 10;
            await().during(Duration.ofMillis(300))
                    .until(() -> onLoop(() -> {
                        if (!wire.writable()) {
                            return true;
                        }
                        wire.write(wire.allocate(piece).writeZero(piece));
                        wire.flush();
                        return false;
                    }));

            assertThat(onLoop(wire::pendingBytes)).isPositive().isLessThan(2 * piece);
        }
    }

    @Test
    void a_peer_that_takes_nothing_while_memory_is_full_is_cut() throws IOException {
        whenReceived = talker -> {
            talker.wire.write(talker.wire.allocate(MANY_BYTES).writeZero(MANY_BYTES));
            talker.wire.flush();
        };
        try (var idle = connect();
                var quiet = connect()) {
            idle.getOutputStream().write("TALK".getBytes());
            var stuck = served.join();
            await().until(() -> onLoop(() -> !stuck.wire.writable()));
            await().during(Duration.ofMillis(100)).until(() -> onLoop(stuck.wire::pendingBytes), sameAsBefore());

            for (int second = 1; second <= SocketEnd.STALLED_SECONDS_MAX; second++) {
                memory.cutStalled(second);
            }
            assertThat(onLoop(() -> stuck.closed)).isZero();
            memory.cutStalled(SocketEnd.STALLED_SECONDS_MAX + 1);

            await().until(() -> onLoop(() -> stuck.closed) == 1);
            assertThat(listener.connections()).isEqualTo(1);
            assertThat(quiet.isClosed()).isFalse();
        }
    }

    // ------------------------------------------------------------------------------------------------------------

    private void fill(long bytes) {
        memoryUsed = bytes;
        memory.taken(1 << 20); // so that it is looked at
    }

    private static Predicate<Long> sameAsBefore() {
        var last = new AtomicLong(-1);
        return bytes -> last.getAndSet(bytes) == bytes;
    }

    private <T> T onLoop(Callable<T> work) {
        var done = new CompletableFuture<T>();
        loops.engine().execute(() -> {
            try {
                done.complete(work.call());
            } catch (Throwable trouble) { // an assertion's, too: nobody else would end the wait
                done.completeExceptionally(trouble);
            }
        });
        return done.join();
    }

    private Socket connect() throws IOException {
        var socket = new Socket("127.0.0.1", listener.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static CompletableFuture<Void> sendAside(Socket socket, byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException lost) {
                throw new UncheckedIOException(lost);
            }
        });
    }

    private static byte[] noise(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        System.arraycopy("TALK".getBytes(), 0, bytes, 0, 4);
        return bytes;
    }

    private static long hash(byte[] bytes) {
        long hash = 0;
        for (byte next : bytes) {
            hash = hash * 31 + next;
        }
        return hash;
    }

    private final class Talking implements Protocol {
        @Override
        public String name() {
            return "talk";
        }

        @Override
        public Recognition recognise(ByteBuf first) {
            return first.readableBytes() < 4 ? Recognition.MORE : Recognition.YES;
        }

        @Override
        public byte[] refusal(ByteBuf first) {
            return new byte[0];
        }

        @Override
        public Conversation serve(Wire wire) {
            var talker = new Talker(wire);
            served.complete(talker);
            connections++;
            return talker;
        }
    }

    /// Remembers what it heard, on the loop.
    private final class Talker implements Conversation {
        final Wire wire;
        long receivedBytes;
        long hash;
        long toldWritable;
        int closed;
        boolean wanted;
        ByteBuf last; // during whenReceived

        Talker(Wire wire) {
            this.wire = wire;
        }

        @Override
        public void received(ByteBuf bytes) {
            receivedBytes += bytes.readableBytes();
            for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
                hash = hash * 31 + bytes.getByte(i);
            }
            last = bytes;
            try {
                whenReceived.accept(this);
            } finally {
                bytes.release();
            }
        }

        @Override
        public void writable() {
            toldWritable++;
        }

        @Override
        public void closed() {
            closed++;
        }
    }
}
