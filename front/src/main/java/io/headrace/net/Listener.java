package io.headrace.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// An open port and the connections that came through it. It may be suspended, which closes the port and nothing else,
/// and resumed.
///
/// Threads: any.
public final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());
    private static final long LOG_NANOS = 1_000_000_000;

    private final ListenerConfig config;
    private final EventLoops loops;
    private final Pipeline pipeline;
    private final boolean strangers;
    private final AtomicInteger refusals = new AtomicInteger(); // not in the log yet
    private final AtomicLong loggedNanos;
    private final AtomicInteger connections = new AtomicInteger();
    private final int port; // that was bound first
    private Channel server; // under the lock; closed while suspended

    /// Adds to a connection what handles it.
    private interface Pipeline {
        void accept(SocketChannel channel, ConnectionBudget.Place place);
    }

    private Listener(ListenerConfig config, EventLoops loops, boolean strangers, Pipeline pipeline) throws IOException {
        this.config = config;
        this.loops = loops;
        this.strangers = strangers;
        this.pipeline = pipeline;
        this.loggedNanos = new AtomicLong(now() - LOG_NANOS);
        this.server = bind(config.port());
        this.port = ((InetSocketAddress) server.localAddress()).getPort();
    }

    /// Binds and accepts.
    ///
    /// @throws IOException the address is taken or not ours, in words for the operator
    public static Listener open(ListenerConfig config, EventLoops loops, List<Protocol> protocols, Optional<Tls> tls)
            throws IOException {
        var spoken = List.copyOf(protocols);
        return new Listener(config, loops, true, (channel, place) -> {
            tls.ifPresent(secret -> secret.protect(channel));
            channel.pipeline().addLast(loops.socket(channel, place, spoken, config, tls));
        });
    }

    /// Binds and accepts, for what Netty has a codec for.
    ///
    /// @param pipeline adds to each accepted connection what handles it, on its loop
    /// @throws IOException the address is taken or not ours, in words for the operator
    public static Listener open(ListenerConfig config, EventLoops loops, Consumer<SocketChannel> pipeline)
            throws IOException {
        return new Listener(config, loops, false, (channel, _) -> pipeline.accept(channel));
    }

    private Channel bind(int port) throws IOException {
        var address =
                config.host().isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(config.host(), port);
        var binding = bootstrap().bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new IOException(
                    "Cannot listen for %s on %s: %s. Free the port, or set another one."
                            .formatted(config.name(), address, binding.cause().getMessage()),
                    binding.cause());
        }
        return binding.channel();
    }

    private ServerBootstrap bootstrap() {
        var bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, config.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new ReadPortions(config.readBytesMax(), loops.memory()))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(config.pendingBytesHigh() / 4, config.pendingBytesHigh()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
        loops.limitSegments(bootstrap, config.segmentBytesMax());
        return bootstrap;
    }

    private void accept(SocketChannel channel) {
        int open = connections.incrementAndGet();
        channel.closeFuture().addListener(_ -> connections.decrementAndGet());
        if (open > config.maxConnections()) {
            refuse(channel, "the limit of " + config.maxConnections() + " connections is reached");
            return;
        }
        switch (loops.budget().enter(channel.remoteAddress(), strangers)) {
            case ConnectionBudget.Entry.Admitted(var place) -> {
                channel.closeFuture().addListener(_ -> place.leave());
                pipeline.accept(channel, place);
            }
            case ConnectionBudget.Entry.Refused(String why) -> refuse(channel, why);
        }
    }

    /// One line a second at most: who is refused often must not fill the log.
    private void refuse(SocketChannel channel, String why) {
        int sinceLast = refusals.incrementAndGet();
        long now = now();
        long last = loggedNanos.get();
        if (now - last >= LOG_NANOS && loggedNanos.compareAndSet(last, now)) {
            refusals.addAndGet(-sinceLast);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} {1}: refused, {2}{3}",
                    config.name(),
                    channel.remoteAddress(),
                    why,
                    sinceLast > 1 ? "; " + (sinceLast - 1) + " others since the last such line" : "");
        }
        channel.close();
    }

    private long now() {
        return loops.engine().clock().nanos();
    }

    /// Accepts no more, until it is resumed. Connections that are open stay.
    public synchronized void suspend() {
        server.close().awaitUninterruptibly();
    }

    /// Accepts again, at the same port. Nothing happens if it does.
    ///
    /// @throws IOException somebody else has the port by now, in words for the operator
    public synchronized void resume() throws IOException {
        if (!server.isOpen()) {
            server = bind(port);
        }
    }

    /// The port that is really bound.
    public int port() {
        return port;
    }

    public String name() {
        return config.name();
    }

    /// Where it listens, `0.0.0.0` for all interfaces.
    public String host() {
        return config.host().isEmpty() ? "0.0.0.0" : config.host();
    }

    public int connections() {
        return connections.get();
    }

    /// The same for good.
    @Override
    public void close() {
        suspend();
    }
}
