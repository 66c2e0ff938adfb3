package io.headrace.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/// Sends what is written, a piece at a time: the next one begins when the socket has taken the last, so a peer that
/// does
/// not read costs one piece.
///
/// Threads: the request's virtual one.
final class Pieces extends OutputStream {
    private static final int PIECE_BYTES = 32 << 10;

    private final ChannelHandlerContext context;
    private final long patienceMillis;
    private byte[] piece = new byte[PIECE_BYTES];
    private int at;

    /// @param patienceMillis for the socket to take one piece
    Pieces(ChannelHandlerContext context, long patienceMillis) {
        this.context = context;
        this.patienceMillis = patienceMillis;
    }

    @Override
    public void write(int octet) throws IOException {
        if (at == piece.length) {
            send();
        }
        piece[at++] = (byte) octet;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        for (int done = 0; done < count; ) {
            if (at == piece.length) {
                send();
            }
            int some = Math.min(count - done, piece.length - at);
            System.arraycopy(bytes, from + done, piece, at, some);
            at += some;
            done += some;
        }
    }

    /// Nothing but a full piece, or the end, is worth a packet.
    @Override
    public void flush() {}

    @Override
    public void close() throws IOException {
        if (at > 0) {
            send();
        }
    }

    private void send() throws IOException {
        var full = piece;
        piece = new byte[PIECE_BYTES]; // the other belongs to the socket
        var sent = context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(full, 0, at)));
        at = 0;
        try {
            if (!sent.await(patienceMillis, TimeUnit.MILLISECONDS)) {
                throw new IOException("the peer has taken nothing for " + patienceMillis + " ms");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the broker stops");
        }
        if (!sent.isSuccess()) {
            throw new IOException("connection lost", sent.cause());
        }
    }
}
