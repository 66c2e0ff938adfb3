package io.headrace.net;

import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/// A socket, from its first bytes until it is closed.
///
/// Threads: its loop.
final class SocketWire extends ChannelInboundHandlerAdapter implements Wire {
    /// A protocol that is not recognised after so many bytes is not spoken here.
    static final int RECOGNISE_BYTES_MAX = 16;

    private static final System.Logger LOG = System.getLogger(SocketWire.class.getName());
    private static final long CLOSE_MILLIS_MAX = 5_000;

    private final SocketChannel channel;
    private final NettyLoop loop;
    private final Optional<Tls> tls;
    private final ConnectionBudget.Place place;
    private final long acceptedNanos;
    private FirstBytes first; // null once a protocol has taken over
    private Conversation conversation; // null before that
    private ChannelHandlerContext context;
    private boolean closing;
    private boolean lost; // told already

    SocketWire(
            SocketChannel channel,
            NettyLoop loop,
            ConnectionBudget.Place place,
            List<Protocol> protocols,
            ListenerConfig config,
            Optional<Tls> tls) {
        this.place = place;
        this.channel = channel;
        this.loop = loop;
        this.tls = tls;
        this.acceptedNanos = loop.clock().nanos();
        this.first = new FirstBytes(this, protocols, config, tls.isPresent());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        if (closing) {
            bytes.release();
        } else if (conversation != null) {
            conversation.received(bytes);
        } else {
            first.received(bytes);
        }
    }

    /// The protocol is known: from now on the bytes are its own.
    void begin(Protocol protocol, ByteBuf bytes) {
        first = null;
        conversation = protocol.serve(this);
        conversation.received(bytes);
    }

    /// Nobody here speaks this.
    void refuse(byte[] answer) {
        first = null;
        closing = true;
        if (answer.length > 0) {
            write(Unpooled.wrappedBuffer(answer));
        }
        closeAfterFlush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (conversation != null && channel.isWritable()) {
            conversation.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (first != null) {
            first.closed();
            first = null;
        }
        if (conversation != null) {
            var ended = conversation;
            conversation = null;
            closing = true;
            ended.closed();
        }
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
            LOG.log(System.Logger.Level.ERROR, channel.remoteAddress() + ": closed, something is wrong here", cause);
        }
        close();
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public SocketAddress remote() {
        return channel.remoteAddress();
    }

    @Override
    public SocketAddress local() {
        return channel.localAddress();
    }

    @Override
    public Optional<String> provenName() {
        return tls.flatMap(secret -> tlsSession().flatMap(secret::peerName));
    }

    @Override
    public Optional<SSLSession> tlsSession() {
        return Optional.ofNullable(channel.pipeline().get(SslHandler.class))
                .map(handler -> handler.engine().getSession());
    }

    @Override
    public void known() {
        place.known();
    }

    @Override
    public long ageMillis() {
        return (loop.clock().nanos() - acceptedNanos) / 1_000_000;
    }

    @Override
    public ByteBuf allocate(int bytes) {
        return channel.alloc().directBuffer(bytes);
    }

    @Override
    public void write(ByteBuf bytes) {
        if (channel.isActive()) {
            context.write(bytes, context.voidPromise());
        } else {
            ReferenceCountUtil.release(bytes);
        }
    }

    @Override
    public void flush() {
        context.flush();
    }

    @Override
    public long pendingBytes() {
        var waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    @Override
    public void closeAfterFlush() {
        closing = true;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        if (channel.isOpen()) {
            var cut = loop.schedule(CLOSE_MILLIS_MAX, this::close);
            channel.closeFuture().addListener(_ -> cut.cancel());
        }
    }

    @Override
    public void close() {
        closing = true;
        channel.close();
    }
}
