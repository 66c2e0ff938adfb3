package io.headrace.amqp;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A wire without a socket: keeps what is written and counts what is allocated.
final class TestWire implements Wire {
    final TestLoop loop = new TestLoop();
    final BufferMemory memory = new BufferMemory(loop, 1 << 30, () -> 0);
    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    final List<ByteBuf> allocated = new ArrayList<>();
    boolean reading = true;
    boolean closed;
    boolean discarding; // pooled memory, and nothing is kept or counted

    /// The frames written so far, by their methods' simple names; `heartbeat`, `header` or `body`.
    List<String> frames() {
        return received().stream()
                .map(frame -> switch (frame.type()) {
                    case Frame.HEARTBEAT -> "heartbeat";
                    case Frame.HEADER -> "header";
                    case Frame.BODY -> "body";
                    default -> frame.method().getClass().getSimpleName();
                })
                .toList();
    }

    /// What was written since it was last asked for.
    List<TestClient.Received> received() {
        var frames = new ArrayList<TestClient.Received>();
        var bytes = java.nio.ByteBuffer.wrap(written.toByteArray());
        int at = 0;
        while (at < bytes.capacity()) {
            int size = bytes.getInt(at + 3);
            frames.add(new TestClient.Received(bytes.get(at), bytes.getShort(at + 1), bytes.slice(at + 7, size)));
            at += size + 8;
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
        var buffer = Unpooled.buffer(bytes);
        allocated.add(buffer);
        return buffer;
    }

    long leaked() {
        return allocated.stream().filter(buffer -> buffer.refCnt() > 0).count();
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
    public void flush() {}

    @Override
    public long pendingBytes() {
        return 0;
    }

    @Override
    public boolean writable() {
        return true;
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
