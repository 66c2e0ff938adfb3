package io.headrace.stream;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;

/// Decompresses zstd in one step, with a context that is kept for the next batch. Kafka's stream makes one of 160 KB
/// each time, and a window beside it that may be larger than all it decompresses.
///
/// Threads: the one that asked for it.
final class ZstdAtOnce {
    private static final int FIRST_BYTES = 16 << 10;

    private static final ThreadLocal<ZstdAtOnce> OF_THREAD = ThreadLocal.withInitial(ZstdAtOnce::new);

    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private byte[] compressed = new byte[FIRST_BYTES];

    private ZstdAtOnce() {}

    /// The first one loads zstd's native library.
    static ZstdAtOnce ofThread() {
        return OF_THREAD.get();
    }

    /// @param payload whole frames, as [ZstdBlocks] knows them; not moved
    /// @param target written from its beginning, up to `room`
    /// @return the bytes it became
    /// @throws ZstdException if there is no room for that, or no compressor made it; `target` has anything then
    int take(ByteBuffer payload, byte[] target, int room) {
        int bytes = payload.remaining();
        if (bytes > compressed.length) {
            compressed = new byte[Math.max(bytes, 2 * compressed.length)];
        }
        payload.get(payload.position(), compressed, 0, bytes);
        return context.decompressByteArray(target, 0, room, compressed, 0, bytes);
    }
}
