package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Catalog;
import io.headrace.log.HeadraceLog;
import io.headrace.log.LyingStorage;
import io.headrace.log.PageArena;
import io.headrace.queue.QueueConfig;
import io.headrace.security.User;
import io.headrace.shard.ThreadLoop;
import io.headrace.stream.StreamConfig;
import io.headrace.stream.group.GroupSettings;
import io.headrace.stream.txn.TransactionSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: an offset whose commit was answered is there after a crash.
/// Method: the real coordinator on the real engine, over a disk that loses what was not forced.
@DisplayNameGeneration(ReplaceUnderscores.class)
class GroupsOnLogTest {
    private static final long LOG_STEP_MILLIS = 1;
    private static final User GUEST = new User("guest", Set.of());

    private final LyingStorage storage = new LyingStorage(7);
    private final Random names = new Random(7);
    private PageArena arena;
    private ThreadLoop loop;
    private HeadraceLog log;
    private Engine engine;
    private TopicSession topics;

    @BeforeEach
    void boot() throws IOException {
        loop = new ThreadLoop();
        arena = new PageArena(SimulatedBroker.CONFIG.memoryBytes());
        log = HeadraceLog.open(storage, SimulatedBroker.CONFIG, loop.clock(), arena);
        var settings = new TreeMap<>(Map.of("offsets.topic.num.partitions", "4"));
        var ground = new Engine.Ground(
                log,
                SimulatedBroker.CONFIG,
                storage,
                arena,
                loop,
                loop,
                () -> "%022d".formatted(names.nextLong(1_000_000_000_000L)),
                Set.of("guest"),
                true,
                QueueConfig.defaults(),
                StreamConfig.defaults(),
                new GroupSettings(settings),
                TransactionSettings.defaults(),
                MemoryGauge.PLENTY,
                ResourceLimits.none(),
                EventConfig.none(),
                broken -> {
                    throw new AssertionError("the broker broke", broken);
                });
        engine = Engine.recover(new Broker.Identity("sim@localhost", "sim", "4.2.0"), ground);
        log.startStepped();
        var ready = new CompletableFuture<Void>();
        engine.start(() -> ready.complete(null));
        loop.execute(this::stepLog);
        ready.orTimeout(30, TimeUnit.SECONDS).join();
        topics = loop.on(() -> switch (engine.openTopics(GUEST, Catalog.DEFAULT_VHOST, loop)) {
            case Broker.TopicsOpening.Opened(TopicSession session) -> session;
            case Broker.TopicsOpening.Refused(var refusal) -> throw new AssertionError(refusal);
        });
    }

    @AfterEach
    void shutDown() {
        var done = new CompletableFuture<Void>();
        loop.execute(() -> engine.coordinators().groups().stop(() -> done.complete(null)));
        done.orTimeout(30, TimeUnit.SECONDS).join();
        var broken = loop.broken();
        loop.close();
        arena.close();
        assertThat(broken).isEmpty();
    }

    @Test
    void committed_offsets_survive_crashes() throws IOException {
        UUID orders = create("orders");
        for (int life = 1; life <= 3; life++) {
            for (int group = 0; group < 20; group++) {
                commit("group-" + group, orders, 100L * life + group);
            }
            shutDown();
            storage.crash();
            boot();
        }

        for (int group = 0; group < 20; group++) {
            assertThat(offset("group-" + group)).isEqualTo(300 + group);
        }
    }

    @Test
    void offsets_that_are_gone_with_their_topic_stay_so_after_a_crash() throws IOException {
        UUID orders = create("orders");
        commit("g", orders, 42);
        shutDown();
        storage.crash();
        boot();
        delete("orders");
        create("orders");
        shutDown();
        storage.crash();
        boot();

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (offset("g") != -1) { // the coordinator looks for them when it has loaded
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    private void stepLog() {
        log.step();
        loop.schedule(LOG_STEP_MILLIS, this::stepLog);
    }

    private UUID create(String name) {
        var answer = new CompletableFuture<TopicSession.TopicAnswer>();
        loop.execute(() -> topics.create(name, 1, Map.of(), answer::complete));
        return done(answer).topic().id();
    }

    private void delete(String name) {
        var answer = new CompletableFuture<TopicSession.TopicAnswer>();
        loop.execute(() -> topics.delete(name, answer::complete));
        done(answer);
    }

    private static TopicSession.TopicAnswer.Done done(CompletableFuture<TopicSession.TopicAnswer> answer) {
        return (TopicSession.TopicAnswer.Done)
                answer.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private void commit(String group, UUID topic, long offset) {
        var request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName("orders")
                        .setTopicId(new Uuid(topic.getMostSignificantBits(), topic.getLeastSignificantBits()))
                        .setPartitions(List.of(new OffsetCommitRequestPartition().setCommittedOffset(offset)))));
        var answer = ask(coordinator ->
                coordinator.commitOffsets(context(ApiKeys.OFFSET_COMMIT), request, BufferSupplier.NO_CACHING));
        assertThat(answer.topics().getFirst().partitions().getFirst().errorCode())
                .isEqualTo(Errors.NONE.code());
    }

    /// -1 if there is none.
    private long offset(String group) {
        var request = new OffsetFetchRequestGroup().setGroupId(group).setTopics(null);
        var answer = ask(coordinator -> coordinator.fetchOffsets(context(ApiKeys.OFFSET_FETCH), request, false));
        return answer.topics().isEmpty()
                ? -1
                : answer.topics().getFirst().partitions().getFirst().committedOffset();
    }

    private <T> T ask(Function<GroupCoordinator, CompletableFuture<T>> question) {
        var answer = new CompletableFuture<T>();
        loop.execute(() -> topics.groups().ask(question, answer::complete, answer::completeExceptionally));
        return answer.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static RequestContext context(ApiKeys key) {
        return new RequestContext(
                new RequestHeader(key, key.latestVersion(), "client", 1),
                "connection",
                InetAddress.getLoopbackAddress(),
                Optional.empty(),
                KafkaPrincipal.ANONYMOUS,
                ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false);
    }
}
