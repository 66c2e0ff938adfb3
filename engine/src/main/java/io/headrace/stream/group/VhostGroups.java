package io.headrace.stream.group;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.TopicDefinition;
import io.headrace.shard.Loop;
import io.headrace.stream.TransactionEnd;
import io.headrace.stream.share.ShareSettings;
import io.headrace.stream.share.Shares;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.common.TransactionVersion;

/// [Groups] over the topics of one vhost.
///
/// Kafka's coordinator starts with the first question, on a thread of its own; questions that come meanwhile wait. The
/// topic `__consumer_offsets` is made then, if there is none.
///
/// Threads: the loop; answers come on it.
public final class VhostGroups implements Groups {
    private static final System.Logger LOG = System.getLogger(VhostGroups.class.getName());

    /// Questions that wait for the start; past this they are told to come again.
    private static final int WAITING_MAX = 10_000;

    /// Past this the start waits no longer for groups to load: those that do not yet answer say so.
    private static final long LOAD_WAIT_MILLIS = 2_000;

    private final Ground ground;
    private final LoopCalls loopCalls;
    private final OffsetsTopic offsets;
    private final Map<String, SortedMap<String, String>> settings = new TreeMap<>();
    private final Map<String, ShareSettings> ofShareGroups = new HashMap<>(); // that have any of their own
    private ShareSettings ofAllShareGroups; // null until it is asked for: it loads Kafka's classes
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<TopicImages.Change> changes = new ArrayList<>();
    private State state = State.IDLE;
    private Coordinator coordinator; // from the start on; has no service before it runs
    private ExecutorService executor;

    private enum State {
        /// Nobody asked yet.
        IDLE,
        /// Questions wait.
        STARTING,
        RUNNING,
        STOPPED
    }

    /// What groups stand on.
    public record Ground(
            Loop loop,
            Catalog catalog,
            String vhost,
            GroupTopics topics,
            Shares shares,
            GroupSettings settings,
            OffsetTransactions transactions) {}

    private record Waiting(Runnable go, Consumer<Throwable> failed) {}

    public VhostGroups(Ground ground) {
        this.ground = ground;
        this.loopCalls = new LoopCalls(ground.loop());
        this.offsets = new OffsetsTopic(ground.catalog(), ground.vhost(), ground.topics());
    }

    /// To be added to the catalog before it is restored.
    public CatalogListener listener() {
        return new CatalogListener() {
            @Override
            public void topicCreated(TopicDefinition topic) {
                changed(topic, new TopicImages.Change.There(topic));
            }

            @Override
            public void topicGrown(TopicDefinition topic, int added) {
                changed(topic, new TopicImages.Change.There(topic));
            }

            @Override
            public void topicDeleted(TopicDefinition topic) {
                changed(topic, new TopicImages.Change.Gone(topic));
                if (topic.vhost().equals(ground.vhost()) && topic.name().equals(OffsetsTopic.NAME)) {
                    offsetsGone();
                }
            }

            @Override
            public void settingsPut(String name, SortedMap<String, String> values) {
                if (name.startsWith(GroupSettings.OF_ONE_GROUP)) {
                    set(name.substring(GroupSettings.OF_ONE_GROUP.length()), values);
                }
            }
        };
    }

    @Override
    public <T> void ask(
            Function<GroupCoordinator, CompletableFuture<T>> question, Consumer<T> answer, Consumer<Throwable> failed) {
        switch (state) {
            case RUNNING -> put(question, answer, failed);
            case IDLE, STARTING -> {
                if (waiting.size() == WAITING_MAX) {
                    failed.accept(new CoordinatorLoadInProgressException("The coordinator of groups starts."));
                    return;
                }
                waiting.addLast(new Waiting(() -> put(question, answer, failed), failed));
                open();
            }
            case STOPPED -> failed.accept(stopping());
        }
    }

    @Override
    public void open() {
        if (state != State.IDLE) {
            return;
        }
        state = State.STARTING;
        if (offsets.definition().isPresent()) {
            start();
            return;
        }
        var config = ground.settings().coordinator();
        Map<String, String> topicSettings = OffsetsTopic.settings(config);
        ground.topics().create(OffsetsTopic.NAME, config.offsetsTopicPartitions(), topicSettings, this::start);
    }

    /// Whether there may be any: nobody ever used one as long as there is no topic to keep them in.
    boolean any() {
        return state == State.RUNNING
                || state == State.STARTING
                || offsets.definition().isPresent();
    }

    @Override
    public void endTransaction(int partition, TransactionEnd end, Runnable done, Consumer<Throwable> failed) {
        ask(
                coordinator -> coordinator.completeTransaction(
                        new TopicPartition(OffsetsTopic.NAME, partition),
                        end.producerId(),
                        end.producerEpoch(),
                        end.coordinatorEpoch(),
                        end.commit() ? TransactionResult.COMMIT : TransactionResult.ABORT,
                        (end.epochMoved() ? TransactionVersion.TV_2 : TransactionVersion.TV_0).featureLevel()),
                _ -> done.run(),
                failed);
    }

    @Override
    public GroupSettings settings() {
        return ground.settings();
    }

