package io.headrace.stream;

import java.io.IOException;
import java.io.InputStream;
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
    /// So little may come in pieces as small as it likes.
    private static final int PIECES_BYTES_MAX = 1 << 10;

    private static final int SCRATCH_BYTES = 32 << 10;

    private Inflation() {}

    /// Whether the records stay within the limit. Says yes to what does not decompress at all: somebody else finds out.
    static boolean withinBounds(ByteBuffer batch) {
        var payload = payload(batch);
        return switch (type(batch)) {
            case NONE -> true;
            case SNAPPY -> SnappyChunks.bytes(payload, BYTES_MAX) != SnappyChunks.DISHONEST;
            case LZ4 -> small(payload, LZ4_FACTOR_MAX) || bytes(batch) <= BYTES_MAX;
            case GZIP -> small(payload, GZIP_FACTOR_MAX) || bytes(batch) <= BYTES_MAX;
            case ZSTD -> smallZstd(payload) || bytes(batch) <= BYTES_MAX;
        };
    }

    /// How many bytes are decompressed for the records, at most: none if they are not compressed.
    ///
    /// @return `Long.MAX_VALUE` if that cannot be told, or does not tell how long it takes
    static long bytesAtMost(ByteBuffer batch) {
        var payload = payload(batch);
        long most = switch (type(batch)) {
            case NONE -> 0;
            case SNAPPY -> SnappyChunks.bytes(payload, BYTES_MAX);
            case LZ4 -> Lz4Blocks.bytesAtMost(payload);
            case GZIP -> (long) payload.remaining() * GZIP_FACTOR_MAX;
            case ZSTD -> ZstdBlocks.bytesAtMost(payload);
        };
        boolean compressed = type(batch) != CompressionType.NONE;
        return most < 0 || compressed && inSmallPieces(payload, most) ? Long.MAX_VALUE : most;
    }

    /// Blocks of a few bytes each, or of none, take longer than all their bytes together. Whoever wants to be smaller
    /// makes none.
    private static boolean inSmallPieces(ByteBuffer payload, long becomes) {
        int bytes = payload.remaining();
        return bytes > PIECES_BYTES_MAX && becomes < bytes - bytes / 10;
    }

    private static boolean small(ByteBuffer payload, int factorMax) {
        return (long) payload.remaining() * factorMax <= BYTES_MAX;
    }

    private static boolean smallZstd(ByteBuffer payload) {
        long most = ZstdBlocks.bytesAtMost(payload);
        return most != ZstdBlocks.UNKNOWN && most <= BYTES_MAX;
    }

    /// The records of a compressed batch, without the compression.
    static InputStream records(ByteBuffer batch) {
        return Compression.of(type(batch))
                .build()
                .wrapForInput(payload(batch), RecordBatch.CURRENT_MAGIC_VALUE, ScratchBuffers.ofThread());
    }

    static boolean isZstd(ByteBuffer batch) {
        return type(batch) == CompressionType.ZSTD;
    }

    private static CompressionType type(ByteBuffer batch) {
        return CompressionType.forId(BatchHeader.compression(batch, batch.position()));
    }

    /// What follows the header.
    static ByteBuffer payload(ByteBuffer batch) {
        return batch.slice(batch.position() + BatchHeader.BYTES, batch.remaining() - BatchHeader.BYTES);
    }

    private static long bytes(ByteBuffer batch) {
        try (var records = records(batch)) {
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
