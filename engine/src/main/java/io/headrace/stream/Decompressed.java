package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The records of a compressed batch as they are without the compression, in memory that is kept for the next batch.
/// Record by record, through Kafka's streams, the same costs twice as much.
///
/// Threads: the one that asked for it.
final class Decompressed {
    /// Larger ones are left to who reads record by record.
    private static final int BYTES_MAX = 1 << 20;
    private static final int FIRST_BYTES = 64 << 10;
    private static final ThreadLocal<Decompressed> OF_THREAD = ThreadLocal.withInitial(Decompressed::new);

    private ByteBuffer records = ByteBuffer.allocate(FIRST_BYTES);

    private Decompressed() {}

    static Decompressed ofThread() {
        return OF_THREAD.get();
    }

    /// @param batch a whole one, [within bounds][Inflation#withinBounds]
    /// @return whether its records are in [#records] now; false if they are too large, or no compressor made them
    boolean take(ByteBuffer batch) {
        try {
            return Inflation.isZstd(batch) ? takeZstd(Inflation.payload(batch)) : takeStream(batch);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) { // what decompressors throw at a stranger's bytes
            return false;
        }
    }

    private boolean takeZstd(ByteBuffer payload) {
        long most = ZstdBlocks.bytesAtMost(payload);
        if (most == ZstdBlocks.UNKNOWN || payload.remaining() > BYTES_MAX) {
            return false;
        }
        int room = (int) Math.min(most, BYTES_MAX);
        if (room > records.capacity()) {
            records = ByteBuffer.allocate(Math.clamp(2L * records.capacity(), room, BYTES_MAX));
        }
        records.clear().limit(ZstdAtOnce.ofThread().take(payload, records.array(), room));
        return true;
    }

    private boolean takeStream(ByteBuffer batch) throws IOException {
        try (var stream = Inflation.records(batch)) {
            for (int size = 0; size <= BYTES_MAX; ) {
                makeRoom(size);
                int read = stream.read(records.array(), size, records.capacity() - size);
                if (read < 0) {
                    records.limit(size);
                    return true;
                }
                size += read;
            }
            return false;
        }
    }

    /// From 0 to the limit; until the next [#take].
    ByteBuffer records() {
        return records;
    }

    /// There has to be room for a byte more, to see the end.
    private void makeRoom(int size) {
        if (size == records.capacity()) {
            records = ByteBuffer.wrap(Arrays.copyOf(records.array(), 2 * size));
        }
        records.clear();
    }
}
