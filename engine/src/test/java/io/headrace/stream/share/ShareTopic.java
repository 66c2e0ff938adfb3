package io.headrace.stream.share;

import io.headrace.broker.SimulatedBroker;
import io.headrace.broker.TopicSession;
import io.headrace.log.LyingStorage;
import io.headrace.stream.Batches;
import io.headrace.stream.Partition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;

/// A topic of one partition and a share group over it, in a whole engine on a disk in memory.
final class ShareTopic {
    static final String GROUP = "readers";
    private static final long LAZY_MILLIS = 20; // what nobody waits for is on disk by then
    static final String NAME = "orders";

    final LyingStorage storage;
    final SimulatedBroker broker;
    TopicSession session;
    private int produced;

    ShareTopic(long seed, String... settings) {
        storage = new LyingStorage(seed);
        broker = new SimulatedBroker(storage, seed);
        boot();
        session.create(NAME, 1, Map.of(), _ -> {});
        set(settings);
        session.shares().open(GROUP, partition(), 0, 0);
        commit();
    }

    /// @param settings `share.name=value`
    void set(String... settings) {
        var values = new HashMap<String, String>();
        Arrays.stream(settings).map(word -> word.split("=")).forEach(pair -> values.put(pair[0], pair[1]));
        session.putSettings("kafka.group/" + GROUP, values, () -> {});
        broker.settle();
    }

    void boot() {
        try {
            broker.boot();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        session = broker.topics();
    }

    /// Waits until all that was decided is on disk.
    void commit() {
        broker.settle();
        advance(LAZY_MILLIS);
    }

    /// Whatever is not on disk is lost.
    void crash() {
        storage.crash();
        boot();
    }

    Partition partition() {
        return session.partition(session.topic(NAME).orElseThrow(), 0).orElseThrow();
    }

    SharePartition share() {
        return session.shares().find(GROUP, partition()).orElseThrow();
    }

    /// One batch.
    void produce(int records) {
        var values = IntStream.range(produced, produced + records)
                .mapToObj(i -> "m" + i)
                .toArray(String[]::new);
        produced += records;
        partition().append(Batches.of(values), _ -> {});
        broker.settle();
    }

    /// What the member got, `first-last×deliveries`.
    List<String> fetch(String member, int records) {
        return text(acquire(member, records, false));
    }

    List<String> fetchExactly(String member, int records) {
        return text(acquire(member, records, true));
    }

    Acquired acquire(String member, int records, boolean exactly) {
        var wish = new FetchWish(member, exactly, records, records, 1 << 20, true, () -> true);
        var answers = new ArrayList<Acquired>();
        share().fetch(wish, ByteBuffer::allocate, answers::add);
        broker.settle();
        return answers.getFirst();
    }

    static List<String> text(Acquired acquired) {
        return acquired.ranges().stream()
                .map(range -> "%d-%d×%d".formatted(range.first(), range.last(), range.deliveries()))
                .toList();
    }

    Errors acknowledge(String member, long first, long last, int... types) {
        var all = Arrays.stream(types).mapToObj(type -> (byte) type).toList();
        var error = share().acknowledge(member, List.of(new Acknowledgement(first, last, all)));
        broker.settle();
        return error;
    }

    void advance(long millis) {
        broker.advance(millis);
        broker.settle();
    }
}
