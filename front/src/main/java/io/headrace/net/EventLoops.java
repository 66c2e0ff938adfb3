package io.headrace.net;

import io.headrace.config.Settings;
import io.headrace.shard.Loop;
import io.headrace.time.Clock;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// The event loops of the process: epoll, or NIO where there is no epoll. Protocols and the engine run on the first.
/// With one loop the sockets are there, too; with more they are on the others, and a [Crossing] is between each of
/// those and the first.
///
/// Threads: any.
public final class EventLoops implements AutoCloseable {
    public static final int LOOPS_MAX = 64;
    private static final long STOP_MILLIS_MAX = 5_000;
    // of Linux, from netinet/in.h and netinet/tcp.h
    private static final ChannelOption<Integer> TCP_MAXSEG = new IntegerUnixChannelOption("TCP_MAXSEG", 6, 2);

    static {
        // the JDK's logging is what we have; Netty need not look for three others first
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    private final MultiThreadIoEventLoopGroup engineGroup;
    private final MultiThreadIoEventLoopGroup socketGroup; // the same with one loop
    private final NettyLoop engine;
    private final Map<EventLoop, Crossing> crossings; // by the socket's loop; empty with one; immutable
    private final boolean epoll = Epoll.isAvailable();
    private final ConnectionBudget budget;
    private final BufferMemory memory;

    /// The way from a loop of sockets to the engine's and back.
    private record Crossing(NettyLoop sockets, Mailbox toEngine, Mailbox toSockets, ReadAhead readAhead) {}

    /// With the usual limits of connections.
    public EventLoops(int count, Clock clock) {
        this(count, clock, ConnectionLimits.defaults());
    }

    /// Starts `count` threads named `loop-1`, and `sockets-1`, `sockets-2` and so on.
    ///
    /// @param limits of the connections of all listeners
    public EventLoops(int count, Clock clock, ConnectionLimits limits) {
        this(count, clock, limits, ReadAhead.BYTES_MAX, BufferMemory::ofProcess);
    }

    /// @param readAheadMax bytes that sockets may have read and their protocols not consumed, where they are on
    ///     different loops
    /// @param memory for buffers, as those see it who wait on the loop that is given
    EventLoops(
            int count, Clock clock, ConnectionLimits limits, long readAheadMax, Function<Loop, BufferMemory> memory) {
        budget = new ConnectionBudget(limits, clock);
        if (count < 1 || count > LOOPS_MAX) {
            throw new IllegalArgumentException("number of event loops " + count + " is not in 1.." + LOOPS_MAX);
        }
        engineGroup = group(1, "loop");
        engine = loop(engineGroup.next(), clock);
        this.memory = memory.apply(engine);
        socketGroup = count == 1 ? engineGroup : group(count - 1, "sockets");
        var between = new IdentityHashMap<EventLoop, Crossing>();
        if (count > 1) {
            for (var executor : socketGroup) {
                var sockets = loop(executor, clock);
                var crossing = new Crossing(
                        sockets,
                        new Mailbox(sockets, engine),
                        new Mailbox(engine, sockets),
                        new ReadAhead(readAheadMax, count - 1));
                between.put(sockets.eventLoop(), crossing);
            }
        }
        crossings = between;
    }

    private MultiThreadIoEventLoopGroup group(int threads, String name) {
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        var made = new AtomicInteger();
        var factory = new DefaultThreadFactory(name) { // which would count factories, too
                    @Override
                    protected Thread newThread(Runnable run, String ignored) {
                        return super.newThread(run, name + "-" + made.incrementAndGet());
                    }
                };
        return new MultiThreadIoEventLoopGroup(threads, factory, io);
    }

    private static NettyLoop loop(EventExecutor executor, Clock clock) {
        return new NettyLoop((SingleThreadIoEventLoop) executor, clock);
    }

    /// How many are set.
    public static int readCount(Settings settings) {
        return settings.count(
                "loops",
                1,
                1,
                LOOPS_MAX,
                "Threads for connections and what they ask for: 1 does all; with more, sockets and their encryption are"
                        + " on threads of their own, beside the one of protocols and queues. Worth a try where there"
                        + " are many processors, and TLS or many connections; a message costs more in all.");
    }

    /// Memory outside the heap that sockets' buffers hold at the moment.
    public static long directBytes() {
        return BufferMemory.usedInProcess();
    }

    /// The loop that protocols and the engine run on.
    public NettyLoop engine() {
        return engine;
    }

    /// What handles a socket in its pipeline. To be called on the socket's loop.
    ChannelHandler socket(
            SocketChannel channel,
            ConnectionBudget.Place place,
            List<Protocol> protocols,
            ListenerConfig config,
            Optional<Tls> tls) {
        var crossing = crossings.get(channel.eventLoop());
        if (crossing == null) {
            return new SocketWire(channel, engine, memory, place, protocols, config, tls);
        }
        var ahead = crossing.readAhead();
        var socket = new FarSocket(channel, crossing.sockets(), memory, place, tls, crossing.toEngine(), ahead);
        socket.connect(
                new FarWire(engine, memory, crossing.toSockets(), socket, ahead, protocols, config, tls.isPresent()));
        return socket;
    }

    ConnectionBudget budget() {
        return budget;
    }

    BufferMemory memory() {
        return memory;
    }

    /// For sockets.
    MultiThreadIoEventLoopGroup group() {
        return socketGroup;
    }

    /// Of the connections that come through it. 0 leaves them to the system, and so does Java without epoll.
    void limitSegments(ServerBootstrap bootstrap, int bytes) {
        if (epoll && bytes > 0) {
            bootstrap.option(TCP_MAXSEG, bytes);
        }
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /// Ends the threads; connections that are still open are cut, which the engine's loop still hears. Not to be
    /// called on a loop.
    @Override
    public void close() {
        end(socketGroup);
        end(engineGroup);
    }

    private static void end(MultiThreadIoEventLoopGroup group) {
        group.shutdownGracefully(0, STOP_MILLIS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_MILLIS_MAX);
    }
}
