package io.headrace.stream;

import io.headrace.time.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// The segments of a partition, the last of which is appended to, and the rules of when one begins and goes.
///
/// Threads: the loop of the partition.
final class Segments {
    private final int partition;
    private final List<Segment> segments = new ArrayList<>();
    private long bytes;
    private long compactedTo;

    Segments(int partition) {
        this.partition = partition;
    }

    /// Oldest first.
    List<Segment> all() {
        return segments;
    }

    Segment active() {
        return segments.getLast();
    }

    long bytes() {
        return bytes;
    }

    /// Whether a batch has to begin a segment: by size, by the records' times, by the reach of an index.
    boolean mustRoll(ByteBuffer batch, int at, int length, long offset, TopicSettings settings, Clock clock) {
        if (segments.isEmpty()) {
            return true;
        }
        var active = active();
        if (active.bytes() == 0) {
            return false;
        }
        long next = offset + BatchHeader.lastOffsetDelta(batch, at);
        return active.bytes() > settings.segmentBytes() - length
                || next - active.baseOffset() > Integer.MAX_VALUE
                || tooOld(active, BatchHeader.maxTimestamp(batch, at), settings, clock);
    }

    // between record times, since replayed history must not make a segment of each batch; by the clock without any
    private static boolean tooOld(Segment active, long timestamp, TopicSettings settings, Clock clock) {
        if (active.firstTimestamp() < 0) {
            return false;
        }
        long now = timestamp >= 0 ? timestamp : clock.millis();
        return now - active.firstTimestamp() > settings.segmentMillis();
    }

    /// @return the one that was appended to so far
    Optional<Segment> roll(long baseOffset, int indexIntervalBytes) {
        var sealed = segments.isEmpty() ? Optional.<Segment>empty() : Optional.of(active());
        sealed.ifPresent(Segment::seal);
        segments.add(Segment.begin(partition, baseOffset, 0, indexIntervalBytes));
        return sealed;
    }

    void restored(Segment segment) {
        segments.add(segment);
        bytes += segment.bytes();
    }

    /// @return where in the active segment's file the batch goes
    int append(ByteBuffer batch, int at, int length) {
        bytes += length;
        return active().append(
                        BatchHeader.baseOffset(batch, at),
                        BatchHeader.nextOffset(batch, at),
                        length,
                        BatchHeader.maxTimestamp(batch, at));
    }

    /// Takes out those that lie below `offset` as a whole.
    List<Segment> dropBelow(long offset) {
        var dropped = new ArrayList<Segment>();
        while (!segments.isEmpty() && segments.getFirst().endOffset() <= offset) {
            var segment = segments.removeFirst();
            segment.drop();
            bytes -= segment.bytes();
            dropped.add(segment);
        }
        return dropped;
    }

    /// Everything below is compacted.
    long compactedTo() {
        return compactedTo;
    }

    void compactedTo(long offset) {
        compactedTo = offset;
    }

    /// The segments, from the oldest on, that may be compacted, if it is worth it: those that are not appended to, lie
    /// below `stable`, and are old enough.
    List<Segment> compactable(TopicSettings settings, long nowMillis, long stable) {
        var candidates = new ArrayList<Segment>();
        long dirty = 0;
        long total = 0;
        boolean overdue = false;
        for (int i = 0; i < segments.size() - 1; i++) {
            var segment = segments.get(i);
            boolean fresh = segment.endOffset() > compactedTo;
            if (segment.endOffset() > stable || fresh && tooYoung(segment, settings, nowMillis)) {
                break;
            }
            candidates.add(segment);
            total += segment.bytes();
            dirty += fresh ? segment.bytes() : 0;
            overdue |= fresh && nowMillis - segment.firstTimestamp() > settings.compactionLagMaxMillis();
        }
        boolean worth = dirty > 0 && (overdue || dirty > settings.dirtyRatioMin() * total);
        return worth ? candidates : List.of();
    }

    // a record from the future waits only where there is something to wait for
    private static boolean tooYoung(Segment segment, TopicSettings settings, long nowMillis) {
        long lag = settings.compactionLagMinMillis();
        return lag > 0 && nowMillis - segment.maxTimestamp() < lag;
    }

    /// Puts compacted segments in the place of those that they are left of. Of the last one the end may not be
    /// compacted: its keys had no room.
    ///
    /// @return those that went
    List<Segment> replace(long newCompactedTo, List<Segment> compacted) {
        var gone = dropBelow(
                compacted.isEmpty() ? newCompactedTo : compacted.getLast().endOffset());
        segments.addAll(0, compacted);
        compacted.forEach(segment -> bytes += segment.bytes());
        compactedTo = newCompactedTo;
        return gone;
    }

    /// From where on to keep: the oldest segments go that are too old, by their latest record, and those that are too
    /// many bytes. What is not below `committed` stays.
    ///
    /// @return 0 if all of them stay
    long retained(TopicSettings settings, long nowMillis, long committed) {
        long keepFrom = 0;
        if (!settings.deletes()) {
            return keepFrom;
        }
        long kept = bytes;
        for (var segment : segments) {
            boolean old = settings.retentionMillis() >= 0
                    && segment.bytes() > 0
                    && nowMillis - latest(segment, nowMillis) > settings.retentionMillis();
            boolean much = settings.retentionBytes() >= 0 && kept - segment.bytes() >= settings.retentionBytes();
            if (!old && !much || segment.endOffset() > committed) {
                break;
            }
            kept -= segment.bytes();
            keepFrom = segment.endOffset();
        }
        return keepFrom;
    }

    // records without a time keep their segment until it is too much
    private static long latest(Segment segment, long nowMillis) {
        return segment.maxTimestamp() >= 0 ? segment.maxTimestamp() : nowMillis;
    }

    /// The segment that has the batch of `offset`, or the next batch if there is none of that offset any more.
    Segment holding(long offset) {
        int i = floor(offset);
        if (i < 0 || offset >= segments.get(i).endOffset() && i + 1 < segments.size()) {
            i++;
        }
        return segments.get(i);
    }

    /// At least; the batch of `offset` may begin in the middle of it.
    long bytesFrom(long offset) {
        long sum = 0;
        for (int i = Math.max(0, floor(offset)); i < segments.size(); i++) {
            sum += segments.get(i).bytes();
        }
        return sum;
    }

    /// Those with aborted transactions that end at `offset` or later.
    List<Segment> aborting(long offset) {
        List<Segment> found = List.of();
        for (int i = Math.max(0, floor(offset)); i < segments.size(); i++) {
            var segment = segments.get(i);
            if (segment.abortedCount() > 0 && segment.endOffset() > offset) {
                found = found.isEmpty() ? new ArrayList<>() : found;
                found.add(segment);
            }
        }
        return found;
    }

    /// What a search by time has to look at.
    List<TimeSearch.Stretch> searched(long startOffset, ToIntFunction<Segment> writtenBytes) {
        var stretches = new ArrayList<TimeSearch.Stretch>();
        for (var segment : segments) {
            if (segment.endOffset() > startOffset) {
                stretches.add(new TimeSearch.Stretch(
                        segment, writtenBytes.applyAsInt(segment), segment.maxTimestamp(), segment.index()));
            }
        }
        return stretches;
    }

    private int floor(long offset) {
        int low = 0;
        int high = segments.size() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
