package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The index of a segment to which nothing is appended any more, as it lies beside its file. It only saves a walk
/// through that: one that is missing, torn or of another file is made again.
///
/// ```text
///  u32 magic "HRI1" | u64 base offset | u32 bytes of the segment | u64 greatest time | u32 entries |
///  entries × { u32 offset, from the base | u32 position | u64 greatest time before } | u32 CRC32C of all that
/// ```
///
/// Threads: a file thread.
final class SegmentIndexFile {
    private static final int MAGIC = 0x48524931;
    private static final int HEADER_BYTES = 3 * Integer.BYTES + 2 * Long.BYTES;
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    private SegmentIndexFile() {}

    /// @param bytes of the segment
    static ByteBuffer encode(SegmentIndex index, long baseOffset, int bytes, long maxTimestamp) {
        var target = ByteBuffer.allocate(HEADER_BYTES + index.count() * SegmentIndex.ENTRY_BYTES + CHECKSUM_BYTES);
        target.putInt(MAGIC).putLong(baseOffset).putInt(bytes).putLong(maxTimestamp);
        target.putInt(index.count());
        index.write(target);
        target.putInt(checksum(target.array(), target.position()));
        return target.flip();
    }

    /// How large a file may be whose segment has so many bytes.
    static int bytesMax(int segmentBytes) {
        return HEADER_BYTES
                + (segmentBytes / SegmentIndex.INTERVAL_BYTES_MIN + 1) * SegmentIndex.ENTRY_BYTES
                + CHECKSUM_BYTES;
    }

    /// @param file from position 0 to the limit, on the heap
    /// @return empty if it is not whole, or not of this segment
    static Optional<SegmentIndex> decode(ByteBuffer file, long baseOffset, int bytes, long maxTimestamp) {
        if (file.limit() < HEADER_BYTES + CHECKSUM_BYTES
                || file.getInt() != MAGIC
                || file.getLong() != baseOffset
                || file.getInt() != bytes
                || file.getLong() != maxTimestamp) {
            return Optional.empty();
        }
        int count = file.getInt();
        long length = HEADER_BYTES + (long) count * SegmentIndex.ENTRY_BYTES;
        if (count < 0
                || length != file.limit() - CHECKSUM_BYTES
                || file.getInt((int) length) != checksum(file.array(), (int) length)) {
            return Optional.empty();
        }
        return Optional.of(SegmentIndex.read(file, count));
    }

    private static int checksum(byte[] bytes, int length) {
        var checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
