package io.headrace.kafka;

import io.headrace.net.Wire;
import io.headrace.stream.ReadTarget;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// The records of one partition in memory that goes to the socket as it is: asked for, or lent.
///
/// Threads: the one that reads; then the loop.
final class FetchBuffer implements ReadTarget {
    private final Wire wire;
    private ByteBuf bytes; // null: nothing was read

    FetchBuffer(Wire wire) {
        this.wire = wire;
    }

    @Override
    public ByteBuffer room(int count) {
        release(); // what was read before was gone when it was there
        bytes = wire.allocate(count);
        return bytes.nioBuffer(0, count);
    }

    @Override
    public boolean take(ByteBuffer read, Runnable free) {
        release();
        bytes = new LentBuffer(read, free);
        return true;
    }

    /// The bytes from `from` to `to`, freed by whoever sends them, or by [#release].
    ByteBuf records(int from, int to) {
        return bytes.setIndex(from, to);
    }

    /// Nothing of it is wanted, if anything was read.
    void release() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
