package io.headrace.stream;

import java.nio.ByteBuffer;

/// Walks the records of a batch, without making an object of any.
///
/// ```text
///  record  varint length | i8 attributes | varint timestamp delta | varint offset delta | varint key length, key
///          | varint value length, value | varint headers | { varint length, key | varint length, value }
/// ```
/// Varints are zigzag; -1 as a length is null. KIP-98.
final class RecordWalk {
    private static final int VARINT_BITS_MAX = 70;

    private final ByteBuffer bytes;
    private final int end;
    private int at;
    private boolean broken;

    private RecordWalk(ByteBuffer bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /// Whether the records are what the header of `batch` says: as many, offsets one after the other, nothing left
    /// over, times within bounds, and the greatest time as told.
    ///
    /// @param records where they are, from `at` to the limit: in the batch, or what it was decompressed to
    /// @param keyed whether each record must have a key
    static boolean unremarkable(
            ByteBuffer batch, ByteBuffer records, int at, boolean keyed, long timestampMin, long timestampMax) {
        int start = batch.position();
        var walk = new RecordWalk(records, at, records.limit());
        int count = BatchHeader.recordCount(batch, start);
        long base = BatchHeader.baseTimestamp(batch, start);
        long greatest = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            long length = walk.varint();
            int recordEnd = walk.at + (int) length;
            if (walk.broken || length < 0 || length > walk.end - walk.at) {
                return false;
            }
            walk.at++; // attributes
            long timestamp = base + walk.varint();
            long offset = walk.varint();
            long keyBytes = walk.varint();
            walk.skip(keyBytes);
            walk.skip(walk.varint());
            long headers = walk.varint();
            walk.broken |= headers < 0;
            for (; headers > 0 && !walk.broken; headers--) {
                long headerKey = walk.varint();
                walk.broken |= headerKey < 0;
                walk.skip(headerKey);
                walk.skip(walk.varint());
            }
            boolean timely = timestamp == -1 || timestamp >= timestampMin && timestamp <= timestampMax;
            if (walk.broken || walk.at != recordEnd || offset != i || !timely || keyed && keyBytes < 0) {
                return false;
            }
            greatest = Math.max(greatest, timestamp);
        }
        return walk.at == walk.end && greatest == BatchHeader.maxTimestamp(batch, start);
    }

    private void skip(long length) {
        if (length > 0) {
            if (length > end - at) {
                broken = true;
            } else {
                at += (int) length;
            }
        } else if (length < -1) {
            broken = true;
        }
    }

    // Nearly all are one byte. The loop stands apart, so that it is compiled only into places that meet longer ones.
    private long varint() {
        if (at < end) {
            byte only = bytes.get(at);
            if (only >= 0) {
                at++;
                return only >>> 1 ^ -(only & 1);
            }
        }
        return longVarint();
    }

    private long longVarint() {
        long value = 0;
        for (int shift = 0; at < end && shift < VARINT_BITS_MAX; shift += 7) {
            byte next = bytes.get(at++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        broken = true;
        return 0;
    }
}
