package io.headrace.stream;

import io.headrace.log.Location;
import io.headrace.shard.CommittedEnd;
import io.headrace.shard.Shard;
import io.headrace.time.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/// A partition in the log of its shard.
///
/// A batch gets its offset, its place in a segment and its effect on the producer's state when it is decided on; its
/// place in the log when the turn ends; and can be read when that is committed. See the package's picture.
///
/// Threads: the loop of its shard; before it runs, the thread that recovers.
final class LogPartition implements Partition {
    /// The log's epochs begin with 1, Kafka's with 0.
    private static final int FIRST_LOG_EPOCH = 1;
    private static final int NO_OFFSET = -1;

    private final int id;
    private final TopicPartition name;
    private final Streams streams;
    private final Shard shard;
    private final Segments segments;
    private final Recent recent = new Recent();
    private final ProducerStates producers = new ProducerStates();
    private final PartitionCounts counts = new PartitionCounts();
    private final CommittedEnd committed = new CommittedEnd();
    private final PartitionReads reads;
    private final PartitionWrites writes;
    private final PartitionCompaction compaction;
    private final PartitionFeed feed;
    private final List<Runnable> watchers = new ArrayList<>();
    private TopicSettings settings;
    private long startOffset;
    private long endOffset;
    private boolean gone;
    boolean awaitsCommit; // known to Streams

