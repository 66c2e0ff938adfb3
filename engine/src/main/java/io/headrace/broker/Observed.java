package io.headrace.broker;

import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.TopicDefinition;
import io.headrace.log.CommitLog;
import io.headrace.queue.DeadLetters.Reason;
import io.headrace.queue.DeathCounts.Strategy;
import io.headrace.queue.Queue;
import io.headrace.queue.QueueCounts;
import io.headrace.shard.Loop;
import io.headrace.stream.Partition;
import io.headrace.stream.Traffic;
import io.headrace.stream.group.GroupLag;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The engine's counters, and what things that are gone have left in them.
///
/// Threads: as [Observation] says; package-private methods on the loop.
final class Observed implements Observation, CatalogListener {
    private static final QueueReport NOTHING = QueueReport.nothing(Tally.NOTHING);
    private static final ExchangeCounts UNUSED = new ExchangeCounts("");

    private static final int UNSETTLED_MAX = 1_000;

    private record ExchangeName(String vhost, String name) {}

    private final Engine engine;
    private final CommitLog log;
    private final Connections connections;
    private final MessageSizes sizes = new MessageSizes();
    private final Map<ExchangeName, ExchangeCounts> exchanges = new HashMap<>();
    private final Map<QueueType, Tally> gone = new EnumMap<>(QueueType.class);
    private final List<RouteCache> unsettled = new ArrayList<>();
    private long declared;
    private long created;
    private long deleted;

    Observed(Engine engine, CommitLog log, Connections connections) {
        this.engine = engine;
        this.connections = connections;
        this.log = log;
    }

    // ---- what happens ----

    /// The counters that publishes to this exchange go to.
    ExchangeCounts counts(String vhost, String exchange) {
        return exchanges.computeIfAbsent(new ExchangeName(vhost, exchange), _ -> new ExchangeCounts(exchange));
    }

    MessageSizes sizes() {
        return sizes;
    }

    /// There is something in these routes that was not added up yet.
    void used(RouteCache routes) {
        if (unsettled.size() >= UNSETTLED_MAX) {
            addUp();
        }
        unsettled.add(routes);
    }

    private void addUp() {
        unsettled.forEach(RouteCache::addUp);
        unsettled.clear();
    }

    void queueDeclared() {
        declared++;
    }

    @Override
    public void queueCreated(QueueDefinition queue) {
        created++;
    }

    /// Must hear before the queue itself is dropped.
    @Override
    public void queueDeleted(QueueDefinition queue) {
        deleted++;
        gone.merge(queue.type(), queue(queue).tally(), Tally::plus);
    }

    @Override
    public void exchangeDeleted(ExchangeDefinition exchange) {
        exchanges.remove(new ExchangeName(exchange.vhost(), exchange.name()));
    }

    @Override
    public void vhostDeleted(String vhost) {
        exchanges.keySet().removeIf(name -> name.vhost.equals(vhost));
    }

    /// What recovery did is not counted.
    void begin() {
        created = 0;
        deleted = 0;
        gone.clear();
    }

    // ---- what is seen of it ----

    @Override
    public Connections connections() {
        return connections;
    }

    @Override
    public Loop loop() {
        return engine.shard().loop();
    }

    @Override
    public QueueReport lengths(QueueDefinition definition) {
        var queue = engine.queues().byId(definition.id());
        return queue == null ? queue(definition) : report(queue, Tally.NOTHING);
    }

