package io.headrace.server;

import io.headrace.amqp.AmqpProtocol;
import io.headrace.broker.Broker.Identity;
import io.headrace.broker.Engine;
import io.headrace.broker.NodeView.ConnectionLimit;
import io.headrace.catalog.Refusal;
import io.headrace.http.HttpsConfig;
import io.headrace.kafka.KafkaProtocol;
import io.headrace.log.CommitLog;
import io.headrace.log.FileStorage;
import io.headrace.log.HeadraceLog;
import io.headrace.log.PageArena;
import io.headrace.management.ManagementApi;
import io.headrace.management.Told;
import io.headrace.metrics.MetricsApi;
import io.headrace.net.EventLoops;
import io.headrace.net.TlsConfig;
import io.headrace.shovel.DynamicShovels;
import io.headrace.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// A broker: what is built on what, from the data directory up to the listeners.
///
/// Threads: any; [#start] returns when clients can connect, [#close] when the last of them is gone and all
/// is on disk.
public final class Headrace implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Headrace.class.getName());

    /// What clients are told. Some read it to learn what the broker can do, so it is the RabbitMQ that we
    /// behave as.
    public static final String RABBITMQ_VERSION = "4.2.0";
    private static final int FILE_THREADS = 2;
    private static final long GOODBYE_MILLIS = 5_000;
    private static final long SETTLED_MILLIS = 1_000; // after the listeners are open

    private final Path data;
    private final OperatorKey key;
    private final ExecutorService files;
    private final HeadraceLog log;
    private final EventLoops loops;
    private final Engine engine;
    private final AmqpProtocol amqp;
    private final KafkaProtocol kafka;
    private final Listeners listeners;
    private final FutureTask<ManagementApi> management;
    private final CountDownLatch failed = new CountDownLatch(1);
    private DynamicShovels shovels; // null until the engine works
    private volatile Throwable cause; // set once, before `failed` opens
    private boolean closed;

    private Headrace(HeadraceConfig config) throws IOException {
        data = config.data().toAbsolutePath().normalize();
        Files.createDirectories(data);
        var storage = UnforcedStorage.orForced(FileStorage.open(data));
        key = OperatorKey.make(data); // the directory is ours alone now
        var arena = new PageArena(config.log().memoryBytes());
        log = HeadraceLog.open(storage, config.log(), Clock.system(), arena, config.onCorruption());
        files = Executors.newFixedThreadPool(
                FILE_THREADS, Thread.ofPlatform().name("files").factory());
        loops = new EventLoops(config.loops(), Clock.system(), config.connections());
        var node = config.node();
        engine = recovered(
                new Identity(node.nodeName(), node.clusterNameOrOwn(), RABBITMQ_VERSION),
                new Engine.Ground(
                        log,
                        config.log(),
                        storage,
                        arena,
                        loops.engine(),
                        files,
                        new RandomNames(),
                        node.loopbackUsers(),
                        config.management().definitions().isEmpty(),
                        config.queues(),
                        config.topics(),
                        config.groups(),
                        config.transactions(),
                        new ProcessMemory(arena),
                        config.resources(),
                        config.events(),
                        this::broken));
        amqp = new AmqpProtocol(engine, config.amqp());
        kafka = kafka(config);
        listeners = new Listeners(loops, amqp, kafka);
        management = new FutureTask<>(() -> managementApi(config));
    }

    private KafkaProtocol kafka(HeadraceConfig config) throws IOException {
        boolean done = false;
        try {
            var protocol = new KafkaProtocol(engine, config.kafka());
            done = true;
            return protocol;
        } finally {
            if (!done) {
                closeGround();
            }
        }
    }

    private Engine recovered(Identity identity, Engine.Ground ground) throws IOException {
        boolean done = false;
        try {
            var recovered = Engine.recover(identity, ground);
            done = true;
            return recovered;
        } finally {
            if (!done) {
                closeGround();
            }
        }
    }

    /// @throws IOException the data directory cannot be used, or a port cannot be listened on; nothing is
    ///     left running
    public static Headrace start(HeadraceConfig config) throws IOException {
        var headrace = new Headrace(config);
        boolean done = false;
        try {
            headrace.begin(config);
            done = true;
            return headrace;
        } finally {
            if (!done) {
                headrace.close();
            }
        }
    }

    private void begin(HeadraceConfig config) throws IOException {
        log.commits().addListener(new Failure());
        log.start();
        var ready = new CompletableFuture<Void>();
        engine.start(() -> ready.complete(null));
        ready.join();
        shovels = DynamicShovels.open(engine, AmqpProtocol::words); // before definitions, which may have some
        if (config.management().definitions().isPresent()) { // they must be there before clients are
            load(Path.of(config.management().definitions().get()));
        }
        var machine = machine(config);
        listeners.open(
                config,
                request -> managed().serve(request),
                () -> new MetricsApi(engine, engine.observation(), machine, config.metrics()));
        shovels.start();
        var loop = loops.engine();
        loop.execute(() -> loop.schedule(SETTLED_MILLIS, () -> prepare(config)));
        announce(config.node().nodeName());
    }

    private void announce(String node) throws IOException {
        Running.here(node, version(), listeners()).announce(data);
        try {
            RunningBrokers.ofThisUser().add(data);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "tools find this broker by --data {0} only: {1}", data, e.getMessage());
        }
    }

    private Machine machine(HeadraceConfig config) {
        return new Machine(
                data,
                key,
                version(),
                listeners,
                () -> new ConnectionLimit(
                        amqp.connections(), config.amqp().node().connectionsMax()),
                certificates(config));
    }

    private static List<Path> certificates(HeadraceConfig config) {
        return Stream.of(
                        config.tls(),
                        config.kafkaTls(),
                        config.management().secure().map(HttpsConfig::tls),
                        config.metrics().secure().map(HttpsConfig::tls))
                .flatMap(Optional::stream)
                .map(TlsConfig::certificate)
                .toList();
    }

    /// Management and Kafka have many classes to load. Whoever starts a broker and waits for a queue has it by now.
    private void prepare(HeadraceConfig config) {
        if (config.management().enabled()) {
            Thread.ofPlatform().name("management-classes").daemon().start(management);
        }
        if (config.kafkaListener().isPresent() || config.kafkaTls().isPresent()) {
            kafka.prepare();
        }
    }

    private ManagementApi managed() throws InterruptedException, ExecutionException {
        management.run(); // does nothing once somebody has begun
        return management.get();
    }

    private ManagementApi managementApi(HeadraceConfig config) {
        var api = new ManagementApi(engine, engine.observation(), machine(config), Headrace::told, shovels);
        if (config.management().enabled()) { // else nobody would see the rates
            api.start();
        }
        return api;
    }

    /// People who know RabbitMQ are told what AMQP would tell them.
    private static Told told(Refusal refusal) {
        return new Told(AmqpProtocol.code(refusal), AmqpProtocol.words(refusal));
    }

    private void load(Path definitions) throws IOException {
        try {
            managed().load(Files.readAllBytes(definitions));
            LOG.log(System.Logger.Level.INFO, "definitions imported from {0}", definitions);
        } catch (NoSuchFileException e) {
            throw new IOException("Cannot import definitions: there is no file " + definitions, e);
        } catch (IllegalArgumentException e) {
            throw new IOException("Cannot import definitions from " + definitions + ": " + e.getMessage(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("management cannot be loaded", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while definitions were imported", e);
        }
    }

    /// Of this build: `0.1.0-SNAPSHOT`; in a test, where there is no jar, `development`.
    public static String version() {
        return Optional.ofNullable(Headrace.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /// Like `amqp on 127.0.0.1:5672`, with the ports that were really taken.
    public List<String> listeners() {
        return listeners.shown();
    }

    /// Why the broker can no longer keep its promises, once that is so. Nothing is acknowledged any more.
    public Optional<Throwable> failure() {
        return Optional.ofNullable(cause);
    }

    /// Waits until there is a [#failure]: for ever, if all goes well.
    public Throwable awaitFailure() throws InterruptedException {
        failed.await();
        return cause;
    }

    /// The log stopped.
    // State that broke an invariant is not written into a checkpoint: the next start builds it from the log.
    private void broken(Throwable trouble) {
        LOG.log(System.Logger.Level.ERROR, "the engine cannot go on, so the broker stops", trouble);
        cause = trouble;
        failed.countDown();
    }

    private final class Failure implements CommitLog.Listener {
        @Override
        public void committed(int group, long offset) {
            // The engine's business.
        }

        @Override
        public void failed(Throwable trouble) {
            LOG.log(System.Logger.Level.ERROR, "the log of " + data + " stopped, so the broker stops", trouble);
            cause = trouble;
            failed.countDown();
        }
    }

    /// Says goodbye to clients, takes the last checkpoint, and puts everything on disk.
    ///
    /// @throws IOException the log could not be closed; what was confirmed is on disk all the same
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        listeners.close();
        if (management.state() == Future.State.SUCCESS) {
            management.resultNow().stop();
        }
        if (shovels != null) {
            shovels.close();
        }
        waitFor(
                "clients to leave",
                CompletableFuture.allOf(amqp.shutdown(GOODBYE_MILLIS), kafka.shutdown(GOODBYE_MILLIS)));
        if (failure().isEmpty()) {
            var stopped = new CompletableFuture<Void>();
            engine.stop(() -> stopped.complete(null));
            waitFor("the last checkpoint", stopped);
        }
        withdraw();
        closeGround();
    }

    private void withdraw() throws IOException {
        Running.withdraw(data);
        OperatorKey.withdraw(data);
        try {
            RunningBrokers.ofThisUser().remove(data);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "what tells tools where {0} is stays behind: {1}", data, e.getMessage());
        }
    }

    private void closeGround() throws IOException {
        loops.close();
        files.shutdown();
        if (engine != null) { // which it is if it could not recover
            engine.close();
        }
        log.close();
    }

    private static void waitFor(String what, Future<?> event) {
        try {
            event.get(4 * GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "did not wait longer for " + what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
