package io.headrace.amqp;

import io.headrace.net.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// What a connection sends in one turn: pooled pieces that are written to in place and handed to the wire
/// once, at the end of the turn.
///
/// Threads: the loop of its connection.
final class Output {
    /// A piece grows to this, so that its memory comes from the allocator's fast classes.
    static final int PIECE_BYTES_MAX = 64 << 10;

    private static final int PIECE_BYTES_MIN = 256;

    private final Wire wire;
    private final Runnable beforeFlush;
    private final Runnable afterFlush;
    private final Runnable flush = this::flush;
    private ByteBuf piece; // null while nothing is to be sent
    private ByteBuffer bytes; // the piece's memory
    private int at;
    private int pieceBytes = PIECE_BYTES_MIN;
    private long turnBytes; // in finished pieces of this turn
    private long pendingBytes; // not taken by the socket at the last flush
    private boolean socketFull; // the wire will say when there is room again
    private long sentBytes;
    private long writes;
    private boolean flushQueued;
    private boolean closed;

    /// @param beforeFlush adds what was held back to the end of the turn
    /// @param afterFlush hears that there may be room again
    Output(Wire wire, Runnable beforeFlush, Runnable afterFlush) {
        this.wire = wire;
        this.beforeFlush = beforeFlush;
        this.afterFlush = afterFlush;
    }

    /// Room for `count` bytes from the returned position of [#bytes]; then [#advance].
    int reserve(int count) {
        if (piece == null || bytes.capacity() - at < count) {
            nextPiece(count);
        }
        return at;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /// Everything before `end` is written.
    void advance(int end) {
        at = end;
    }

    /// There will be something to flush at the end of this turn.
    void touch() {
        if (!flushQueued) {
            flushQueued = true;
            wire.loop().afterTurn(flush);
        }
    }

    /// Whether the socket takes more and this turn's share of `turnBytesMax` is not used up. If not, a
    /// flush or the wire will follow, so whoever waits for room is heard of again.
    boolean room(int turnBytesMax) {
        return !socketFull && turnBytes() < turnBytesMax;
    }

    /// Written in this turn so far.
    long turnBytes() {
        return turnBytes + at;
    }

    boolean socketFull() {
        return socketFull;
    }

    /// Bytes that the socket has not taken.
    long pendingBytes() {
        return pendingBytes;
    }

    /// How much was ever handed to the wire.
    long sentBytes() {
        return sentBytes;
    }

    /// How often the socket was given something.
    long writes() {
        return writes;
    }

    /// The socket took something.
    void drained() {
        pendingBytes = wire.pendingBytes();
        socketFull = !wire.writable();
    }

    private void nextPiece(int count) {
        touch();
        if (piece != null) {
            finishPiece();
            pieceBytes = Math.min(pieceBytes * 2, PIECE_BYTES_MAX);
        }
        piece = wire.allocate(Math.max(count, pieceBytes));
        bytes = piece.nioBuffer(0, piece.capacity());
        at = 0;
    }

    private void finishPiece() {
        piece.writerIndex(at);
        turnBytes += at;
        wire.write(piece);
        piece = null;
        bytes = null;
        at = 0;
    }

    void flush() {
        if (closed) {
            return;
        }
        beforeFlush.run();
        flushQueued = false;
        if (piece != null) {
            finishPiece();
        }
        if (turnBytes < pieceBytes / 4) {
            pieceBytes = Math.max(pieceBytes / 2, PIECE_BYTES_MIN);
        }
        sentBytes += turnBytes;
        turnBytes = 0;
        writes++;
        wire.flush();
        drained();
        afterFlush.run();
    }

    /// Nothing is sent any more.
    void close() {
        closed = true;
        if (piece != null) {
            piece.release();
            piece = null;
            bytes = null;
        }
    }
}
