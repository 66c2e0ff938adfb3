package io.headrace.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
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
import java.util.function.Consumer;

/// An open port and the connections that came through it.
///
/// Threads: any.
public final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());
    private static final int READ_BYTES_MIN = 512;
    private static final int READ_BYTES_FIRST = 1024;

    private final ListenerConfig config;
    private final EventLoops loops;
    private final Consumer<SocketChannel> pipeline;
    private final AtomicInteger connections = new AtomicInteger();
    private final Channel server;

    private Listener(ListenerConfig config, EventLoops loops, Consumer<SocketChannel> pipeline) throws IOException {
        this.config = config;
        this.loops = loops;
        this.pipeline = pipeline;
        this.server = bind();
    }

    /// Binds and accepts.
    ///
    /// @throws IOException the address is taken or not ours, in words for the operator
    public static Listener open(ListenerConfig config, EventLoops loops, List<Protocol> protocols, Optional<Tls> tls)
            throws IOException {
        var spoken = List.copyOf(protocols);
        return open(config, loops, channel -> {
            tls.ifPresent(secret -> channel.pipeline().addLast(secret.handler(channel.alloc())));
            channel.pipeline().addLast(new SocketWire(channel, loops.of(channel.eventLoop()), spoken, config, tls));
        });
    }

    /// Binds and accepts, for what Netty has a codec for.
    ///
    /// @param pipeline adds to each accepted connection what handles it, on its loop
    /// @throws IOException the address is taken or not ours, in words for the operator
    public static Listener open(ListenerConfig config, EventLoops loops, Consumer<SocketChannel> pipeline)
            throws IOException {
        return new Listener(config, loops, pipeline);
    }

    private Channel bind() throws IOException {
        var address = config.host().isEmpty()
                ? new InetSocketAddress(config.port())
                : new InetSocketAddress(config.host(), config.port());
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
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, config.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(READ_BYTES_MIN, READ_BYTES_FIRST, config.readBytesMax()))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(config.pendingBytesHigh() / 4, config.pendingBytesHigh()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
    }

    private void accept(SocketChannel channel) {
        int open = connections.incrementAndGet();
        channel.closeFuture().addListener(_ -> connections.decrementAndGet());
        if (open > config.maxConnections()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} {1}: refused, the limit of {2} connections is reached",
                    config.name(),
                    channel.remoteAddress(),
                    config.maxConnections());
            channel.close();
            return;
        }
        pipeline.accept(channel);
    }

    /// The port that is really bound.
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
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

    /// Accepts no more. Connections that are open stay.
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
    }
}
