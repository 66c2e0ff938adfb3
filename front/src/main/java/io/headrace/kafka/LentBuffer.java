package io.headrace.kafka;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;

/// Memory of somebody else, which is told when the socket has taken all of it, or will not.
///
/// Threads: one at a time.
final class LentBuffer extends UnpooledDirectByteBuf {
    private final Runnable free;

    /// @param lent from its position to its limit
    /// @param free called once, on the thread that releases the buffer last
    LentBuffer(ByteBuffer lent, Runnable free) {
        super(UnpooledByteBufAllocator.DEFAULT, lent, lent.remaining());
        this.free = free;
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        free.run();
    }
}