    @Override
    public ShareSettings ofShareGroup(String group) {
        var own = ofShareGroups.get(group);
        if (own != null) {
            return own;
        }
        if (ofAllShareGroups == null) {
            ofAllShareGroups = ground.settings().ofShareGroup(Map.of());
        }
        return ofAllShareGroups;
    }

    /// Everything that waits is told that the coordinator is not available. `done` runs when its threads are gone; the
    /// loop must turn until then.
    public void stop(Runnable done) {
        var stopping = coordinator;
        state = State.STOPPED;
        coordinator = null;
        failWaiting(stopping());
        if (executor == null) {
            done.run();
            return;
        }
        executor.execute(() -> {
            if (stopping != null) {
                stopping.stop();
            }
            ground.loop().execute(done);
        });
        executor.shutdown();
        executor = null;
    }

    private void start() {
        if (state != State.STARTING) {
            return;
        }
        if (offsets.definition().isEmpty()) {
            notStarted(new CoordinatorNotAvailableException("The topic " + OffsetsTopic.NAME + " cannot be created."));
            return;
        }
        if (executor == null) {
            executor = OneThread.named("groups");
        }
        var starting = new Coordinator(
                new Coordinator.Surroundings(
                        offsets,
                        loopCalls,
                        new SharePersister(ground.catalog(), ground.topics(), ground.shares(), loopCalls),
                        new LatestOffsets(ground.catalog(), ground.vhost(), ground.topics(), loopCalls)),
                ground.settings(),
                ground.transactions(),
                executor,
                this::loaded);
        coordinator = starting;
        changes.clear();
        var topics = ground.catalog().topics(ground.vhost());
        var groupSettings = Map.copyOf(settings);
        executor.execute(() -> {
            try {
                starting.start(topics, groupSettings);
                ground.loop().execute(() -> ground.loop().schedule(LOAD_WAIT_MILLIS, () -> run(starting)));
            } catch (Throwable e) {
                starting.stop();
                ground.loop().execute(() -> {
                    if (coordinator == starting) {
                        notStarted(e);
                    }
                });
            }
        });
    }

    private void loaded() {
        ground.loop().execute(() -> run(coordinator));
    }

    private void run(Coordinator started) {
        if (started == null || coordinator != started || state != State.STARTING) {
            return; // runs already, or is stopped
        }
        state = State.RUNNING;
        while (!waiting.isEmpty()) {
            waiting.removeFirst().go.run();
        }
    }

    // the next question tries again
    private void notStarted(Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, "The coordinator of groups does not start: " + cause.getMessage(), cause);
        coordinator = null;
        state = State.IDLE;
        failWaiting(new CoordinatorNotAvailableException("The coordinator of groups does not start."));
    }

    private void failWaiting(Throwable cause) {
        while (!waiting.isEmpty()) {
            waiting.removeFirst().failed.accept(cause);
        }
    }

    private <T> void put(
            Function<GroupCoordinator, CompletableFuture<T>> question, Consumer<T> answer, Consumer<Throwable> failed) {
        CompletableFuture<T> future;
        try {
            future = question.apply(coordinator.service());
        } catch (RuntimeException e) { // Kafka's refusals are exceptions
            failed.accept(e);
            return;
        }
        future.whenComplete((value, failure) -> onLoop(() -> {
            if (failure == null) {
                answer.accept(value);
            } else {
                failed.accept(failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
            }
        }));
    }

    private void onLoop(Runnable task) {
        if (ground.loop().inLoop()) {
            task.run();
        } else {
            ground.loop().execute(task);
        }
    }

    // all of a turn make one step for the coordinator; without one, it reads the catalog when it starts
    private void changed(TopicDefinition topic, TopicImages.Change change) {
        if (coordinator == null || !topic.vhost().equals(ground.vhost())) {
            return;
        }
        if (changes.isEmpty()) {
            ground.loop().afterTurn(this::tellChanges);
        }
        changes.add(change);
    }

    private void tellChanges() {
        var told = List.copyOf(changes);
        changes.clear();
        var current = coordinator;
        if (current != null && !told.isEmpty()) {
            inOrder(current, () -> current.topics(told));
        }
    }

    private void set(String group, SortedMap<String, String> values) {
        settings.put(group, values);
        if (GroupSettings.ofShareGroups(values)) {
            ofShareGroups.put(group, ground.settings().ofShareGroup(values));
        } else {
            ofShareGroups.remove(group);
        }
        var current = coordinator;
        if (current != null) {
            inOrder(current, () -> current.settings(group, values));
        }
    }

    private void inOrder(Coordinator current, Runnable task) {
        executor.execute(() -> {
            try {
                if (current.service() != null) { // else it did not start
                    task.run();
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "The coordinator of groups: " + e.getMessage(), e);
            }
        });
    }

    // everything that groups knew is gone with it; the next question starts anew
    private void offsetsGone() {
        var stopping = coordinator;
        if (stopping == null) {
            return;
        }
        coordinator = null;
        state = State.IDLE;
        failWaiting(stopping());
        executor.execute(stopping::stop);
    }

    private static CoordinatorNotAvailableException stopping() {
        return new CoordinatorNotAvailableException("The coordinator of groups stops.");
    }
}
