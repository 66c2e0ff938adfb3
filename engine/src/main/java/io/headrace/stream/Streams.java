package io.headrace.stream;

import io.headrace.catalog.TopicDefinition;
import io.headrace.log.Storage;
import io.headrace.shard.DataPart;
import io.headrace.shard.Shard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/// The partitions of one shard: their part of the DATA group, and what the shard does for them in a turn.
///
/// Threads: the loop of the shard; before it runs, the thread that recovers.
public final class Streams implements DataPart {
    private static final Logger LOG = System.getLogger(Streams.class.getName());

    /// Where the catalog keeps what was set on the broker at run time, by the broker's names for it.
    public static final String BROKER_SETTINGS = "kafka.broker";

    /// What [Partition#appendInternal] encodes besides the batch.
    public static final int APPEND_BYTES = StreamOps.APPEND_HEADER_BYTES;

    private final Shard shard;
    private final Executor threads;
    private final DecompressionBudget decompressions;
    private final StreamConfig config;
    private final Consumer<Throwable> onBroken;
    private final SegmentFiles files;
    private final SegmentWriter writer;
    private final Compactions compactions;
    private final ReadAhead ahead;
    private final ReplayWriter replay;
    private final Queue<SegmentRead> readers = new ConcurrentLinkedQueue<>(); // as many as threads read at once
    private final Shard.Found found = new Shard.Found();
    private final TreeMap<Integer, LogPartition> byId = new TreeMap<>();
    private final List<LogPartition> awaitingCommit = new ArrayList<>();
    private Map<String, String> brokerSettings = Map.of();
    private Traffic gone = Traffic.NONE;
    private int epoch;

    /// @param threads where reading and writing files, and decompressing, may take its time; inline under the
    ///     simulator
    /// @param onBroken hears that a file cannot be read or written: what it holds is not known any more
    /// @throws IOException the folder of segments cannot be read
    public Streams(Shard shard, Storage storage, Executor threads, StreamConfig config, Consumer<Throwable> onBroken)
            throws IOException {
        this.shard = shard;
        this.threads = threads;
        this.decompressions = new DecompressionBudget(shard.loop());
        this.config = config;
        this.onBroken = onBroken;
        this.files = new SegmentFiles(storage);
        this.ahead = new ReadAhead(this, shard.loop());
        this.writer = new SegmentWriter(shard.loop(), threads, files, onBroken);
        this.replay = new ReplayWriter(files);
        this.compactions = new Compactions(this, shard.loop(), threads, files, config, onBroken);
    }

    /// What is appended from now on belongs to `epoch` of the shard's group.
    public void lead(int epoch) {
        this.epoch = epoch;
        scheduleRetention();
        compactions.schedule(() -> List.copyOf(byId.values()));
        shard.loop().execute(() -> byId.values().forEach(LogPartition::led));
    }

    // ---- which partitions there are ----

    /// The last `added` partitions of a topic are new.
    public void create(TopicDefinition topic, int added) {
        var settings = TopicSettings.of(topic.settings(), brokerSettings);
        int count = topic.partitions().size();
        for (int index = count - added; index < count; index++) {
            int id = topic.partitions().get(index);
            byId.put(id, new LogPartition(id, new TopicPartition(topic.name(), index), settings, this, shard));
        }
    }

    /// The settings of a topic are others now.
    public void set(TopicDefinition topic) {
        var settings = TopicSettings.of(topic.settings(), brokerSettings);
        topic.partitions().forEach(id -> found(id).ifPresent(partition -> partition.settings(settings)));
    }

    /// The settings of the broker are others now, and so are those of all `topics` that have none of their own.
    public void set(Map<String, String> newBrokerSettings, Collection<TopicDefinition> topics) {
        brokerSettings = Map.copyOf(newBrokerSettings);
        compactions.set(brokerSettings);
        topics.forEach(this::set);
    }

    /// What producers append to the topic from now on is passed on by `tap`.
    public void tap(TopicDefinition topic, Optional<Tap> tap) {
        topic.partitions()
                .forEach(id -> found(id).ifPresent(partition -> partition.feed().tap(tap)));
    }

    /// A topic goes, with all it holds.
    ///
    /// @param logged whether that is in the log of the data group already
    public void delete(TopicDefinition topic, boolean logged) {
        for (int id : topic.partitions()) {
            if (!logged) {
                int at = shard.reserve(StreamOps.DROP_BYTES);
                StreamOps.drop(shard.durablePage(), at, id);
            }
            drop(id);
        }
    }

    public StreamConfig config() {
        return config;
    }

