package io.headrace.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;

/// A limit to what a small batch may grow to, so that a hostile one costs its sender more than us. Kafka 4.4 has
/// `max.decompressed.message.bytes` for it.
final class Inflation {
    /// No batch may decompress to more; ordinary ones of the default size would have to shrink to a 256th.
    static final long BYTES_MAX = 256L << 20;
    /// What lz4 made cannot grow by more than this factor.
    private static final int LZ4_FACTOR_MAX = 255;
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
            case LZ4 -> (long) payload.remaining() * LZ4_FACTOR_MAX <= BYTES_MAX || bytes(payload, type) <= BYTES_MAX;
            case GZIP, ZSTD -> bytes(payload, type) <= BYTES_MAX;
        };
    }

    private static long bytes(ByteBuffer payload, CompressionType type) {
        var compression = Compression.of(type).build();
        try (var records =
                compression.wrapForInput(payload, RecordBatch.CURRENT_MAGIC_VALUE, BufferSupplier.NO_CACHING)) {
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
