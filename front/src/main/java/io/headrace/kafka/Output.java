package io.headrace.kafka;

import io.headrace.net.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// What a connection sends in one turn: pooled pieces that answers are written into, and between them records that
/// lie in buffers of their own. All goes to the wire in order, and is flushed once, at the end of the turn.
///
/// Threads: the loop of its connection.
final class Output {
    /// A piece grows to this, so that its memory comes from the allocator's fast classes.
    static final int PIECE_BYTES_MAX = 64 << 10;

    private static final int PIECE_BYTES_MIN = 512;

    private final Wire wire;
    private final Runnable afterFlush;
    private final Runnable flush = this::flush;
    private ByteBuf piece; // null while nothing is to be sent
    private ByteBuffer bytes; // the piece's memory; its position is where the next answer goes
    private int sent; // of the piece, already given to the wire
    private int pieceBytes = PIECE_BYTES_MIN;
    private int turnBytes; // in finished pieces of this turn
    private long sentBytes;
    private long writes;
    private boolean flushQueued;
    private boolean closed;

    Output(Wire wire, Runnable afterFlush) {
        this.wire = wire;
        this.afterFlush = afterFlush;
    }

    /// Memory with room for `count` bytes from its position on; what is written moves the position.
    ByteBuffer room(int count) {
        if (piece == null || bytes.remaining() < count) {
            nextPiece(count);
        }
        return bytes;
    }

    /// Adds a whole buffer after what was written so far. It belongs to the output.
    void add(ByteBuf whole) {
        touch();
        if (piece != null && bytes.position() > sent) {
            wire.write(piece.retainedSlice(sent, bytes.position() - sent));
            sent = bytes.position();
        }
        turnBytes += whole.readableBytes();
        wire.write(whole);
    }

    private void touch() {
        if (!flushQueued) {
            flushQueued = true;
            wire.loop().afterTurn(flush);
        }
    }

    private void nextPiece(int count) {
        touch();
        if (piece != null) {
            finishPiece();
            pieceBytes = Math.min(pieceBytes * 2, PIECE_BYTES_MAX);
        }
        piece = wire.allocate(Math.max(count, pieceBytes));
        bytes = piece.nioBuffer(0, piece.capacity());
        sent = 0;
    }

    private void finishPiece() {
        int end = bytes.position();
        if (end > sent) {
            piece.setIndex(sent, end);
            turnBytes += end;
            wire.write(piece);
        } else {
            piece.release();
        }
        piece = null;
        bytes = null;
    }

    void flush() {
        if (closed) {
            return;
        }
        flushQueued = false;
        if (piece != null) {
            finishPiece();
        }
        if (turnBytes < pieceBytes / 4) {
            pieceBytes = Math.max(pieceBytes / 2, PIECE_BYTES_MIN);
        }
        sentBytes += turnBytes;
        writes++;
        turnBytes = 0;
        wire.flush();
        afterFlush.run();
    }

    /// How much was ever handed to the wire.
    long sentBytes() {
        return sentBytes;
    }

    /// How often.
    long writes() {
        return writes;
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
