package io.headrace.stream.txn;

import io.headrace.catalog.TopicDefinition;
import io.headrace.shard.SimLoop;
import io.headrace.stream.Partition;
import io.headrace.stream.TransactionEnd;
import io.headrace.stream.group.MemoryPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.coordinator.transaction.TransactionLog;

/// Topics in memory and the transactions over them; "restarting" keeps the topics and forgets the rest. What takes its
/// time in a broker can be held back.
///
/// Threads: the test's.
final class TestTopics implements TransactionTopics {
    final SimLoop loop = new SimLoop();
    final List<TransactionEnd> offsetEnds = new ArrayList<>();
    private final Map<String, TopicDefinition> topics = new TreeMap<>();
    private final Map<Integer, MemoryPartition> partitions = new HashMap<>();
    private final List<Runnable> heldIds = new ArrayList<>();
    private final List<Runnable> heldOffsets = new ArrayList<>();
    private final TransactionSettings settings;
    private Transactions transactions;
    private int nextPartition = 1;
    private long nextId = 1_000;
    boolean holdIds;
    boolean holdOffsets;
    Optional<RuntimeException> offsetsFail = Optional.empty();

    TestTopics() {
        this(new TransactionSettings(3, 900_000, 3_600_000, 100));
    }

    TestTopics(TransactionSettings settings) {
        this.settings = settings;
        restart();
    }

    Transactions transactions() {
        return transactions;
    }

    void restart() {
        transactions = new Transactions(new Transactions.Ground(loop, this, settings));
        transactions.start();
        settle();
    }

    /// Runs all that can run, and leaves the clock alone.
    void settle() {
        while (loop.turn()) {}
    }

    void advance(long millis) {
        loop.advance(millis);
        settle();
    }

    TopicDefinition make(String name, int count) {
        var numbers = IntStream.range(0, count).mapToObj(_ -> nextPartition++).toList();
        var topic = new TopicDefinition("/", name, new UUID(7, nextPartition), numbers, new TreeMap<>());
        topics.put(name, topic);
        numbers.forEach(number -> partitions.put(number, new MemoryPartition(number, loop)));
        return topic;
    }

    void grow(String name, int added) {
        var topic = topics.get(name);
        var numbers = new ArrayList<>(topic.partitions());
        for (int i = 0; i < added; i++) {
            partitions.put(nextPartition, new MemoryPartition(nextPartition, loop));
            numbers.add(nextPartition++);
        }
        topics.put(name, new TopicDefinition("/", name, topic.id(), numbers, topic.settings()));
    }

    void delete(String name) {
        var topic = topics.remove(name);
        topic.partitions().forEach(number -> partitions.remove(number).delete());
        transactions.listener().topicDeleted(topic);
    }

    MemoryPartition partition(String topic, int index) {
        return partitions.get(topics.get(topic).partitions().get(index));
    }

    void releaseIds() {
        holdIds = false;
        release(heldIds);
    }

    void releaseOffsets() {
        holdOffsets = false;
        release(heldOffsets);
    }

    private void release(List<Runnable> held) {
        var tasks = List.copyOf(held);
        held.clear();
        tasks.forEach(Runnable::run);
        settle();
    }

    /// `id state epoch` of each record of `__transaction_state`, those of one id in order; a tombstone is `id -`.
    List<String> history() {
        var history = new ArrayList<String>();
        for (var number : topics.get(StateTopic.NAME).partitions()) {
            for (ByteBuffer batch : partitions.get(number).batches()) {
                for (Record entry : MemoryRecords.readableRecords(batch).records()) {
                    history.add(
                            switch (TransactionLog.read(entry.key(), entry.value())) {
                                case TransactionLog.TxnRecord(var id, var state) ->
                                    "%s %s %d".formatted(id, state.state().stateName(), state.producerEpoch());
                                case TransactionLog.TxnTombstone(var id) -> id + " -";
                                default -> throw new AssertionError("no such record");
                            });
                }
            }
        }
        return history;
    }

    static TopicPartition name(String topic, int index) {
        return new TopicPartition(topic, index);
    }

    @Override
    public Optional<TopicDefinition> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    @Override
    public Optional<Partition> partition(TopicDefinition topic, int index) {
        return index < topic.partitions().size()
                ? Optional.ofNullable(partitions.get(topic.partitions().get(index)))
                : Optional.empty();
    }

    @Override
    public void create(String name, int count, Map<String, String> topicSettings, Runnable done) {
        make(name, count);
        loop.execute(done);
    }

    @Override
    public void newProducerId(Consumer<Long> answer) {
        if (holdIds) {
            heldIds.add(() -> answer.accept(nextId++));
        } else {
            answer.accept(nextId++);
        }
    }

    @Override
    public void endOffsets(int partition, TransactionEnd end, Runnable done, Consumer<Throwable> failed) {
        if (offsetsFail.isPresent()) {
            failed.accept(offsetsFail.get());
            return;
        }
        Runnable ended = () -> {
            offsetEnds.add(end);
            done.run();
        };
        if (holdOffsets) {
            heldOffsets.add(ended);
        } else {
            loop.execute(ended);
        }
    }
}
