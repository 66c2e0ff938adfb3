package io.headrace.kafka;

import io.headrace.net.BufferMemory;
import io.headrace.net.TestLoop;
import io.headrace.net.Wire;
import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A wire without a socket: keeps what is written and counts what is allocated.
final class TestWire implements Wire {
    final TestLoop loop = new TestLoop();
    final BufferMemory memory = new BufferMemory(loop, 1 << 30, () -> 0);
    final List<ByteBuf> allocated = new ArrayList<>();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    boolean reading = true;
    boolean closed;
    boolean writable = true;
    boolean discarding; // pooled memory, and nothing is kept or counted
    int flushes;

    /// The answers written so far, without their sizes.
    List<ByteBuffer> frames() {
        var frames = new ArrayList<ByteBuffer>();
        var bytes = ByteBuffer.wrap(written.toByteArray());
        while (bytes.hasRemaining()) {
            int size = bytes.getInt();
            frames.add(bytes.slice(bytes.position(), size));
            bytes.position(bytes.position() + size);
        }
        written.reset();
        return frames;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public SocketAddress remote() {
        return new InetSocketAddress("127.0.0.1", 1);
    }

    @Override
    public SocketAddress local() {
        return new InetSocketAddress("127.0.0.1", 2);
    }

    @Override
    public Optional<String> provenName() {
        return Optional.empty();
    }

    @Override
    public long ageMillis() {
        return 0;
    }

    @Override
    public BufferMemory memory() {
        return memory;
    }

    @Override
    public ByteBuf allocate(int bytes) {
        if (discarding) {
            return PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
        }
        var buffer = Unpooled.directBuffer(bytes);
        allocated.add(buffer);
        return buffer;
    }

    long leaked() {
        return allocated.stream().filter(buffer -> buffer.refCnt() > 0).count();
    }

    long heldBytes() {
        return allocated.stream()
                .filter(buffer -> buffer.refCnt() > 0)
                .mapToLong(ByteBuf::capacity)
                .sum();
    }

    @Override
    public void write(ByteBuf bytes) {
        if (!discarding) {
            var copy = new byte[bytes.readableBytes()];
            bytes.readBytes(copy);
            written.writeBytes(copy);
        }
        bytes.release();
    }

    @Override
    public void flush() {
        flushes++;
    }

    @Override
    public long pendingBytes() {
        return 0;
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void reading(boolean on) {
        reading = on;
    }

    @Override
    public void closeAfterFlush() {
        closed = true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