    @Override
    public QueueReport queue(QueueDefinition definition) {
        var stream = engine.bridge().byId(definition.id());
        if (stream.isPresent()) {
            var found = stream.get();
            return new QueueReport(
                    found.records(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    found.consumers(),
                    found.consumedExclusively(),
                    found.consumers() > 0 ? 1 : 0,
                    Tally.NOTHING);
        }
        var queue = engine.queues().byId(definition.id());
        return queue == null ? NOTHING : report(queue, tally(queue.counts()));
    }

    private static QueueReport report(Queue queue, Tally tally) {
        return new QueueReport(
                queue.ready(),
                queue.outstanding(),
                queue.delayed(),
                queue.readyBodyBytes(),
                queue.bodyBytes() - queue.readyBodyBytes(),
                queue.memoryBytes(),
                queue.subscribers(),
                queue.consumedExclusively(),
                queue.consumerCapacity(),
                tally);
    }

    private static Tally tally(QueueCounts counts) {
        return Tally.build()
                .with(Counted.PUBLISH, counts.published())
                .with(Counted.DELIVER, counts.delivered())
                .with(Counted.DELIVER_NO_ACK, counts.deliveredNoAck())
                .with(Counted.GET, counts.got())
                .with(Counted.GET_NO_ACK, counts.gotNoAck())
                .with(Counted.GET_EMPTY, counts.getEmpty())
                .with(Counted.REDELIVER, counts.redelivered())
                .with(Counted.ACK, counts.acked())
                .tally();
    }

    @Override
    public ExchangeCounts exchange(String vhost, String name) {
        return exchanges.getOrDefault(new ExchangeName(vhost, name), UNUSED);
    }

    @Override
    public List<QueuePublishes> publishesTo(QueueDefinition queue) {
        addUp();
        List<QueuePublishes> found = new ArrayList<>();
        engine.catalog().exchanges(queue.vhost()).forEach(exchange -> {
            long messages = exchange(exchange.vhost(), exchange.name()).to(queue.id());
            if (messages > 0) {
                found.add(new QueuePublishes(exchange.name(), queue.id(), messages));
            }
        });
        return found;
    }

    @Override
    public List<QueuePublishes> publishesFrom(ExchangeDefinition exchange) {
        addUp();
        var counts = exchanges.get(new ExchangeName(exchange.vhost(), exchange.name()));
        if (counts == null) {
            return List.of();
        }
        counts.forget(id ->
                engine.queues().byId(id) == null && engine.bridge().byId(id).isEmpty());
        return counts.byQueue().entrySet().stream()
                .map(to -> new QueuePublishes(exchange.name(), to.getKey(), to.getValue()[0]))
                .toList();
    }

    @Override
    public Tally goneQueues(QueueType type) {
        return gone.getOrDefault(type, Tally.NOTHING);
    }

    @Override
    public List<DeathReport> deaths() {
        var counts = engine.queues().deathCounts();
        List<DeathReport> reports = new ArrayList<>();
        for (var type : List.of(QueueType.CLASSIC, QueueType.QUORUM)) {
            for (var strategy : Strategy.values()) {
                for (var reason : Reason.values()) {
                    long messages = counts.of(type == QueueType.QUORUM, strategy, reason);
                    reports.add(new DeathReport(type, strategy, reason, messages));
                }
            }
        }
        return reports;
    }

    @Override
    public long delayed(ExchangeDefinition exchange) {
        return engine.queueLives().delayed(exchange);
    }

    @Override
    public List<PartitionReport> partitions(TopicDefinition topic) {
        List<PartitionReport> reports = new ArrayList<>();
        for (int i = 0; i < topic.partitions().size(); i++) {
            int index = i;
            engine.streams()
                    .partition(topic.partitions().get(i))
                    .ifPresent(partition -> reports.add(report(index, partition)));
        }
        return reports;
    }

    private static PartitionReport report(int index, Partition partition) {
        return new PartitionReport(
                index,
                partition.startOffset(),
                partition.highWatermark(),
                partition.sizeBytes(),
                partition.segmentCount(),
                partition.counts().traffic());
    }

    @Override
    public Traffic gonePartitions() {
        return engine.streams().gone();
    }

    @Override
    public void groupLags(Consumer<List<GroupLag>> answer) {
        engine.coordinators().lags().ask(answer);
    }

    @Override
    public QueueChurn queueChurn() {
        return new QueueChurn(declared, created, deleted);
    }

    @Override
    public SizeReport messageSizes() {
        return sizes.report();
    }

    @Override
    public long loggedBytes() {
        return engine.shard().appendedBytes();
    }

    @Override
    public long forces() {
        return log.forces();
    }

    @Override
    public long turns() {
        return engine.shard().turns();
    }

    @Override
    public long unforcedBytes() {
        return log.pendingBytes();
    }
}
