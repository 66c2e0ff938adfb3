package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;

/// A limit to what a small batch may grow to, so that a hostile one costs its sender more than us. Kafka 4.4 has
/// `max.decompressed.message.bytes` for it.
final class Inflation {
    /// No batch may decompress to more; ordinary ones of the default size would have to shrink to a 256th.
    static final long BYTES_MAX = 256L << 20;
    /// What lz4 made cannot grow by more than this factor, and what gzip made by more than that.
    private static final int LZ4_FACTOR_MAX = 255;

    private static final int GZIP_FACTOR_MAX = 1032;
    private static final int SCRATCH_BYTES = 32 << 10;

    private Inflation() {}

    /// Whether the records stay within the limit. Says yes to what does not decompress at all: somebody else finds out.
    static boolean withinBounds(ByteBuffer batch) {
        int at = batch.position();
        var type = CompressionType.forId(BatchHeader.compression(batch, at));
        var payload = batch.slice(at + BatchHeader.BYTES, batch.remaining() - BatchHeader.BYTES);
        return switch (type) {
            case NONE -> true;
            case SNAPPY -> SnappyChunks.honest(payload, BYTES_MAX);
            case LZ4 -> small(payload, LZ4_FACTOR_MAX) || bytes(payload, type) <= BYTES_MAX;
            case GZIP -> small(payload, GZIP_FACTOR_MAX) || bytes(payload, type) <= BYTES_MAX;
            case ZSTD -> smallZstd(payload) || bytes(payload, type) <= BYTES_MAX;
        };
    }

    private static boolean small(ByteBuffer payload, int factorMax) {
        return (long) payload.remaining() * factorMax <= BYTES_MAX;
    }

    private static boolean smallZstd(ByteBuffer payload) {
        long most = ZstdBlocks.bytesAtMost(payload);
        return most != ZstdBlocks.UNKNOWN && most <= BYTES_MAX;
    }

    private static long bytes(ByteBuffer payload, CompressionType type) {
        var compression = Compression.of(type).build();
        try (var records =
                compression.wrapForInput(payload, RecordBatch.CURRENT_MAGIC_VALUE, ScratchBuffers.ofThread())) {
            var scratch = new byte[SCRATCH_BYTES];
            long total = 0;
            for (int read = 0; read >= 0 && total <= BYTES_MAX; read = records.read(scratch)) {
                total += read;
            }
            return total;
        } catch (IOException | RuntimeException e) { // what a decompressor throws at a stranger's bytes is not one type
            return 0;
        }
    }
}
