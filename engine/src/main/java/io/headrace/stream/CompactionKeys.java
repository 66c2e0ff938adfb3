package io.headrace.stream;

import java.security.DigestException;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.storage.internals.log.OffsetMap;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;

/// The last offset of each key that a pass has room for: a map of fixed size, so what a topic needs of memory does not
/// follow its keys. Of a batch that does not fit whole nothing counts, unless it is the first: then each record counts
/// that fits, so that a pass gets ahead in any case.
///
/// Threads: a file thread.
final class CompactionKeys {
    private final SkimpyOffsetMap lastOfKey;
    private final long most;
    private final long from;
    private long full = Long.MAX_VALUE;

    /// @param from what is below was looked at before
    CompactionKeys(int mapBytes, long from) {
        try {
            this.lastOfKey = new SkimpyOffsetMap(mapBytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
        this.most = Math.max(1, (long) (lastOfKey.slots() * StreamConfig.COMPACTION_FILL_MAX));
        this.from = from;
    }

    OffsetMap lastOfKey() {
        return lastOfKey;
    }

    /// Some record had no room.
    boolean full() {
        return full < Long.MAX_VALUE;
    }

    /// Every key below has its last offset; what the map says of later ones does no harm, since those records stay.
    ///
    /// @param end of all there is
    long coveredTo(long end) {
        return Math.min(end, full);
    }

    void take(RecordBatch batch) {
        for (var record : batch) {
            if (record.hasKey() && record.offset() >= from) {
                if (lastOfKey.size() >= most) {
                    full = batch.baseOffset() > from ? batch.baseOffset() : record.offset();
                    return;
                }
                put(record);
            }
        }
    }

    private void put(Record record) {
        try {
            lastOfKey.put(record.key(), record.offset());
        } catch (DigestException e) {
            throw new IllegalStateException("cannot hash a key", e);
        }
    }
}
