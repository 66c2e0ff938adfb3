package io.headrace.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import java.util.List;
import java.util.Optional;

/// A socket whose protocol runs on another loop, behind its [FarWire]. What it reads goes there. When much of that is
/// under way it asks how far the other side is, and when too much is, it stops reading until it is told.
///
/// Threads: the socket's loop, but for [#takenBytes].
final class FarSocket extends SocketEnd {
    /// So much is read ahead of the protocol, and one read more.
    static final int AHEAD_BYTES_MAX = 256 << 10;

    private static final int ASK_BYTES = AHEAD_BYTES_MAX / 4;

    private final Mailbox toWire;
    private final ReadAhead readAhead;
    private FarWire wire;
    private long aheadBytes; // went over, and nobody said yet that they were consumed
    private boolean asked; // the wire will say how many were
    private long givenBytes; // by the wire, ever
    private volatile long takenBytes; // by the kernel of them; written on this loop only
    private boolean awaited; // the wire wants to hear when all but a little is taken

    FarSocket(
            SocketChannel channel,
            NettyLoop loop,
            BufferMemory memory,
            ConnectionBudget.Place place,
            Optional<Tls> tls,
            Mailbox toWire,
            ReadAhead readAhead) {
        super(channel, loop, memory, place, tls);
        this.toWire = toWire;
        this.readAhead = readAhead;
    }

    /// To be called once, before it is part of a pipeline.
    void connect(FarWire wire) {
        this.wire = wire;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        super.handlerAdded(context);
        toWire.put(wire::opened);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        aheadBytes += bytes.readableBytes();
        readAhead.read(bytes.readableBytes());
        toWire.put(() -> wire.arrived(bytes));
        pace();
    }

    /// The protocol has had `bytes` more of what was read: the answer to what was asked.
    void consumed(long bytes) {
        aheadBytes -= bytes;
        asked = false;
        pace();
    }

    private void pace() {
        boolean much = readAhead.much();
        if (!asked && aheadBytes >= (much ? 1 : ASK_BYTES)) {
            asked = true;
            toWire.put(wire::howFar);
        }
        channel().config().setAutoRead(aheadBytes < (much ? 1 : AHEAD_BYTES_MAX));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        toWire.put(wire::gone);
    }

    /// Gives the socket `pieces`, which are not empty.
    ///
    /// @param bytes in them together
    /// @param tell whether the wire wants to hear when the kernel has taken them
    void send(List<ByteBuf> pieces, long bytes, boolean tell) {
        givenBytes += bytes;
        awaited |= tell;
        int last = pieces.size() - 1;
        for (int i = 0; i < last; i++) {
            write(pieces.get(i));
        }
        writeAndFlush(pieces.get(last), () -> taken(bytes));
    }

    private void taken(long bytes) {
        takenBytes += bytes;
        if (awaited && givenBytes - takenBytes <= FarWire.SLACK_BYTES) {
            awaited = false;
            toWire.put(wire::room);
        }
    }

    /// How many of the bytes that the wire ever sent are with the kernel, or lost with the socket. Any thread.
    long takenBytes() {
        return takenBytes;
    }
}
