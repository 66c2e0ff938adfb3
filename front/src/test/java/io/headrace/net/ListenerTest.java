package io.headrace.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.headrace.time.Clock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: who speaks a protocol of ours is served, and everyone else is closed with a reason in the log, whether sockets
/// are on the protocols' loop or on others.
@DisplayNameGeneration(ReplaceUnderscores.class)
@ParameterizedClass(name = "{0} loops")
@ValueSource(ints = {1, 3})
class ListenerTest {
    private final EventLoops loops;
    private final List<Listener> listeners = new ArrayList<>();

    ListenerTest(int loops) {
        this.loops = new EventLoops(loops, Clock.system());
    }

    @AfterEach
    void stop() {
        listeners.forEach(Listener::close);
        loops.close();
    }

    @Test
    void the_protocol_that_recognises_the_first_bytes_serves_them() throws IOException {
        try (var socket = connect(listen(ListenerConfig.of("echo", "127.0.0.1", 0)))) {
            socket.getOutputStream().write("EC".getBytes());
            socket.getOutputStream().flush();
            socket.getOutputStream().write("HOhello".getBytes());

            assertThat(new String(socket.getInputStream().readNBytes(9))).isEqualTo("ECHOhello");
        }
    }

    @Test
    void a_suspended_port_refuses_comes_back_as_the_same_and_leaves_open_connections_alone() throws IOException {
        var listener = listen(ListenerConfig.of("echo", "127.0.0.1", 0));
        int port = listener.port();
        try (var socket = connect(listener)) {
            socket.getOutputStream().write("ECHO".getBytes());
            assertThat(new String(socket.getInputStream().readNBytes(4))).isEqualTo("ECHO"); // it is served
            listener.suspend();
            assertThatThrownBy(() -> connect(listener).close()).isInstanceOf(ConnectException.class);

            listener.resume();

            assertThat(listener.port()).isEqualTo(port);
            connect(listener).close();
            socket.getOutputStream().write("hello".getBytes());
            assertThat(new String(socket.getInputStream().readNBytes(5))).isEqualTo("hello");
        }
    }

    @Test
    void a_port_that_somebody_took_meanwhile_is_not_resumed_and_may_be_later() throws IOException {
        var listener = listen(ListenerConfig.of("echo", "127.0.0.1", 0));
        listener.suspend();
        try (var _ = new ServerSocket(listener.port(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(listener::resume)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Free the port, or set another one.");
        }

        listener.resume();

        connect(listener).close();
    }

    @Test
    @Timeout(20) // one window each 200 ms would take a minute
    void a_reader_whose_window_shrank_is_sent_the_rest_at_once() throws IOException {
        int total = 16 << 20;
        var listener = Listener.open(
                ListenerConfig.of("large", "127.0.0.1", 0).withSmallSegments(),
                loops,
                channel -> channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                        context.writeAndFlush(Unpooled.wrappedBuffer(new byte[total]));
                    }
                }));
        listeners.add(listener);
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(256 << 10);
            socket.connect(new InetSocketAddress("127.0.0.1", listener.port()));
            int begun = socket.getInputStream().readNBytes(4 << 20).length;

            socket.setReceiveBufferSize(32 << 10);

