package io.headrace.broker;

import io.headrace.bridge.Bridge;
import io.headrace.catalog.Catalog;
import io.headrace.log.HeadraceLog;
import io.headrace.log.LogConfig;
import io.headrace.log.LyingStorage;
import io.headrace.log.PageArena;
import io.headrace.message.FieldTable;
import io.headrace.queue.QueueConfig;
import io.headrace.security.User;
import io.headrace.shard.SimLoop;
import io.headrace.stream.StreamConfig;
import io.headrace.stream.group.GroupSettings;
import io.headrace.stream.txn.TransactionSettings;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// The whole engine on a lying disk, in one thread: nothing moves unless the test says so.
///
/// Threads: the test's.
public final class SimulatedBroker {
    private static final long MIB = 1 << 20;
    static final LogConfig CONFIG = new LogConfig(MIB, 8 * MIB, 2 * MIB, 1_000, 10, MIB);

    private static final Set<PageArena> OPEN = new HashSet<>();

    private final LyingStorage storage;
    private final Random random;
    private final StreamConfig streams;
    private PageArena arena;
    private EventConfig events = EventConfig.none();
    SimLoop loop;
    HeadraceLog log;
    Engine engine;
    Session session;

    public SimulatedBroker(LyingStorage storage, long seed) {
        this(storage, seed, StreamConfig.defaults());
    }

    public SimulatedBroker(LyingStorage storage, long seed, StreamConfig streams) {
        this.storage = storage;
        this.random = new Random(seed);
        this.streams = streams;
    }

    /// From the next boot on.
    public void events(EventConfig config) {
        events = config;
    }

    /// Opens what the disk holds.
    public void boot() throws IOException {
        boot(0);
    }

    private void boot(long atMillis) throws IOException {
        loop = new SimLoop();
        loop.advance(Math.max(0, atMillis - loop.clock().millis()));
        close();
        arena = new PageArena(CONFIG.memoryBytes());
        OPEN.add(arena);
        log = HeadraceLog.open(storage, CONFIG, loop.clock(), arena);
        var ground = new Engine.Ground(
                log,
                CONFIG,
                storage,
                arena,
                loop,
                loop,
                this::randomName,
                Set.of("guest"),
                true,
                QueueConfig.defaults(),
                streams,
                GroupSettings.defaults(),
                TransactionSettings.defaults(),
                MemoryGauge.PLENTY,
                ResourceLimits.none(),
                events,
                broken -> {
                    throw new AssertionError("the broker broke", broken);
                });
        engine = Engine.recover(new Broker.Identity("sim@localhost", "sim", "4.2.0"), ground);
        log.startStepped();
        engine.start(() -> {});
        settle();
        var opening = engine.open(new User("guest", Set.of("administrator")), "/", loop, "sim");
        session = ((Broker.Opening.Opened) opening).session();
    }

    /// Opens what the disk holds at the time at which it ended.
    void bootAgain() throws IOException {
        long endedMillis = loop.clock().millis();
        boot(endedMillis);
    }

    /// Gives back the memory of all that are open: for tests that make hundreds of them; see [BrokersClosed].
    public static void closeAll() {
        OPEN.forEach(PageArena::close);
        OPEN.clear();
    }

    /// Gives its memory back, which is outside the heap.
    public void close() {
        if (arena != null) {
            OPEN.remove(arena);
            arena.close();
            arena = null;
        }
    }

    /// One small step: a turn of the loop, or one of the log.
    public boolean step() {
        return random.nextBoolean() ? loop.turn() : log.step();
    }

    /// Steps until nothing moves any more.
    public void settle() {
        boolean busy = true;
        for (int i = 0; busy; i++) {
            busy = loop.turn() | log.step();
            if (i > 100_000) {
                throw new IllegalStateException("the broker does not come to rest");
            }
        }
    }

    public void advance(long millis) {
        loop.advance(millis);
    }

    public Broker engine() {
        return engine;
    }

    public Bridge bridge() {
        return engine.bridge();
    }

    public SimLoop loop() {
        return loop;
    }

    /// The topics of `/`, for a user who may do everything.
    public TopicSession topics() {
        var opening = engine.openTopics(new User("guest", Set.of()), Catalog.DEFAULT_VHOST, loop);
        return ((Broker.TopicsOpening.Opened) opening).session();
    }

    void declareQueue(String name, boolean durable) {
        declare(new Command.DeclareQueue(name, false, durable, false, false, FieldTable.EMPTY));
    }

    void declare(Command command) {
        var answers = new Answer[1];
        session.perform(command, answer -> answers[0] = answer);
        settle();
        if (answers[0] == null || answers[0] instanceof Answer.Refused) {
            throw new IllegalStateException(command + " was answered with " + Optional.ofNullable(answers[0]));
        }
    }

    private String randomName() {
        return "%022d".formatted(random.nextLong(1_000_000_000_000L));
    }
}