    public Optional<Partition> partition(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    private Optional<LogPartition> found(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// What partitions counted that are gone by now.
    public Traffic gone() {
        return gone;
    }

    private void drop(int id) {
        var partition = byId.remove(id);
        if (partition != null) {
            gone = gone.plus(partition.counts().traffic());
            partition.dropped();
        }
    }

    // ---- the turn ----

    /// Whether an operation that begins with `type` is one of ours.
    public static boolean owns(byte type) {
        return type >= StreamOps.FIRST && type < StreamOps.END;
    }

    @Override
    public int apply(long entry, ByteBuffer page, int entryStart, int at, boolean durable) {
        if (page.get(at) == StreamOps.APPEND) {
            var partition = byId.get(StreamOps.appendedTo(page, at));
            if (partition != null) {
                partition.applied(entry, entryStart, at);
            }
            return at + StreamOps.APPEND_HEADER_BYTES + StreamOps.appendedBytes(page, at);
        }
        return applyOther(page, at);
    }

    @Override
    public int replay(long entry, ByteBuffer page, int entryStart, int at) {
        if (page.get(at) == StreamOps.REPLACE) {
            found(StreamOps.partition(page, at))
                    .ifPresent(partition ->
                            partition.replaced(StreamOps.replacedTo(page, at), StreamOps.replacing(page, at)));
        }
        if (page.get(at) == StreamOps.APPEND) {
            var partition = byId.get(StreamOps.appendedTo(page, at));
            if (partition != null) {
                partition.replayed(page, at);
            }
            return at + StreamOps.APPEND_HEADER_BYTES + StreamOps.appendedBytes(page, at);
        }
        return applyOther(page, at);
    }

    private int applyOther(ByteBuffer page, int at) {
        int id = StreamOps.partition(page, at);
        return switch (page.get(at)) {
            case StreamOps.TRIM -> {
                found(id).ifPresent(partition -> partition.trimmed(StreamOps.trimmedTo(page, at)));
                yield at + StreamOps.TRIM_BYTES;
            }
            case StreamOps.PASSED -> {
                found(id).ifPresent(partition -> partition.feed().backlog().passed(StreamOps.passedTo(page, at)));
                yield at + StreamOps.PASSED_BYTES;
            }
            case StreamOps.DROP -> {
                drop(id);
                yield at + StreamOps.DROP_BYTES;
            }
            case StreamOps.REPLACE -> at + StreamOps.replaceBytes(StreamOps.replacingCount(page, at));
            default -> throw new IllegalStateException("operation " + page.get(at) + " at " + at + " is not known");
        };
    }

    @Override
    public void committed(long offset) {
        for (int i = awaitingCommit.size() - 1; i >= 0; i--) {
            var partition = awaitingCommit.get(i);
            partition.committed(offset);
            if (!partition.committing() || partition.gone()) {
                partition.awaitsCommit = false;
                awaitingCommit.set(i, awaitingCommit.getLast());
                awaitingCommit.removeLast();
            }
        }
    }

    // ---- for partitions ----

    void awaitCommit(LogPartition partition) {
        if (!partition.awaitsCommit) {
            partition.awaitsCommit = true;
            awaitingCommit.add(partition);
        }
    }

    int epoch() {
        return epoch;
    }

    ReadAhead ahead() {
        return ahead;
    }

    Shard.Found found() {
        return found;
    }

    DecompressionBudget decompressions() {
        return decompressions;
    }

    long producerExpiryMillis() {
        return config.producerExpiryMillis();
    }

    /// Runs `work` on another thread and `then` on the loop.
    <T> void aside(Supplier<T> work, Consumer<T> then) {
        threads.execute(() -> {
            try {
                var result = work.get();
                shard.loop().execute(() -> then.accept(result));
            } catch (RuntimeException | Error e) {
                onBroken.accept(e);
            }
        });
    }

    void writeLater(PartitionWrites partition, long bytes) {
        queueToWrite(partition);
        writer.committed(bytes);
    }

    void writeAgain(PartitionWrites partition) {
        queueToWrite(partition);
    }

    private void queueToWrite(PartitionWrites partition) {
        if (!partition.queued) {
            partition.queued = true;
            writer.dirty(partition);
        }
    }

    // once what deletes it cannot be undone by a crash; what is replayed leaves it to the end of recovery
    void delete(Segment segment) {
        if (epoch > 0) {
            shard.urgent();
            shard.atTurnEnd(offset -> shard.await(offset, _ -> writer.delete(segment), 0));
        }
    }

    /// A file that no operation ever named.
    void deleteUnused(Segment segment) {
        segment.drop();
        writer.delete(segment);
    }

    Compactions compactions() {
        return compactions;
    }

    void writeReplayed(Segment segment, ByteBuffer batch, long position) {
        replay.write(segment, batch, position);
    }

    void read(
            Segment segment,
            int fileBytes,
            int indexIntervalBytes,
            SegmentRead.Wanted wanted,
            ReadTarget target,
            Consumer<SegmentRead.Got> answer) {
        var known = segment.index();
        long maxTimestamp = segment.maxTimestamp();
        int delta = (int) Math.max(0, wanted.offset() - segment.baseOffset());
        threads.execute(() -> {
            try {
                var index = known.isPresent()
                        ? known.get()
                        : reading(reader -> reader.index(segment, fileBytes, maxTimestamp, indexIntervalBytes));
                var got = reading(reader -> reader.read(segment, index.positionOf(delta), fileBytes, wanted, target));
                shard.loop().execute(() -> {
                    if (segment.index().isEmpty()) {
                        segment.index(index);
                    }
                    answer.accept(got);
                });
            } catch (IOException | RuntimeException e) {
                shard.loop().execute(() -> readFailed(segment, e, answer));
            }
        });
    }

    /// As [SegmentRead#readOn]; answers on the loop.
    void readOn(
            ReadAhead.Place from,
            int fileBytes,
            int bytes,
            IntFunction<ByteBuffer> memory,
            Consumer<SegmentRead.Got> answer) {
        var segment = from.segment();
        threads.execute(() -> {
            try {
                var got = reading(
                        reader -> reader.readOn(segment, from.position(), fileBytes, from.offset(), bytes, memory));
                shard.loop().execute(() -> answer.accept(got));
            } catch (IOException | RuntimeException e) {
                shard.loop().execute(() -> readFailed(segment, e, answer));
            }
        });
    }

    void readAborted(AbortedFile.Part part, long from, long to, Consumer<AbortedFile.Found> answer) {
        threads.execute(() -> {
            try {
                var found = new AbortedFile(files).find(part, from, to);
                shard.loop().execute(() -> answer.accept(found));
            } catch (IOException | RuntimeException e) {
                shard.loop().execute(() -> {
                    if (part.segment().gone()) {
                        answer.accept(AbortedFile.Found.NOT_HERE);
                    } else {
                        onBroken.accept(e);
                    }
                });
            }
        });
    }

    /// While the log is replayed.
    void writeAborted(Segment segment, AbortedIndex index) {
        try {
            files.writeAborted(segment, index.toWrite(), index.writtenBytes());
            index.written(index.unwritten());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + segment.abortedName(), e);
        }
    }

    private interface Reading<T> {
        T by(SegmentRead reader) throws IOException;
    }

    private <T> T reading(Reading<T> work) throws IOException {
        var idle = readers.poll();
        var reader = idle == null ? new SegmentRead(files) : idle;
        try {
            return work.by(reader);
        } finally {
            readers.add(reader);
        }
    }

    private void readFailed(Segment segment, Exception cause, Consumer<SegmentRead.Got> answer) {
        if (segment.gone()) {
            answer.accept(SegmentRead.Got.NOT_HERE);
        } else {
            onBroken.accept(cause);
        }
    }

    void search(
            TimeSearch search,
            List<TimeSearch.Stretch> stretches,
            long startOffset,
            long end,
            Consumer<Optional<TimeSearch.Found>> answer) {
        threads.execute(() -> {
            try {
                var result = reading(reader -> search.in(stretches, startOffset, end, reader));
                shard.loop().execute(() -> answer.accept(result));
            } catch (IOException | RuntimeException e) {
                shard.loop().execute(() -> {
                    if (stretches.stream().anyMatch(stretch -> stretch.segment().gone())) {
                        answer.accept(Optional.empty());
                    } else {
                        onBroken.accept(e);
                    }
                });
            }
        });
    }

    // ---- retention ----

    private void scheduleRetention() {
        shard.loop().schedule(config.retentionCheckMillis(), () -> {
            retain();
            scheduleRetention();
        });
    }

    void retain() {
        List.copyOf(byId.values()).forEach(LogPartition::retain);
    }

    // ---- checkpoints and recovery ----

    /// Everything that is committed now gets written to segments; `done` hears whether it was, which a full disk
    /// prevents.
    public void flush(Consumer<Boolean> done) {
        writer.flush(done);
    }

    /// Makes durable what was written to segments. On a file thread.
    ///
    /// @throws IOException the device refused; every later call throws too
    public void force() throws IOException {
        files.force();
    }

    /// For a checkpoint, which counts only once all that is appended now is committed, flushed and forced.
    public ByteBuffer snapshot() {
        return StreamSnapshot.take(List.copyOf(byId.values()));
    }

    /// The partitions are those that the catalog has by now; what is in them is the snapshot's.
    public void restore(ByteBuffer snapshot) {
        StreamSnapshot.restore(snapshot, this, shard.loop().clock().millis());
    }

    /// Empties all partitions, without a word to the log.
    public void reset() {
        byId.replaceAll((id, partition) -> partition.fresh());
    }

    LogPartition forRestore(int id) {
        return found(id).orElseThrow(() -> new IllegalStateException("the catalog has no partition " + id));
    }

    /// Replay is over.
    public void recovered() {
        replay.finish();
        var names = new HashSet<String>();
        for (var partition : byId.values()) {
            partition.recovered();
            partition.segments().all().forEach(segment -> {
                names.addAll(SegmentFiles.names(segment));
            });
        }
        try {
            files.keepOnly(names);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete segments that nobody has", e);
        }
    }

    /// Closes the files; nothing may be asked afterwards.
    public void close() throws IOException {
        files.close();
    }
}