            assertThat(begun + socket.getInputStream().readNBytes(total - begun).length)
                    .isEqualTo(total);
        }
    }

    @Test
    void the_log_says_who_speaks_tls_or_http_to_a_plain_port() throws IOException {
        try (var log = new Lines(FirstBytes.class)) {
            var listener = listen(ListenerConfig.of("echo", "127.0.0.1", 0));
            for (String first : List.of("\u0016\u0003\u0001\0\0\0\0\0", "GET / HTTP/1.1\r\n")) {
                try (var socket = connect(listener)) {
                    socket.getOutputStream().write(first.getBytes(StandardCharsets.ISO_8859_1));
                    assertThat(socket.getInputStream().readAllBytes()).isEqualTo("ECHO?".getBytes());
                }
            }

            assertThat(log.lines).hasSize(2);
            assertThat(log.lines.get(0)).contains("a TLS hello: this port is not encrypted");
            assertThat(log.lines.get(1)).contains("an HTTP request: this port does not speak HTTP");
        }
    }

    @Test
    void a_connection_that_is_lost_is_told_once_however_much_was_on_its_way() throws IOException {
        try (var log = new Lines(SocketEnd.class)) {
            var listener = listen(ListenerConfig.of("echo", "127.0.0.1", 0));
            var socket = connect(listener);
            socket.getOutputStream().write("ECHO".getBytes());
            assertThat(socket.getInputStream().readNBytes(4)).hasSize(4);
            for (int i = 0; i < 200; i++) { // far more than the buffers of this socket, which nobody empties
                socket.getOutputStream().write(new byte[64 * 1024]);
            }

            socket.setSoLinger(true, 0);
            socket.close();

            await().until(() -> listener.connections() == 0);
            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .contains("connection lost: ")
                    .doesNotContain("null");
        }
    }

    /// What one class logs.
    private static final class Lines extends Handler implements AutoCloseable {
        final List<String> lines = new CopyOnWriteArrayList<>();
        private final Logger logger;

        Lines(Class<?> of) {
            logger = Logger.getLogger(of.getName());
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(MessageFormat.format(line.getMessage(), line.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }

    @Test
    void who_says_nothing_is_closed() throws IOException {
        var config = new ListenerConfig("echo", "127.0.0.1", 0, 16, 16, 50, 4096, 65_536, 0);
        try (var socket = connect(listen(config))) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connections_over_the_limit_are_closed() throws IOException {
        var config = new ListenerConfig("echo", "127.0.0.1", 0, 16, 1, 5_000, 4096, 65_536, 0);
        var listener = listen(config);
        try (var first = connect(listener)) {
            first.getOutputStream().write("ECHO".getBytes());
            assertThat(first.getInputStream().readNBytes(4)).hasSize(4);
            try (var second = connect(listener)) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(listener.connections()).isPositive();
        }
    }

    @Test
    void one_address_has_only_so_many_connections_over_all_listeners() throws IOException {
        try (var few = new EventLoops(1, Clock.system(), new ConnectionLimits(1, 0, 10));
                var one = Listener.open(
                        ListenerConfig.of("one", "127.0.0.1", 0), few, List.of(new Echo()), Optional.empty());
                var other = Listener.open(
                        ListenerConfig.of("other", "127.0.0.1", 0), few, List.of(new Echo()), Optional.empty())) {
            try (var first = connect(one)) {
                first.getOutputStream().write("ECHO".getBytes());
                assertThat(first.getInputStream().readNBytes(4)).hasSize(4);
                try (var second = connect(other)) {
                    assertThat(second.getInputStream().read()).isEqualTo(-1);
                }
            }
            await().ignoreExceptions().untilAsserted(() -> {
                try (var third = connect(other)) {
                    third.getOutputStream().write("ECHO".getBytes());
                    assertThat(third.getInputStream().readNBytes(4)).hasSize(4);
                }
            });
        }
    }

    @Test
    void a_taken_port_is_named() throws IOException {
        var first = listen(ListenerConfig.of("echo", "127.0.0.1", 0));

        assertThatThrownBy(() -> listen(ListenerConfig.of("echo", "127.0.0.1", first.port())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Cannot listen for echo on ")
                .hasMessageContaining("Free the port, or set another one.");
    }

    @Test
    void the_end_of_a_turn_comes_after_the_tasks_and_once() {
        var steps = new ArrayList<String>();
        var done = new CompletableFuture<Void>();
        var loop = loops.engine();
        loop.execute(() -> {
            loop.afterTurn(() -> {
                steps.add("end");
                loop.afterTurn(() -> {
                    steps.add("end of the same turn");
                    loop.execute(() -> {
                        steps.add("next turn");
                        done.complete(null);
                    });
                });
            });
            loop.execute(() -> steps.add("task"));
        });
        done.join();

        assertThat(steps).containsExactly("task", "end", "end of the same turn", "next turn");
    }

    private Listener listen(ListenerConfig config) throws IOException {
        var listener = Listener.open(config, loops, List.of(new Echo()), Optional.empty());
        listeners.add(listener);
        return listener;
    }

    private static Socket connect(Listener listener) throws IOException {
        var socket = new Socket("127.0.0.1", listener.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /// Says what it hears to those who begin with `ECHO`.
    private static final class Echo implements Protocol {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public Recognition recognise(ByteBuf first) {
            var text = first.toString(StandardCharsets.ISO_8859_1);
            if (text.startsWith("ECHO")) {
                return Recognition.YES;
            }
            return "ECHO".startsWith(text) ? Recognition.MORE : Recognition.NO;
        }

        @Override
        public byte[] refusal(ByteBuf first) {
            return "ECHO?".getBytes();
        }

        @Override
        public Conversation serve(Wire wire) {
            return new Conversation() {
                @Override
                public void received(ByteBuf bytes) {
                    wire.write(bytes);
                    wire.flush();
                }

                @Override
                public void writable() {}

                @Override
                public void closed() {}
            };
        }
    }
}
