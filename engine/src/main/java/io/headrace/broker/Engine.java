package io.headrace.broker;

import io.headrace.bridge.Bridge;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.Decision;
import io.headrace.catalog.Refusal;
import io.headrace.log.CommitLog;
import io.headrace.log.DurableLog;
import io.headrace.log.LogConfig;
import io.headrace.log.PageArena;
import io.headrace.log.Storage;
import io.headrace.queue.QueueConfig;
import io.headrace.queue.Queues;
import io.headrace.routing.Router;
import io.headrace.routing.Routers;
import io.headrace.security.Authorizer;
import io.headrace.security.LoginDelays;
import io.headrace.security.Logins;
import io.headrace.security.PasswordHash;
import io.headrace.security.Permissions;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import io.headrace.shard.Shard;
import io.headrace.stream.StreamConfig;
import io.headrace.stream.Streams;
import io.headrace.stream.group.GroupSettings;
import io.headrace.stream.txn.TransactionSettings;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The whole engine of one node: recovers, then answers fronts.
///
/// Threads: as [Broker] says; package-private methods on the loop.
public final class Engine implements Broker {
    /// Index pages of 64 KiB kept in memory over all queues.
    private static final int RESIDENT_PAGES = 128;
    /// Pages in which something expires, of 96 KiB: up to a quarter of the heap.
    private static final int RESIDENT_EXPIRING_PAGES =
            Math.clamp(Runtime.getRuntime().maxMemory() / 4 / (96 << 10), RESIDENT_PAGES, 4096);
    /// Publishers rest while more than this waits for the disk.
    private static final long PENDING_BYTES_MAX = 32L << 20;
    private static final String CLUSTER_SETTINGS = "kafka.cluster";
    private static final String CLUSTER_ID = "id";

    private final Identity identity;
    private final DurableLog log;
    private final Shard shard;
    private final QueueLives queueLives;
    private final Queues queues;
    private final DirectReplies replies;
    private final Streams streams;
    private final Coordinators coordinators;
    private final Bridge bridge;
    private final Histories histories;
    private final DataGroup data;
    private final Catalog catalog;
    private final CatalogWriter catalogWriter;
    private final Permissions permissions;
    private final Authorizer authorizer;
    private final Entrance entrance;
    private final Routers routers = new Routers();
    private final Checkpointer checkpointer;
    private final Supplier<String> randomNames;
    private final ResourceAlarms alarms = new ResourceAlarms();
    private final ResourceWatch resources;
    private final Observed observed;
    private final Admin admin;
    private final Sessions sessions;
    private final CatalogSettings settings;
    private final Firehose firehose = new Firehose(this);
    private final EventExchange events;
    private final Connections connections;
    private final ProducerIds producerIds = new ProducerIds(this);
    private final boolean defaultUser;
    private boolean live;

    /// What the engine stands on.
    ///
    /// @param files threads for work that blocks; inline under the simulator
    /// @param randomNames 22 characters of URL-safe base64 for generated names
    /// @param loopbackUsers who may log in from this machine only
    /// @param defaultUser whether a fresh directory gets the user `guest`, who may do everything
    /// @param queues what holds for queues that do not say
    /// @param streams how often partitions are looked after
    /// @param groups what is set for consumer groups
    /// @param transactions limits of transactions
    /// @param memory how much is used
    /// @param limits of memory and disk, beyond which publishers wait
    /// @param events whether it tells what happens in it
    /// @param onBroken hears once that an invariant is violated: nothing is to be trusted, and the process
    ///     ends
    public record Ground(
            DurableLog log,
            LogConfig config,
            Storage storage,
            PageArena arena,
            Loop loop,
            Executor files,
            Supplier<String> randomNames,
            Set<String> loopbackUsers,
            boolean defaultUser,
            QueueConfig queues,
            StreamConfig streams,
            GroupSettings groups,
            TransactionSettings transactions,
            MemoryGauge memory,
            ResourceLimits limits,
            EventConfig events,
            Consumer<Throwable> onBroken) {
        /// With RabbitMQ's defaults for queues, Kafka's for topics and groups, and no limit but the log's own.
        public Ground(
                DurableLog log,
                LogConfig config,
                Storage storage,
                PageArena arena,
                Loop loop,
                Executor files,
                Supplier<String> randomNames,
                Set<String> loopbackUsers,
                Consumer<Throwable> onBroken) {
            this(
                    log,
                    config,
                    storage,
                    arena,
                    loop,
                    files,
                    randomNames,
                    loopbackUsers,
                    true,
                    QueueConfig.defaults(),
                    StreamConfig.defaults(),
                    GroupSettings.defaults(),
                    TransactionSettings.defaults(),
                    MemoryGauge.PLENTY,
                    ResourceLimits.none(),
                    EventConfig.none(),
                    onBroken);
        }
    }

