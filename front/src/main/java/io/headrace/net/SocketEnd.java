package io.headrace.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/// Our end of a socket, as Netty knows it: what is the same whether the protocol runs on the socket's loop or on
/// another.
///
/// Threads: the socket's loop, but for what is said of a method.
abstract class SocketEnd extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger(SocketEnd.class.getName());
    private static final long CLOSE_MILLIS_MAX = 5_000;
    /// So long a peer may take nothing while memory is full.
    static final int STALLED_SECONDS_MAX = 15;

    private static final WriteBufferWaterMark ONE_AT_A_TIME = new WriteBufferWaterMark(1, 1);

    private final SocketChannel channel;
    private final NettyLoop loop;
    private final BufferMemory memory;
    private final ConnectionBudget.Place place;
    private final Optional<Tls> tls;
    private final long acceptedNanos;
    private final WriteBufferWaterMark usual;
    private ChannelHandlerContext context;
    private boolean lost; // told already
    private boolean oneAtATime; // what is written counts as too much until it is taken
    private long untakenBefore; // a second ago, while memory is full
    private int stalledSeconds;

    /// @param loop the socket's
    SocketEnd(
            SocketChannel channel,
            NettyLoop loop,
            BufferMemory memory,
            ConnectionBudget.Place place,
            Optional<Tls> tls) {
        this.channel = channel;
        this.loop = loop;
        this.memory = memory;
        this.place = place;
        this.tls = tls;
        this.acceptedNanos = loop.clock().nanos();
        this.usual = channel.config().getWriteBufferWaterMark();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        memory.opened(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        memory.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (lost && cause instanceof IOException) {
            return; // each write that was on its way fails by itself
        }
        lost = true;
        if (cause instanceof IOException || tls.isPresent()) {
            var reason = Objects.requireNonNullElse(cause.getMessage(), "closed while bytes were on their way");
            LOG.log(System.Logger.Level.INFO, "{0}: connection lost: {1}", channel.remoteAddress(), reason);
        } else {
            wrongHere(cause);
        }
        close();
    }

    /// It is our fault. Any thread.
    final void wrongHere(Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, channel.remoteAddress() + ": closed, something is wrong here", cause);
    }

    /// Any thread.
    final SocketChannel channel() {
        return channel;
    }

    /// Any thread.
    public final SocketAddress remote() {
        return channel.remoteAddress();
    }

    /// Any thread.
    public final SocketAddress local() {
        return channel.localAddress();
    }

    /// Any thread.
    public final BufferMemory memory() {
        return memory;
    }

    /// Any thread.
    public final void known() {
        place.known();
    }

    /// Any thread.
    public final long ageMillis() {
        return (loop.clock().nanos() - acceptedNanos) / 1_000_000;
    }

    /// Any thread.
    public final ByteBuf allocate(int bytes) {
        memory.taken(bytes);
        return channel.alloc().directBuffer(bytes);
    }

    /// Once the handshake is over; any thread.
    public final Optional<String> provenName() {
        return tls.flatMap(secret -> tlsSession().flatMap(secret::peerName));
    }

    /// Once the handshake is over; any thread.
    public final Optional<SSLSession> tlsSession() {
        return Optional.ofNullable(channel.pipeline().get(SslHandler.class))
                .map(handler -> handler.engine().getSession());
    }

    /// Queues `bytes`, which belong to the socket from now on.
    public final void write(ByteBuf bytes) {
        if (memory.tight() != oneAtATime) {
            changePortions();
        }
        if (channel.isActive()) {
            context.write(bytes, context.voidPromise());
        } else {
            ReferenceCountUtil.release(bytes);
        }
    }

    private void changePortions() {
        oneAtATime = !oneAtATime;
        channel.config().setWriteBufferWaterMark(oneAtATime ? ONE_AT_A_TIME : usual);
    }

    /// What waits for the kernel.
    final long untakenBytes() {
        var waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    /// To be called each second while memory is full, with the number of the second. Any thread.
    final void cutIfStalled(int second) {
        channel.eventLoop().execute(() -> {
            long bytes = untakenBytes();
            boolean stalled = second > 1 && bytes > 0 && bytes >= untakenBefore;
            stalledSeconds = stalled ? stalledSeconds + 1 : 0;
            untakenBefore = bytes;
            if (stalledSeconds >= STALLED_SECONDS_MAX) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: cut, it has taken nothing for {1} s of the {2} bytes that wait for it, and memory is full",
                        channel.remoteAddress(),
                        STALLED_SECONDS_MAX,
                        bytes);
                close();
            }
        });
    }

    /// Queues `bytes`, gives the socket all that is queued, and says when that is taken, or lost with the socket.
    final void writeAndFlush(ByteBuf bytes, Runnable taken) {
        if (!channel.isActive()) {
            ReferenceCountUtil.release(bytes);
            taken.run();
            return;
        }
        context.writeAndFlush(bytes).addListener(done -> {
            taken.run();
            if (!done.isSuccess()) {
                exceptionCaught(context, done.cause());
            }
        });
    }

    public final void flush() {
        context.flush();
    }

    /// Closes when everything written so far is out, but at once if the peer does not take it.
    public void closeAfterFlush() {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        if (channel.isOpen()) {
            var cut = loop.schedule(CLOSE_MILLIS_MAX, this::close);
            channel.closeFuture().addListener(_ -> cut.cancel());
        }
    }

    public void close() {
        channel.close();
    }
}