    LogPartition(int id, TopicPartition name, TopicSettings settings, Streams streams, Shard shard) {
        this.id = id;
        this.name = name;
        this.settings = settings;
        this.streams = streams;
        this.shard = shard;
        this.segments = new Segments(id);
        this.writes = new PartitionWrites(this, streams, shard, recent);
        this.reads = new PartitionReads(this, streams, shard, segments, recent, writes);
        this.feed = new PartitionFeed(this, shard);
        this.compaction = new PartitionCompaction(this, streams, shard, reads);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long startOffset() {
        return startOffset;
    }

    @Override
    public long endOffset() {
        return endOffset;
    }

    @Override
    public long highWatermark() {
        return committed.visible();
    }

    @Override
    public long lastStableOffset() {
        return Math.max(startOffset, Math.min(highWatermark(), producers.firstUnstable()));
    }

    @Override
    public int leaderEpoch() {
        return streams.epoch() - FIRST_LOG_EPOCH;
    }

    @Override
    public boolean gone() {
        return gone;
    }

    @Override
    public long sizeBytes() {
        return segments.bytes();
    }

    @Override
    public int segmentCount() {
        return segments.all().size();
    }

    @Override
    public PartitionCounts counts() {
        return counts;
    }

    @Override
    public EpochEnd endOfEpoch(int epoch) {
        return epoch == leaderEpoch() ? new EpochEnd(epoch, endOffset) : new EpochEnd(NO_OFFSET, NO_OFFSET);
    }

    // ---- appending ----

    @Override
    public void append(ByteBuffer records, TransactionGate gate, Consumer<Append> answer) {
        var check = new BatchCheck(settings, name, clock());
        var bad = check.header(records);
        if (bad.isPresent()) {
            answer.accept(bad.get());
        } else if (feed.tap().isPresent()) {
            appendTapped(feed.tap().get(), check, records, gate, answer);
        } else if (streams.decompressions().affords(check.effort(records))) {
            answer.accept(store(check.records(records), gate));
        } else {
            streams.aside(() -> check.records(records), checked -> answer.accept(store(checked, gate)));
        }
    }

    private void appendTapped(
            Tap by, BatchCheck check, ByteBuffer records, TransactionGate gate, Consumer<Append> answer) {
        Supplier<Tapped> look = () -> switch (check.records(records)) {
            case BatchCheck.Checked.Good good -> new Tapped(good, Optional.of(by.read(good.batch())));
            case BatchCheck.Checked.Bad bad -> new Tapped(bad, Optional.empty());
        };
        if (streams.decompressions().affords(check.effort(records))) {
            var found = look.get();
            answer.accept(store(found.checked, gate, found.taken));
        } else {
            streams.aside(look, found -> answer.accept(store(found.checked, gate, found.taken)));
        }
    }

    private record Tapped(BatchCheck.Checked checked, Optional<Tap.Taken> taken) {}

    @Override
    public Append appendInternal(ByteBuffer records) {
        return appendInternal(records, false);
    }

    @Override
    public Append appendInternal(ByteBuffer records, boolean waits) {
        long first = endOffset;
        for (int at = records.position(); at < records.limit(); ) {
            int length = (int) BatchHeader.sizeBytes(records, at);
            var batch = records.slice(at, length);
            if (producers.judgeInternal(batch, 0) instanceof ProducerStates.Verdict.Refused(var error, var why)) {
                return new Append.Rejected(error, why);
            }
            place(batch, waits);
            at += length;
        }
        feed.passOn();
        return new Append.Appended(first, endOffset - 1, NO_OFFSET);
    }

    private Append store(BatchCheck.Checked checked, TransactionGate gate) {
        return store(checked, gate, Optional.empty());
    }

    private Append store(BatchCheck.Checked checked, TransactionGate gate, Optional<Tap.Taken> taken) {
        return switch (checked) {
            case BatchCheck.Checked.Bad(Append.Rejected rejected) -> rejected;
            case BatchCheck.Checked.Good(ByteBuffer batch, long logAppendTime) ->
                store(batch, logAppendTime, gate, taken);
        };
    }

    private Append store(ByteBuffer batch, long logAppendTime, TransactionGate gate, Optional<Tap.Taken> taken) {
        if (gone) {
            return new Append.Rejected(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        if (batch.remaining() > settings.segmentBytes()) {
            return new Append.Rejected(
                    Errors.RECORD_LIST_TOO_LARGE,
                    "Message batch size is %d bytes in append to partition %s, which exceeds the maximum configured segment size of %d."
                            .formatted(batch.remaining(), name, settings.segmentBytes()));
        }
        return switch (producers.judge(batch, batch.position(), gate)) {
            case ProducerStates.Verdict.Refused(Errors error, String why) -> new Append.Rejected(error, why);
            case ProducerStates.Verdict.Duplicate(long lastOffset, long timestamp) ->
                new Append.Duplicate(
                        lastOffset - BatchHeader.lastOffsetDelta(batch, batch.position()), lastOffset, timestamp);
            case ProducerStates.Verdict.Next _ -> {
                long first = endOffset;
                if (taken.isEmpty()) {
                    place(batch, false);
                } else if (!placeTapped(batch, taken.get())) {
                    yield new Append.Rejected(
                            Errors.MESSAGE_TOO_LARGE,
                            "The batch and what goes from it to queues is more than one entry of the log takes.");
                }
                yield new Append.Appended(first, endOffset - 1, logAppendTime);
            }
        };
    }

    private boolean placeTapped(ByteBuffer batch, Tap.Taken taken) {
        long bytes = (long) StreamOps.APPEND_HEADER_BYTES + batch.remaining() + taken.bytes();
        if (bytes > shard.togetherBytesMax()) {
            return false;
        }
        if (behind() || BatchHeader.transactional(batch, batch.position())) { // a queue gives back nothing
            place(batch, true);
            feed.passOn();
        } else {
            shard.together((int) bytes);
            place(batch, false);
            taken.append();
        }
        return true;
    }

    private void place(ByteBuffer batch, boolean waits) {
        int start = batch.position();
        int length = batch.remaining();
        boolean newSegment = segments.mustRoll(batch, start, length, endOffset, settings, clock());
        shard.urgent();
        int at = shard.reserve(StreamOps.APPEND_HEADER_BYTES + length);
        var page = shard.durablePage();
        StreamOps.append(page, at, id, newSegment, waits, length);
        int copy = at + StreamOps.APPEND_HEADER_BYTES;
        page.put(copy, batch, start, length);
        BatchHeader.place(page, copy, endOffset, leaderEpoch());
        int position = advance(page, copy, length, newSegment);
        if (waits) {
            feed.backlog().add(BatchHeader.baseOffset(page, copy), endOffset);
        }
        counts.appended(BatchHeader.lastOffsetDelta(page, copy) + 1, length);
        recent.add(BatchHeader.baseOffset(page, copy), length, segments.active(), position);
    }

    // everything that a batch changes but where it lies in the log
    private int advance(ByteBuffer page, int at, int length, boolean newSegment) {
        if (newSegment) {
            segments.roll(BatchHeader.baseOffset(page, at), settings.indexIntervalBytes())
                    .ifPresent(writes::sealed);
        }
        if (BatchHeader.control(page, at)) {
            ended(TransactionMarker.read(page.slice(at, length)));
        } else {
            producers.appended(page, at, clock().millis());
        }
        endOffset = BatchHeader.nextOffset(page, at);
        return segments.append(page, at, length);
    }

    /// The operation at `at` has its place in the log.
    void applied(long entry, int entryStart, int at) {
        int start = at + StreamOps.APPEND_HEADER_BYTES;
        long location = Location.of(entry, start - entryStart);
        int i = recent.located();
        recent.locate(location, shard.pin(location));
        long end = i + 1 < recent.count() ? recent.baseOffset(i + 1) : endOffset;
        committed.appended(entry, end);
        streams.awaitCommit(this);
    }

    /// The operation at `at` is replayed: its batch goes to the segment's file at once.
    void replayed(ByteBuffer page, int at) {
        int start = at + StreamOps.APPEND_HEADER_BYTES;
        int length = StreamOps.appendedBytes(page, at);
        int position = advance(page, start, length, StreamOps.newSegment(page, at));
        if (StreamOps.waits(page, at)) {
            feed.backlog().add(BatchHeader.baseOffset(page, start), endOffset);
        }
        streams.writeReplayed(segments.active(), page.slice(start, length), position);
        producers.committed(endOffset);
        writes.replayed(AbortedIndex.KEPT_MAX);
    }

    void recovered() {
        committed.all(endOffset);
        producers.committed(endOffset);
        writes.replayed(1);
    }

    /// @return whether more is committed
    boolean committed(long offset) {
        long before = highWatermark();
        if (!committed.committed(offset)) {
            return false;
        }
        long bytes = 0;
        for (int i = recent.find(before); i < recent.count() && recent.baseOffset(i) < highWatermark(); i++) {
            bytes += i < 0 ? 0 : recent.length(i);
        }
        streams.writeLater(writes, bytes);
        producers.committed(highWatermark());
        tellWatchers();
        return true;
    }

    boolean committing() {
        return committed.waiting();
    }

    // ---- transactions ----

    @Override
    public Append end(TransactionEnd end) {
        if (gone) {
            return new Append.Rejected(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        if (producers.judge(end) instanceof ProducerStates.Verdict.Refused(var error, var why)) {
            return new Append.Rejected(error, why);
        }
        long now = clock().millis();
        var marker = TransactionMarker.batch(end, now);
        if (settings.logAppendTime()) {
            BatchHeader.stampLogAppendTime(marker, marker.position(), marker.remaining(), now);
        }
        long offset = endOffset;
        place(marker, false);
        return new Append.Appended(offset, offset, settings.logAppendTime() ? now : NO_OFFSET);
    }

    private void ended(TransactionMarker marker) {
        producers.ended(marker, clock().millis()).ifPresent(aborted -> {
            segments.active().add(aborted);
            writes.aborted(segments.active());
        });
    }

    @Override
    public void aborted(long from, long to, Consumer<List<AbortedTransaction>> answer) {
        new AbortedSearch(this, streams, from, to, answer).begin();
    }

    @Override
    public List<ProducerState> producerStates() {
        return producers.all();
    }

    // ---- deleting ----

    @Override
    public void deleteBefore(long offset) {
        if (offset > highWatermark()) {
            throw new IllegalArgumentException("offset %d of %s is not committed".formatted(offset, name));
        }
        if (offset > startOffset) {
            int at = shard.reserve(StreamOps.TRIM_BYTES);
            StreamOps.trim(shard.durablePage(), at, id, offset);
            shard.urgent();
            trimmed(offset); // what is decided next in this turn meets the same segments as replay will
        }
    }

    void trimmed(long offset) {
        startOffset = Math.max(startOffset, offset);
        segments.dropBelow(startOffset).forEach(streams::delete);
        tellWatchers();
    }

    /// Lets go of what is too old or too much.
    void retain() {
        producers.expire(clock().millis() - streams.producerExpiryMillis());
        long keepFrom = segments.retained(settings, clock().millis(), highWatermark());
        if (keepFrom > startOffset) {
            deleteBefore(keepFrom);
        }
    }

    /// As [PartitionCompaction#begin].
    boolean compact(Runnable ended) {
        return compaction.begin(ended);
    }

    void replaced(long compactedTo, List<Segment> compacted) {
        var gone = segments.replace(compactedTo, compacted);
        gone.forEach(streams::delete);
        long end = gone.isEmpty() ? compactedTo : gone.getLast().endOffset();
        recent.forget(Math.min(recent.written(), recent.find(end - 1) + 1));
    }

    /// Its topic is gone, and its files go.
    void dropped() {
        gone = true;
        streams.ahead().drop(id);
        segments.dropBelow(Long.MAX_VALUE).forEach(streams::delete);
        writes.dropped();
        tellWatchers();
    }

    // ---- reading ----

    @Override
    public void read(
            long offset, long end, int maxBytes, boolean oneAtLeast, ReadTarget target, Consumer<ReadResult> answer) {
        reads.read(new SegmentRead.Wanted(offset, end, maxBytes, oneAtLeast), target, answer);
    }

    @Override
    public int readableBytes(long offset, long end, int maxBytes) {
        return reads.readableBytes(offset, end, maxBytes);
    }

    @Override
    public void offsetOfTime(long timestampMillis, Consumer<Optional<TimedOffset>> answer) {
        reads.search(TimeSearch.notBefore(timestampMillis), answer);
    }

    @Override
    public void offsetOfMaxTime(Consumer<Optional<TimedOffset>> answer) {
        reads.search(TimeSearch.greatest(), answer);
    }

    @Override
    public Watch watch(Runnable onProgress) {
        watchers.add(onProgress);
        return () -> watchers.remove(onProgress);
    }

    private void tellWatchers() {
        if (!watchers.isEmpty()) {
            List.copyOf(watchers).forEach(Runnable::run);
        }
    }

    // ---- what is passed on later ----

    @Override
    public boolean behind() {
        return !feed.backlog().isEmpty();
    }

    @Override
    public boolean waits(long offset) {
        return feed.backlog().holds(offset);
    }

    @Override
    public long firstWaiting() {
        return behind() ? feed.backlog().first() : endOffset;
    }

    @Override
    public void passedOn(long offset) {
        feed.passedOn(offset);
    }

    /// The partition takes appends from now on.
    void led() {
        writes.led();
        feed.passOn();
    }

    // ---- for the room ----

    PartitionFeed feed() {
        return feed;
    }

    /// The same partition with nothing in it.
    LogPartition fresh() {
        var fresh = new LogPartition(id, name, settings, streams, shard);
        fresh.feed.tap(feed.tap());
        return fresh;
    }

    TopicSettings settings() {
        return settings;
    }

    void settings(TopicSettings changed) {
        settings = changed;
    }

    Segments segments() {
        return segments;
    }

    ProducerStates producers() {
        return producers;
    }

    void restore(long start, long end) {
        startOffset = start;
        endOffset = end;
    }

    private Clock clock() {
        return shard.loop().clock();
    }
}