    private Engine(Identity identity, Ground ground, Catalog catalog) throws IOException {
        this.identity = identity;
        this.log = ground.log();
        this.catalog = catalog;
        this.randomNames = ground.randomNames();
        this.defaultUser = ground.defaultUser();
        this.shard = new Shard(
                ground.loop(),
                log.commits(),
                log.reader(),
                ground.arena(),
                ground.storage(),
                ground.files(),
                PENDING_BYTES_MAX,
                ground.onBroken());
        this.queues = new Queues(shard, log.indexPages(), RESIDENT_PAGES, RESIDENT_EXPIRING_PAGES);
        this.replies = new DirectReplies(queues);
        this.streams = new Streams(shard, ground.storage(), ground.files(), ground.streams(), ground.onBroken());
        this.coordinators = new Coordinators(this, ground, shard, streams, catalog);
        this.bridge = new Bridge(shard, queues, streams, catalog, routers);
        this.histories = new Histories(shard.loop(), catalog, routers, bridge);
        queues.deadLetters(new DeadLettering(shard, catalog, routers, bridge, histories));
        this.queueLives = new QueueLives(shard.loop(), catalog, queues, bridge, ground.queues(), this::carryOut);
        this.data = new DataGroup(queues, streams, coordinators.shareOperations(), bridge);
        shard.attach(data);
        this.catalogWriter = new CatalogWriter(
                log.commits(), ground.arena(), catalog, ground.loop().clock());
        this.permissions = new Permissions(catalog);
        this.authorizer = new Authorizer(catalog, permissions);
        var rhythm = new Checkpointer.CheckpointRhythm(
                ground.config().checkpointBytes(),
                ground.config().checkpointMillis(),
                ground.config().cleanBytesMax());
        this.checkpointer = new Checkpointer(
                log,
                shard,
                catalog,
                queues,
                streams,
                coordinators.shareOperations(),
                ground.files(),
                rhythm,
                ground.onBroken());
        this.resources = new ResourceWatch(
                identity.nodeName(),
                ground.loop(),
                ground.files(),
                ground.storage(),
                ground.memory(),
                ground.limits(),
                alarms);
        this.events = new EventExchange(this, ground.events());
        this.connections = new Connections(identity.nodeName(), events);
        this.observed = new Observed(this, log.commits(), connections);
        this.admin = new LocalAdmin(this);
        this.sessions = new Sessions(catalog, ground.loop());
        this.entrance = new Entrance(
                this,
                new Logins(catalog, ground.loopbackUsers()),
                new LoginDelays(ground.loop().clock()),
                sessions);
        this.settings = new CatalogSettings(catalog);
        catalog.addListener(routers);
        catalog.addListener(observed); // before the one that drops queues
        catalog.addListener(queueLives);
        catalog.addListener(new TopicPartitions(catalog, streams, coordinators.shares(), () -> live));
        coordinators.listen(catalog); // after the one that makes partitions
        catalog.addListener(bridge); // likewise
        catalog.addListener(sessions);
        catalog.addListener(histories);
        catalog.addListener(firehose);
        catalog.addListener(settings);
        catalog.addListener(events);
    }

    /// Recovers what `ground` holds. Then the log is to be started, and then the engine, with [#start].
    ///
    /// The caller's thread is the owner until [#start].
    public static Engine recover(Identity identity, Ground ground) throws IOException {
        var engine = new Engine(identity, ground, new Catalog());
        engine.recover();
        return engine;
    }

    /// Begins to work, on the loop.
    ///
    /// @param ready runs on the loop when fronts may be opened
    public void start(Runnable ready) {
        log.commits().addListener(new LogNews(shard, catalogWriter, alarms, checkpointer));
        shard.loop().execute(() -> {
            begin();
            ready.run();
        });
    }

    private void recover() throws IOException {
        log.restore(CommitLog.CATALOG, catalog);
        log.restore(CommitLog.DATA, data);
        log.replay(catalog, data);
        queues.recovered(log.wasCleanlyClosed());
        streams.recovered();
        coordinators.shareOperations().recovered();
        observed.begin();
        live = true;
        queueLives.recovered();
    }

    private void begin() {
        shard.lead(log.commits().epoch(CommitLog.DATA));
        streams.lead(log.commits().epoch(CommitLog.DATA));
        catalogWriter.lead(log.commits().epoch(CommitLog.CATALOG));
        carryOut(catalog.decideFirstStart(defaultUser ? Optional.of(Logins.defaultUser(salt())) : Optional.empty()));
        carryOut(catalog.decideRestart());
        queueLives.start();
        change(events.settle(), () -> {});
        events.begin(alarms);
        if (catalog.settings(CLUSTER_SETTINGS).isEmpty()) {
            carryOut(catalog.decidePutSettings(
                    CLUSTER_SETTINGS, Map.of(CLUSTER_ID, randomId().toString())));
        }
        coordinators.start();
        checkpointer.start();
        resources.start();
    }

    /// Takes the last checkpoint. Fronts must have closed their sessions; nothing may be asked afterwards.
    public void stop(Runnable done) {
        shard.loop().execute(() -> coordinators.stop(() -> checkpointer.finish(done)));
    }

