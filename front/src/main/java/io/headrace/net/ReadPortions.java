package io.headrace.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/// How much to read from a socket at once: as much as came lately, but little while memory is tight, since what is read
/// of a peer that then has to wait stays in memory as long as it waits.
///
/// Threads: any; a handle is for its socket's loop.
final class ReadPortions extends AdaptiveRecvByteBufAllocator {
    static final int TIGHT_BYTES = 4096;

    private static final int BYTES_MIN = 512;
    private static final int BYTES_FIRST = 1024;

    private final BufferMemory memory;

    ReadPortions(int bytesMax, BufferMemory memory) {
        super(BYTES_MIN, BYTES_FIRST, bytesMax);
        this.memory = memory;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own signature
    public Handle newHandle() {
        return new Portions((RecvByteBufAllocator.ExtendedHandle) super.newHandle());
    }

    @SuppressWarnings("deprecation")
    private final class Portions extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {
        private final RecvByteBufAllocator.ExtendedHandle usual;

        Portions(RecvByteBufAllocator.ExtendedHandle usual) {
            super(usual);
            this.usual = usual;
        }

        @Override
        public int guess() {
            return memory.tight() ? Math.min(TIGHT_BYTES, usual.guess()) : usual.guess();
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            int bytes = guess();
            memory.taken(bytes);
            return allocator.ioBuffer(bytes);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return usual.continueReading(maybeMore);
        }
    }
}
