package io.headrace.stream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// An aborted transaction as the index of a segment has it. The segment is the one with its marker.
///
/// [#BYTES], those of Kafka's `.txnindex`:
/// ```text
///  i16 version 0 | i64 producer | i64 first offset | i64 last offset | i64 last stable offset
/// ```
///
/// @param firstOffset of its records
/// @param lastOffset its marker's
/// @param lastStableOffset of the partition once the marker was committed: what was aborted later, and so lies further
///     on in the index, has its first record there at the earliest
record AbortedRange(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {
    static final int BYTES = Short.BYTES + 4 * Long.BYTES;

    private static final short VERSION = 0;
    private static final int LAST_OFFSET_AT = Short.BYTES + 2 * Long.BYTES;

    void write(ByteBuffer target) {
        target.putShort(VERSION).putLong(producerId).putLong(firstOffset);
        target.putLong(lastOffset).putLong(lastStableOffset);
    }

    static AbortedRange read(ByteBuffer source) {
        short version = source.getShort();
        if (version != VERSION) {
            throw new IllegalStateException("an entry of aborted transactions of version " + version);
        }
        return new AbortedRange(source.getLong(), source.getLong(), source.getLong(), source.getLong());
    }

    /// Of the entry that fills the buffer.
    static long lastOffset(ByteBuffer entry) {
        return entry.getLong(LAST_OFFSET_AT);
    }

    /// Whether some of it lies in `[from, to)`.
    boolean meets(long from, long to) {
        return lastOffset >= from && firstOffset < to;
    }

    /// Whether nothing that follows in the index meets a range that ends at `to`.
    boolean lastBefore(long to) {
        return lastStableOffset >= to;
    }

    /// As consumers want them.
    static List<AbortedTransaction> byFirstOffset(List<AbortedRange> ranges) {
        var sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(AbortedRange::firstOffset));
        return sorted.stream()
                .map(range -> new AbortedTransaction(range.producerId, range.firstOffset))
                .toList();
    }
}