    /// Closes files; the loop and the file threads are at rest.
    public void close() throws IOException {
        streams.close();
    }

    @Override
    public Identity identity() {
        return catalog.clusterName()
                .map(name -> new Identity(identity.nodeName(), name, identity.version()))
                .orElse(identity);
    }

    @Override
    public Admin admin() {
        return admin;
    }

    @Override
    public SharedSettings settings() {
        return settings;
    }

    @Override
    public void login(String user, byte[] password, SocketAddress remote, Loop loop, Consumer<Login> answer) {
        entrance.login(user, password, remote, loop, answer);
    }

    @Override
    public void beforeLogin(String user, SocketAddress remote, Loop loop, Runnable then) {
        entrance.before(user, remote, loop, then);
    }

    @Override
    public void loginFailed(String user, SocketAddress remote) {
        entrance.failed(user, remote);
    }

    @Override
    public boolean passwordIs(String user, byte[] password) {
        return entrance.passwordIs(user, password);
    }

    @Override
    public Login loginTrusted(String user, SocketAddress remote) {
        return entrance.loginTrusted(user, remote);
    }

    // from the same source as generated names, so that a simulated run repeats itself
    private byte[] salt() {
        return Arrays.copyOf(randomNames.get().getBytes(StandardCharsets.US_ASCII), PasswordHash.SALT_BYTES);
    }

    @Override
    public Opening open(User user, String vhost, Loop loop, String connectionName) {
        return entrance.open(user, vhost, connectionName);
    }

    @Override
    public Opening openAside(User user, String vhost, Loop loop, String name) {
        return entrance.openAside(user, vhost, name);
    }

    @Override
    public TopicsOpening openTopics(User user, String vhost, Loop loop) {
        return entrance.openTopics(user, vhost);
    }

    @Override
    public Connections connections() {
        return connections;
    }

    @Override
    public EventExchange events() {
        return events;
    }

    /// What happens here, for those who watch.
    public Observation observation() {
        return observed;
    }

    @Override
    public Alarms alarms() {
        return alarms;
    }

    @Override
    public Resources resources() {
        return resources;
    }

    // ---- for sessions ----

    Shard shard() {
        return shard;
    }

    Queues queues() {
        return queues;
    }

    DirectReplies replies() {
        return replies;
    }

    Streams streams() {
        return streams;
    }

    QueueLives queueLives() {
        return queueLives;
    }

    Bridge bridge() {
        return bridge;
    }

    Catalog catalog() {
        return catalog;
    }

    Observed observed() {
        return observed;
    }

    Permissions permissions() {
        return permissions;
    }

    Authorizer authorizer() {
        return authorizer;
    }

    Firehose firehose() {
        return firehose;
    }

    Sessions sessions() {
        return sessions;
    }

    Router router(String vhost) {
        return routers.of(vhost).orElseThrow(() -> new IllegalStateException("no vhost " + vhost));
    }

    String randomName() {
        return randomNames.get();
    }

    /// An id that is new, see [RandomIds].
    UUID randomId() {
        return RandomIds.next(randomNames);
    }

    UUID clusterId() {
        return UUID.fromString(catalog.settings(CLUSTER_SETTINGS).get(CLUSTER_ID));
    }

    Coordinators coordinators() {
        return coordinators;
    }

    Histories histories() {
        return histories;
    }

    ProducerIds producerIds() {
        return producerIds;
    }

    /// Puts settings that go by a name; `done` runs when they last.
    void put(String name, Map<String, String> settings, Runnable done) {
        switch (catalog.decidePutSettings(name, settings)) {
            case Decision.Change<String> change -> change(change.operations(), done);
            case Decision.NoChange<String> _ -> done.run();
            case Decision.Refused<String>(Refusal refusal) -> throw new IllegalStateException("refused: " + refusal);
        }
    }

    /// Whether publishers must wait.
    boolean alarmed() {
        return alarms.any();
    }

    /// For one session.
    Relief newRelief() {
        return new Relief(shard, alarms);
    }

    TopicSession.CatalogLog catalogLog() {
        var commits = log.commits();
        return new TopicSession.CatalogLog(commits.epoch(CommitLog.CATALOG), commits.nextOffset(CommitLog.CATALOG));
    }

    long lastOffset() {
        return log.commits().nextOffset(CommitLog.DATA) - 1;
    }

    /// Logs and applies a decided change; `then` runs when it is committed, or at once if none of it lasts.
    void change(List<CatalogOperation> operations, Runnable then) {
        if (operations.isEmpty()) {
            then.run();
        } else {
            events.around(operations, () -> catalogWriter.append(operations, Lasting.any(operations, catalog), then));
        }
    }

    private void carryOut(Decision<?> decision) {
        if (decision instanceof Decision.Change<?> change) {
            change(change.operations(), () -> {});
        }
    }
}
