package io.headrace.net;

import io.headrace.time.Clock;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The event loops of the process: epoll, or NIO where there is no epoll.
///
/// Threads: any.
public final class EventLoops implements AutoCloseable {
    public static final int LOOPS_MAX = 64;
    private static final long STOP_MILLIS_MAX = 5_000;

    static {
        // the JDK's logging is what we have; Netty need not look for three others first
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    private final MultiThreadIoEventLoopGroup group;
    private final List<NettyLoop> loops;
    private final Map<EventLoop, NettyLoop> byEventLoop; // immutable after construction
    private final boolean epoll = Epoll.isAvailable();
    private final ConnectionBudget budget;

    /// With the usual limits of connections.
    public EventLoops(int count, Clock clock) {
        this(count, clock, ConnectionLimits.defaults());
    }

    /// Starts `count` threads named `loop-1`, `loop-2` and so on.
    ///
    /// @param limits of the connections of all listeners
    public EventLoops(int count, Clock clock, ConnectionLimits limits) {
        budget = new ConnectionBudget(limits, clock);
        if (count < 1 || count > LOOPS_MAX) {
            throw new IllegalArgumentException("number of event loops " + count + " is not in 1.." + LOOPS_MAX);
        }
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("loop"), io);
        var made = new ArrayList<NettyLoop>();
        var index = new IdentityHashMap<EventLoop, NettyLoop>();
        group.forEach(executor -> {
            var loop = new NettyLoop((SingleThreadIoEventLoop) executor, clock);
            made.add(loop);
            index.put(loop.eventLoop(), loop);
        });
        loops = List.copyOf(made);
        byEventLoop = index;
    }

    /// One loop on up to two cores, then one for every two, eight at most.
    public static int defaultCount(int cores) {
        return cores <= 2 ? 1 : Math.min(8, cores / 2);
    }

    /// Memory outside the heap that sockets' buffers hold at the moment.
    public static long directBytes() {
        return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    }

    public List<NettyLoop> loops() {
        return loops;
    }

    NettyLoop of(EventLoop eventLoop) {
        return byEventLoop.get(eventLoop);
    }

    ConnectionBudget budget() {
        return budget;
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /// Ends the threads; connections that are still open are cut. Not to be called on a loop.
    @Override
    public void close() {
        group.shutdownGracefully(0, STOP_MILLIS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_MILLIS_MAX);
    }
}
