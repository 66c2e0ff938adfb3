package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.kafka.quota.Quotas;
import io.headrace.net.Conversation;
import io.headrace.net.InputMemory;
import io.headrace.net.Protocol;
import io.headrace.net.Wire;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Kafka's protocol for a listener.
///
/// Threads: any loop; [#prepare] any.
public final class KafkaProtocol implements Protocol {
    /// Topics live in the namespace of a vhost; a Kafka client cannot name one.
    static final String VHOST = "/";

    private static final int KEY_AT = Integer.BYTES;
    /// Far more than there are; which of them is served is seen later.
    private static final int KEY_MAX = 255;
    private static final byte[] NOTHING = {};
    private static final long DRAIN_MILLIS = 5_000;

    private final Broker broker;
    private final KafkaConfig config;
    private final FutureTask<KafkaConnection.Ground> ground = new FutureTask<>(this::load);
    private final InputMemory memory;
    private final FetchMemory fetchMemory;
    private final Mechanisms mechanisms;
    private final CertificateNames certificates;

    private final Set<KafkaConnection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean drained;

    /// @throws IOException a file that the configuration names cannot be used
    public KafkaProtocol(Broker broker, KafkaConfig config) throws IOException {
        this.broker = Objects.requireNonNull(broker);
        this.config = Objects.requireNonNull(config);
        this.memory = new InputMemory(config.requestMemoryBytes(), config.requestBytesMax());
        this.fetchMemory = new FetchMemory(config.fetchMemoryBytes());
        this.mechanisms = Mechanisms.open(broker, config.sasl());
        this.certificates = CertificateNames.by(config.principalMapping());
    }

    /// Loads Kafka's message classes, some 700, in a thread of its own: a third of a second without a cache of
    /// classes. Who starts a broker calls this when everything else is done. The first client that is
    /// quicker has them loaded on its loop, and all on that loop wait.
    public void prepare() {
        Thread.ofPlatform().name("kafka-classes").daemon().start(ground);
    }

    private KafkaConnection.Ground load() {
        var quotas = new Quotas(broker.settings());
        return new KafkaConnection.Ground(
                broker,
                config,
                apis(broker, config, quotas),
                new ApiTimes(broker.connections().requests()),
                mechanisms,
                certificates,
                memory,
                fetchMemory,
                quotas,
                open);
    }

    private KafkaConnection.Ground loaded() {
        ground.run(); // does nothing once somebody has begun
        try {
            return ground.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka's protocol cannot be loaded", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Kafka's protocol was loaded", e);
        }
    }

    /// Every family there is. A new one is added here.
    static ApiTable apis(Broker broker, KafkaConfig config, Quotas quotas) {
        var families = new ArrayList<ApiFamily>(List.of());
        var versions = new ApiVersionsApi();
        families.add(versions);
        families.add(new SaslApi());
        var creation = new TopicCreation(config);
        families.add(new MetadataApi(config, creation));
        families.add(new ClusterApi(config));
        families.add(new ProduceApi());
        families.add(new TransactionsApi());
        families.add(new TransactionsAdminApi());
        families.add(new TxnOffsetCommitApi());
        families.add(new FetchApi(config));
        families.add(new OffsetsApi());
        families.add(new FindCoordinatorApi(config));
        families.add(new GroupMembersApi());
        families.add(new GroupAdminApi());
        families.add(new StreamsGroupsApi(config, creation));
        families.add(new OffsetCommitApi());
        families.add(new OffsetFetchApi());
        families.add(new ShareGroupsApi());
        families.add(new ShareApi(config));
        families.add(new TopicsApi(config, creation));
        families.add(new PartitionsApi());
        families.add(new ProducersApi());
        families.add(new ConfigsApi(config));
        families.add(new ScramApi(broker));
        families.add(new QuotasApi(quotas));
        families.add(new ConfigListApi());
        families.add(new AclsApi());
        families.add(new ReplicasApi());
        families.add(new QuorumApi(config));
        var table = new ApiTable(families);
        versions.offer(table);
        return table;
    }

    @Override
    public String name() {
        return "kafka";
    }

    /// A size that may be one, and a request that there may be.
    @Override
    public Recognition recognise(ByteBuf first) {
        int at = first.readerIndex();
        if (first.readableBytes() >= Integer.BYTES) {
            int size = first.getInt(at);
            if (size < Integer.BYTES || size > config.requestBytesMax()) {
                return Recognition.NO;
            }
        }
        if (first.readableBytes() < KEY_AT + Short.BYTES) {
            return Recognition.MORE;
        }
        int key = first.getShort(at + KEY_AT);
        return key >= 0 && key <= KEY_MAX ? Recognition.YES : Recognition.NO;
    }

    @Override
    public byte[] refusal(ByteBuf first) {
        return NOTHING;
    }

    @Override
    public Conversation serve(Wire wire) {
        var shared = loaded();
        var connection = new KafkaConnection(wire, shared);
        open.add(connection);
        connection.delay(tooSoonMillis(shared.quotas(), wire));
        if (drained) { // it was accepted while the listener closed
            connection.shutdown(DRAIN_MILLIS);
        }
        return connection;
    }

    private static long tooSoonMillis(Quotas quotas, Wire wire) {
        return quotas.any() && wire.remote() instanceof InetSocketAddress remote
                ? quotas.connected(remote.getAddress(), wire.loop().clock().millis())
                : 0;
    }

    /// Lets every client have the answers that are under way, and go; also those that come from now on. Kafka has no
    /// words for it.
    public void drain() {
        drained = true;
        open.forEach(connection -> connection.shutdown(DRAIN_MILLIS));
    }

    /// Clients are welcome again.
    public void revive() {
        drained = false;
    }

    /// Lets every client have the answers that are under way.
    ///
    /// @param graceMillis a connection that is still there by then is cut
    /// @return completes when the last connection is gone
    public CompletableFuture<Void> shutdown(long graceMillis) {
        var gone = open.stream()
                .map(connection -> connection.shutdown(graceMillis))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(gone);
    }
}
