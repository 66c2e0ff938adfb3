package io.headrace.net;

import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import java.util.List;
import java.util.Optional;

/// A socket whose protocol runs on the loop that the socket is on: a plain call from one to the other.
///
/// Threads: its loop.
final class SocketWire extends SocketEnd implements Wire {
    private final SocketChannel channel;
    private final NettyLoop loop;
    private final Talk talk;

    SocketWire(
            SocketChannel channel,
            NettyLoop loop,
            BufferMemory memory,
            ConnectionBudget.Place place,
            List<Protocol> protocols,
            ListenerConfig config,
            Optional<Tls> tls) {
        super(channel, loop, memory, place, tls);
        this.channel = channel;
        this.loop = loop;
        this.talk = new Talk(this, protocols, config, tls.isPresent());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        talk.received((ByteBuf) message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            talk.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        talk.closed();
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public long pendingBytes() {
        return untakenBytes();
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
        talk.ending();
        super.closeAfterFlush();
    }

    @Override
    public void close() {
        talk.ending();
        super.close();
    }
}
