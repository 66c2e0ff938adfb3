package io.headrace.stream.group;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.Decision;
import io.headrace.catalog.TopicDefinition;
import io.headrace.log.EntryFrame;
import io.headrace.shard.ThreadLoop;
import io.headrace.stream.Partition;
import io.headrace.stream.share.Marks;
import io.headrace.stream.share.ShareLog;
import io.headrace.stream.share.SharePartition;
import io.headrace.stream.share.Shares;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// A vhost with topics in memory and its groups; "restarting" keeps the topics and forgets the groups.
final class TestVhost implements AutoCloseable {
    static final String NAME = "/";

    final ThreadLoop loop = new ThreadLoop();
    private final Catalog catalog = new Catalog();
    private final Map<Integer, MemoryPartition> partitions = new HashMap<>(); // loop only
    private final GroupSettings settings;
    private final Shares shares;
    private final OffsetTransactions transactions;
    private VhostGroups groups;
    private long nextOffset;
    int creations; // loop only
    final Set<String> hidden = ConcurrentHashMap.newKeySet();

    TestVhost() {
        this(Map.of());
    }

    /// @param settings besides those that make a test quick
    TestVhost(Map<String, String> settings) {
        this(settings, OffsetTransactions.NONE);
    }

    TestVhost(Map<String, String> settings, OffsetTransactions transactions) {
        this.transactions = transactions;
        Map<String, String> all =
                new TreeMap<>(Map.of("offsets.topic.num.partitions", "3", "group.initial.rebalance.delay.ms", "0"));
        all.putAll(settings);
        this.settings = new GroupSettings(new TreeMap<>(all));
        this.shares = new Shares(
                loop,
                new NoShareLog(),
                id -> Optional.ofNullable(partitions.get(id)),
                group -> groups.ofShareGroup(group));
        loop.on(() -> carryOut(catalog.operators().decideAddVhost(NAME)));
        start();
    }

    void start() {
        loop.on(() -> {
            groups = new VhostGroups(
                    new VhostGroups.Ground(loop, catalog, NAME, new Topics(), shares, settings, transactions));
            catalog.addListener(groups.listener());
            return null;
        });
    }

    void stop() {
        var done = new CompletableFuture<Void>();
        loop.execute(() -> groups.stop(() -> done.complete(null)));
        done.orTimeout(60, TimeUnit.SECONDS).join();
    }

    void restart() {
        stop();
        start();
    }

    VhostGroups groups() {
        return groups;
    }

    Catalog catalog() {
        return catalog;
    }

    <T> CompletableFuture<T> ask(Function<GroupCoordinator, CompletableFuture<T>> question) {
        var answer = new CompletableFuture<T>();
        loop.execute(() -> groups.ask(
                question,
                value -> {
                    if (!loop.inLoop()) {
                        answer.completeExceptionally(new AssertionError("answered off the loop"));
                    }
                    answer.complete(value);
                },
                answer::completeExceptionally));
        return answer.orTimeout(60, TimeUnit.SECONDS);
    }

    TopicDefinition createTopic(String name, int count) {
        return loop.on(() -> create(name, count, Map.of()));
    }

    void deleteTopic(String name) {
        loop.on(() -> {
            var topic = carryOut(catalog.decideDeleteTopic(NAME, name));
            topic.partitions().forEach(number -> partitions.get(number).delete());
            return topic;
        });
    }

    void growTopic(String name, int added) {
        loop.on(() -> {
            carryOut(catalog.decideGrowTopic(NAME, name, added));
            makePartitions(catalog.topic(NAME, name).orElseThrow());
            return null;
        });
    }

    void putSettings(String name, Map<String, String> values) {
        loop.on(() -> carryOut(catalog.decidePutSettings(name, values)));
    }

    /// On the loop.
    Optional<SharePartition> share(String group, String topic, int index) {
        return partition(catalog.topic(NAME, topic).orElseThrow(), index)
                .flatMap(partition -> shares.find(group, partition));
    }

    MemoryPartition offsets(int index) {
        return loop.on(() -> partition(catalog.topic(NAME, OffsetsTopic.NAME).orElseThrow(), index)
                .orElseThrow());
    }

    void makeOffsetsTopic() {
        loop.on(() -> create(OffsetsTopic.NAME, 3, Map.of()));
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 30 s: " + what);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        stop();
        var broken = loop.broken();
        loop.close();
        broken.ifPresent(failure -> {
            throw new AssertionError("a task of the loop failed", failure);
        });
    }

    private TopicDefinition create(String name, int count, Map<String, String> topicSettings) {
        creations++;
        var topic = carryOut(catalog.decideCreateTopic(NAME, name, UUID.randomUUID(), count, topicSettings));
        makePartitions(topic);
        return topic;
    }

    private void makePartitions(TopicDefinition topic) {
        topic.partitions().forEach(number -> partitions.computeIfAbsent(number, id -> new MemoryPartition(id, loop)));
    }

    private Optional<MemoryPartition> partition(TopicDefinition topic, int index) {
        return index < topic.partitions().size()
                ? Optional.ofNullable(partitions.get(topic.partitions().get(index)))
                : Optional.empty();
    }

    private <T> T carryOut(Decision<T> decision) {
        return switch (decision) {
            case Decision.Change<T>(var operations, T outcome) -> {
                int bytes = CatalogOperation.sizeBytes(operations);
                var page = ByteBuffer.allocate(EntryFrame.VALUE_START + bytes + EntryFrame.TRAILER_BYTES);
                CatalogOperation.encode(operations, page, EntryFrame.VALUE_START);
                catalog.apply(nextOffset++, 0, page, 0, bytes);
                yield outcome;
            }
            case Decision.NoChange<T>(T outcome) -> outcome;
            case Decision.Refused<T>(var refusal) -> throw new AssertionError("refused: " + refusal);
        };
    }

    private static final class NoShareLog implements ShareLog {
        @Override
        public void open(SharePartition share) {}

        @Override
        public void close(int share) {}

        @Override
        public void start(int share, long offset) {}

        @Override
        public void mark(int share, Marks marks) {}
    }

    private final class Topics implements GroupTopics {
        @Override
        public Optional<Partition> partition(TopicDefinition topic, int index) {
            return TestVhost.this.partition(topic, index).map(Partition.class::cast);
        }

        @Override
        public boolean visible(String user, String host, String topic) {
            return !hidden.contains(topic);
        }

        @Override
        public void whenCommitted(Runnable done) {
            loop.execute(done);
        }

        @Override
        public void create(String name, int count, Map<String, String> topicSettings, Runnable done) {
            TestVhost.this.create(name, count, topicSettings);
            loop.execute(done);
        }
    }
}
