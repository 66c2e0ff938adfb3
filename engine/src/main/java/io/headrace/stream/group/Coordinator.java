package io.headrace.stream.group;

import com.yammer.metrics.core.MetricsRegistry;
import io.headrace.catalog.TopicDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;

/// Kafka's coordinator, from its start to its stop.
///
/// Threads: [#start], [#topics], [#settings] and [#stop] on the executor it was given, since they may wait for the
/// coordinator's own threads; [#service] any, once [#start] returned.
final class Coordinator {
    private static final System.Logger LOG = System.getLogger(Coordinator.class.getName());
    private static final int NODE = 1;

    private final OffsetsTopic topic;
    private final LoopCalls loop;
    private final SharePersister shares;
    private final LatestOffsets latestOffsets;
    private final GroupSettings settings;
    private final OffsetTransactions transactions;
    private final ExecutorService executor;
    private final Runnable onLoaded;
    private final TopicImages images = new TopicImages();
    private volatile GroupCoordinatorService service;

    /// What it works on.
    record Surroundings(OffsetsTopic topic, LoopCalls loop, SharePersister shares, LatestOffsets latestOffsets) {}

    /// @param onLoaded runs on a thread of the coordinator when all that was to be loaded is
    Coordinator(
            Surroundings surroundings,
            GroupSettings settings,
            OffsetTransactions transactions,
            ExecutorService executor,
            Runnable onLoaded) {
        this.topic = surroundings.topic;
        this.loop = surroundings.loop;
        this.shares = surroundings.shares;
        this.latestOffsets = surroundings.latestOffsets;
        this.settings = settings;
        this.transactions = transactions;
        this.executor = executor;
        this.onLoaded = onLoaded;
    }

    GroupCoordinator service() {
        return service;
    }

    /// Begins to load all groups; those of a partition answer when it is loaded.
    ///
    /// @param topics all there are
    /// @param groupSettings of single groups, by their names
    void start(List<TopicDefinition> topics, Map<String, SortedMap<String, String>> groupSettings) {
        int partitions = topic.definition().orElseThrow().partitions().size();
        var started = build(partitions);
        started.startup(() -> partitions);
        service = started;
        groupSettings.forEach(this::settings);
        topics(topics.stream()
                .<TopicImages.Change>map(TopicImages.Change.There::new)
                .toList());
        for (int index = 0; index < partitions; index++) {
            started.onElection(index, 0);
        }
    }

    private GroupCoordinatorService build(int partitions) {
        var config = settings.coordinator();
        var metrics = new Metrics();
        var loader =
                new OffsetsLoader(topic, loop, Time.SYSTEM, config.offsetsLoadBufferSize(), partitions, this::loaded);
        return new GroupCoordinatorService.Builder(NODE, config)
                .withTime(Time.SYSTEM)
                .withTimer(new SystemTimerReaper("group-coordinator-reaper", new SystemTimer("group-coordinator")))
                .withLoader(loader)
                .withWriter(new OffsetsWriter(topic, loop, transactions))
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
                .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(new MetricsRegistry(), metrics))
                .withGroupConfigManager(settings.groups(config))
                .withPersister(shares)
                .withAuthorizerPlugin(Optional.of(Plugin.<Authorizer>wrapInstance(
                        new VisibleTopics(topic.topics()), metrics, "authorizer.class.name")))
                .withPartitionMetadataClient(latestOffsets)
                .build();
    }

    /// Topics are there, or gone, and the offsets of those that are gone go.
    void topics(List<TopicImages.Change> changes) {
        var step = images.after(changes);
        service.onMetadataUpdate(step.delta(), step.image());
    }

    /// @param values all that are set for the group
    void settings(String group, SortedMap<String, String> values) {
        try {
            service.updateGroupConfig(group, GroupSettings.properties(values));
        } catch (ConfigException
                | InvalidConfigurationException e) { // a front checks what it puts; a newer one may know more
            LOG.log(System.Logger.Level.WARNING, "Settings of group " + group + " are not valid: " + e.getMessage());
        }
    }

    void stop() {
        var stopping = service;
        if (stopping != null) {
            stopping.shutdown();
        }
    }

    // a topic can go while no coordinator runs: nothing but its offsets tells of it then
    private void loaded(Set<OffsetsLoader.CommittedTopic> topics) {
        onLoaded.run();
        try {
            executor.execute(() -> forget(topics));
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "Stopped before offsets of topics that are gone were looked for.");
        }
    }

    private void forget(Set<OffsetsLoader.CommittedTopic> topics) {
        List<OffsetsLoader.CommittedTopic> gone = new ArrayList<>();
        topics.stream()
                .filter(topic -> !images.has(topic.name(), GroupIds.kafkaId(topic.id())))
                .forEach(gone::add);
        while (!gone.isEmpty()) { // a name that went twice has two ids, and each takes a step
            Map<String, OffsetsLoader.CommittedTopic> step = new HashMap<>();
            gone.removeIf(topic -> step.putIfAbsent(topic.name(), topic) == null);
            var told = images.without(step.values());
            service.onMetadataUpdate(told.delta(), told.image());
        }
    }
}
