package io.headrace.stream;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// Finds a record by its time. A batch's greatest time only says which batch to look into: times within one, and from
/// batch to batch, come in any order.
///
/// Threads: a file thread.
final class TimeSearch {
    private static final long GREATEST = Long.MIN_VALUE;

    private final long wanted;

    private TimeSearch(long wanted) {
        this.wanted = wanted;
    }

    /// The first record whose time is not before `timestampMillis`.
    static TimeSearch notBefore(long timestampMillis) {
        return new TimeSearch(timestampMillis);
    }

    /// The first of those with the greatest time.
    static TimeSearch greatest() {
        return new TimeSearch(GREATEST);
    }

    /// @param fileBytes how much of the file is good
    record Stretch(Segment segment, int fileBytes, long maxTimestamp, Optional<SegmentIndex> index) {}

    record Found(long offset, long timestampMillis) {}

    /// @param stretches oldest first
    Optional<Found> in(List<Stretch> stretches, long startOffset, long end, SegmentRead reader) throws IOException {
        long timestamp = wanted;
        if (wanted == GREATEST) {
            timestamp =
                    stretches.stream().mapToLong(Stretch::maxTimestamp).max().orElse(-1);
            if (timestamp < 0) {
                return Optional.empty();
            }
        }
        for (var stretch : stretches) {
            if (stretch.maxTimestamp() >= timestamp) {
                var found = in(stretch, timestamp, startOffset, end, reader);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Found> in(Stretch stretch, long timestamp, long startOffset, long end, SegmentRead reader)
            throws IOException {
        long time = timestamp;
        var index = stretch.index();
        if (index.isEmpty()) {
            index = reader.storedIndex(stretch.segment(), stretch.fileBytes(), stretch.maxTimestamp());
        }
        int from = index.map(known -> known.positionOfTime(time)).orElse(0);
        while (from < stretch.fileBytes()) {
            int[] candidate = {-1};
            reader.walk(stretch.segment(), from, stretch.fileBytes(), (chunk, at, position) -> {
                boolean late = BatchHeader.maxTimestamp(chunk, at) >= time;
                if (late && BatchHeader.nextOffset(chunk, at) > startOffset) {
                    candidate[0] = position;
                    return false;
                }
                return true;
            });
            if (candidate[0] < 0) {
                return Optional.empty();
            }
            var batch = reader.batch(stretch.segment(), candidate[0]);
            for (var record : MemoryRecords.readableRecords(batch).records()) {
                if (record.timestamp() >= time && record.offset() >= startOffset && record.offset() < end) {
                    return Optional.of(new Found(record.offset(), record.timestamp()));
                }
            }
            from = candidate[0] + batch.capacity();
        }
        return Optional.empty();
    }
}
