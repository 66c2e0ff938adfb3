package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddVhost;
import io.headrace.catalog.CatalogOperation.PutPermission;
import io.headrace.catalog.CatalogOperation.PutSettings;
import io.headrace.catalog.CatalogOperation.PutUser;
import io.headrace.catalog.CatalogOperation.PutVhost;
import io.headrace.catalog.CatalogOperation.RemoveExchange;
import io.headrace.catalog.CatalogOperation.RemoveQueue;
import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.log.EntryFrame;
import io.headrace.log.StateMachine;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What exists: vhosts, exchanges, bindings, queues, topics, users, permissions, access control lists, policies,
/// parameters. The state machine of the CATALOG group.
///
/// A change takes three steps, and the first changes nothing:
///
/// ```text
///  decide...(what a client wants) ─► Decision ─► CatalogOperation.encode ─► log ─► apply ─► CatalogListener
/// ```
/// A decision holds for the state it was made against. Whoever decides applies the operations, or learns
/// that they were not logged, before the next decision: otherwise two declarations could both be told that
/// they are the first.
///
/// Threads: one owner decides, applies, restores and takes snapshots. Any thread may ask what is there, bindings and
/// exclusive queues excepted, the two `find` methods and the versions: each answer is
/// true at a moment between its beginning and its end, and what was applied before [#version] was read is
/// seen. Two answers need not come from the same moment.
public final class Catalog implements StateMachine {
    /// The vhost that a fresh broker has.
    public static final String DEFAULT_VHOST = "/";

    /// A limit of a vhost.
    public static final String MAX_CONNECTIONS = "max-connections";
    /// A limit of a vhost.
    public static final String MAX_QUEUES = "max-queues";
    /// The global parameter that has the cluster's name.
    public static final String CLUSTER_NAME = "cluster_name";

    private static final int SNAPSHOT_VERSION = 2;
    private static final int SNAPSHOT_HEADER_BYTES = 1 + Long.BYTES + 2 * Integer.BYTES;
    private static final long NOTHING_APPLIED = -1;

    private final CatalogState state = new CatalogState();
    private final ExchangeDecisions exchangeDecisions = new ExchangeDecisions(state);
    private final BindingDecisions bindingDecisions = new BindingDecisions(state);
    private final TopicDecisions topicDecisions = new TopicDecisions(state);
    private final QueueDecisions queueDecisions = new QueueDecisions(state, topicDecisions);
    private final OperatorDecisions operatorDecisions = new OperatorDecisions(state);
    private final AclDecisions aclDecisions = new AclDecisions(state);
    private final PolicyDecisions policyDecisions = new PolicyDecisions(state);
    private long appliedOffset = NOTHING_APPLIED; // owner only
    private volatile long version; // the owner writes

    /// Adds a listener, which hears from now on. Add all of them before [#restore].
    public void addListener(CatalogListener listener) {
        state.addListener(listener);
    }

    // What a client wants

    public Decision<ExchangeDefinition> decideDeclareExchange(ExchangeDeclaration declaration) {
        return exchangeDecisions.declare(declaration);
    }

    /// @return the exchange that went, empty if there was none
    public Decision<Optional<ExchangeDefinition>> decideDeleteExchange(String vhost, String name, boolean ifUnused) {
        return exchangeDecisions.delete(vhost, name, ifUnused);
    }

    /// Passive declaration: the exchange, or why not.
    public Decision<ExchangeDefinition> findExchange(String vhost, String name) {
        return exchangeDecisions.find(vhost, name);
    }

    /// @param connection who asks; an exclusive queue will be its own
    /// @param generatedName asked for a declaration without a name; see [Names#generated]
    /// @param topicId asked for a stream's topic: never used before
    public Decision<QueueDefinition> decideDeclareQueue(
            QueueDeclaration declaration, long connection, Supplier<String> generatedName, Supplier<UUID> topicId) {
        return queueDecisions.declare(declaration, connection, generatedName, topicId);
    }

    /// The queue if it exists and `connection` may use it: passive declaration, consume, get, purge.
    public Decision<QueueDefinition> findQueue(String vhost, String name, long connection) {
        return queueDecisions.find(vhost, name, connection);
    }

    /// Deletes a queue and the auto-delete exchanges that thereby lose their last binding. Whether it is
    /// unused and empty is for the queue itself to say, before.
    ///
    /// @return the queue that went, empty if there was none
    public Decision<Optional<QueueDefinition>> decideDeleteQueue(String vhost, String name, long connection) {
        return queueDecisions.delete(vhost, name, connection);
    }

    /// A connection is gone, and its exclusive queues with it.
    ///
    /// @return the queues that go, ascending by id
    public Decision<List<QueueDefinition>> decideConnectionGone(long connection) {
        return queueDecisions.deleteAll(state.exclusiveQueues(connection));
    }

    public Decision<BindingKey> decideBind(String vhost, BindingKey binding, long connection) {
        return bindingDecisions.bind(vhost, binding, connection);
    }

    public Decision<BindingKey> decideUnbind(String vhost, BindingKey binding, long connection) {
        return bindingDecisions.unbind(vhost, binding, connection);
    }

    /// @param id of the new topic, never used before
    public Decision<TopicDefinition> decideCreateTopic(
            String vhost, String name, UUID id, int partitions, Map<String, String> settings) {
        return topicDecisions.create(vhost, name, id, partitions, settings);
    }

    /// @return the topic that goes
    public Decision<TopicDefinition> decideDeleteTopic(String vhost, String name) {
        return topicDecisions.delete(vhost, name);
    }

    /// @param added how many partitions more
    /// @return the topic as it was
    public Decision<TopicDefinition> decideGrowTopic(String vhost, String name, int added) {
        return topicDecisions.grow(vhost, name, added);
    }

    /// @param settings all of them: what is not named has its default again
    public Decision<TopicDefinition> decideSetTopic(String vhost, String name, Map<String, String> settings) {
        return topicDecisions.set(vhost, name, settings);
    }

    /// @param settings all that go by `name`
    public Decision<String> decidePutSettings(String name, Map<String, String> settings) {
        var sorted = TopicDefinition.sorted(settings);
        return state.settings(name).equals(sorted)
                ? new NoChange<>(name)
                : Storable.change(List.of(new PutSettings(name, sorted)), name);
    }

    /// Kafka's access control lists, and changes of them.
    public AclDecisions acls() {
        return aclDecisions;
    }

    /// Changes of vhosts, users and permissions.
    public OperatorDecisions operators() {
        return operatorDecisions;
    }

    /// Changes of policies, parameters and limits.
    public PolicyDecisions rules() {
        return policyDecisions;
    }

    // Starting

    /// On a directory in which nothing was ever logged: the default vhost, and a user who may do everything
    /// there.
    ///
    /// @param user empty if users will come from elsewhere
    public Decision<Optional<UserDefinition>> decideFirstStart(Optional<UserDefinition> user) {
        if (appliedOffset != NOTHING_APPLIED || !state.vhosts().isEmpty()) {
            return new NoChange<>(user);
        }
        List<CatalogOperation> operations = new ArrayList<>(List.of(new AddVhost(DEFAULT_VHOST)));
        user.ifPresent(first -> {
            operations.add(new PutUser(first));
            operations.add(new PutPermission(first.name(), DEFAULT_VHOST, Permission.ALL));
        });
        return new Change<>(operations, user);
    }

    /// What does not survive a restart: tracing, queues and exchanges that are not durable, exclusive queues, and
    /// with them every binding that touches one. To be asked once, after recovery. The list may be logged
    /// in several batches.
    ///
    /// A durable auto-delete exchange stays, though it may have lost its last binding, as it does in
    /// RabbitMQ.
    ///
    /// @return how many things go
    public Decision<Integer> decideRestart() {
        List<CatalogOperation> operations = new ArrayList<>();
        for (Vhost vhost : state.vhosts()) {
            if (vhost.definition().tracing()) {
                operations.add(new PutVhost(vhost.definition().withoutTracing()));
            }
            vhost.queues().values().stream()
                    .filter(queue -> !queue.durable() || queue.exclusive())
                    .sorted(Comparator.comparingInt(QueueDefinition::id))
                    .forEach(queue -> operations.add(new RemoveQueue(vhost.name(), queue.name())));
            vhost.exchanges().values().stream()
                    .filter(exchange -> !exchange.durable())
                    .sorted(Comparator.comparing(ExchangeDefinition::name))
                    .forEach(exchange -> operations.add(new RemoveExchange(vhost.name(), exchange.name())));
        }
        return operations.isEmpty() ? new NoChange<>(0) : new Change<>(operations, operations.size());
    }

    // The state machine

    /// Applies one batch of operations. An offset that a restored snapshot already holds is passed over.
    ///
    /// @throws IllegalStateException the batch was decided against another state, or a newer version wrote
    ///     it
    @Override
    public void apply(long offset, long timestampMillis, ByteBuffer page, int entryStart, int valueBytes) {
        if (offset <= appliedOffset) {
            return;
        }
        applyAll(CatalogOperation.decode(page, entryStart + EntryFrame.VALUE_START, valueBytes));
        appliedOffset = offset;
    }

    void applyAll(List<CatalogOperation> operations) {
        operations.forEach(state::apply);
        version++;
    }

    /// The whole state, positioned for [#restore].
    public ByteBuffer snapshot() {
        List<CatalogOperation> operations = state.rebuilding();
        ByteBuffer snapshot = ByteBuffer.allocate(SNAPSHOT_HEADER_BYTES + CatalogOperation.sizeBytes(operations));
        snapshot.put((byte) SNAPSHOT_VERSION).putLong(appliedOffset).putInt(state.nextQueueId());
        snapshot.putInt(state.topics().nextPartition());
        CatalogOperation.encode(operations, snapshot, snapshot.position());
        return snapshot.rewind();
    }

    /// Takes the place of whatever this held. Listeners hear what goes and what comes.
    @Override
    public void restore(ByteBuffer snapshot) {
        int start = snapshot.position();
        int snapshotVersion = snapshot.get(start);
        if (snapshotVersion != SNAPSHOT_VERSION) {
            throw new IllegalStateException("catalog snapshot of version " + snapshotVersion + ", known is "
                    + SNAPSHOT_VERSION + ": a newer Headrace wrote it");
        }
        reset();
        applyAll(CatalogOperation.decode(
                snapshot, start + SNAPSHOT_HEADER_BYTES, snapshot.remaining() - SNAPSHOT_HEADER_BYTES));
        appliedOffset = snapshot.getLong(start + 1);
        state.nextQueueId(snapshot.getInt(start + 1 + Long.BYTES));
        state.topics().nextPartition(snapshot.getInt(start + 1 + Long.BYTES + Integer.BYTES));
    }

    /// Listeners hear what goes.
    @Override
    public void reset() {
        state.clear();
        appliedOffset = NOTHING_APPLIED;
        version++;
    }

    /// The offset of the last batch applied, -1 if none.
    public long appliedOffset() {
        return appliedOffset;
    }

    // What is there

    /// Grows with every batch applied.
    public long version() {
        return version;
    }

    /// Grows with every change of users, permissions, access control lists and vhosts.
    public long accessVersion() {
        return state.access().version();
    }

    public boolean hasVhost(String vhost) {
        return state.vhost(vhost).isPresent();
    }

    /// Sorted.
    public List<String> vhosts() {
        return state.vhosts().stream().map(Vhost::name).toList();
    }

    public Optional<ExchangeDefinition> exchange(String vhost, String name) {
        return state.vhost(vhost).flatMap(found -> found.exchange(name));
    }

    public Optional<QueueDefinition> queue(String vhost, String name) {
        return state.vhost(vhost).flatMap(found -> found.queue(name)).filter(queue -> !queue.hidden());
    }

    /// Where messages wait that a delayed exchange holds back.
    public Optional<QueueDefinition> delaying(ExchangeDefinition exchange) {
        return state.vhost(exchange.vhost())
                .flatMap(found -> found.queue(QueueDefinition.delayingName(exchange.name())));
    }

    public Optional<QueueDefinition> queue(int id) {
        return state.queue(id);
    }

    /// What holds for a queue, by the names that policies use: its arguments without `x-`, its policy and its operator
    /// policy, of numbers the smaller, of other things the argument first; of a stream the policy first.
    public FieldTable effective(QueueDefinition queue) {
        return state.policies().effective(queue);
    }

    /// What holds for an exchange: its arguments, which win, and its policy.
    public FieldTable effective(ExchangeDefinition exchange) {
        return state.policies().effective(exchange);
    }

    /// A topic with the settings that hold for it: its own, and over them what policies say of its stream queue.
    public TopicDefinition effective(TopicDefinition topic) {
        return queue(topic.vhost(), topic.name())
                .filter(queue -> queue.type() == QueueType.STREAM)
                .map(this::policyDefinition)
                .filter(policies -> !policies.isEmpty())
                .map(policies -> topic.with(StreamArguments.governed(topic.settings(), policies)))
                .orElse(topic);
    }

    public Optional<Policy> policyOf(QueueDefinition queue) {
        return state.policies().policyOf(queue);
    }

    public Optional<Policy> operatorPolicyOf(QueueDefinition queue) {
        return state.policies().operatorPolicyOf(queue);
    }

    /// Policy and operator policy together, without what the queue itself brought; empty if none acts.
    public FieldTable policyDefinition(QueueDefinition queue) {
        return state.policies().definitionOf(queue);
    }

    public Optional<Policy> policyOf(ExchangeDefinition exchange) {
        return state.policies().policyOf(exchange);
    }

    /// The exclusive queues of a connection, ascending by id. Owner only.
    public List<QueueDefinition> exclusiveQueues(long connection) {
        return List.copyOf(state.exclusiveQueues(connection));
    }

    /// In no order.
    public Stream<ExchangeDefinition> exchanges(String vhost) {
        return state.vhost(vhost).stream().flatMap(found -> found.exchanges().values().stream());
    }

    /// In no order.
    public Stream<QueueDefinition> queues(String vhost) {
        return state.vhost(vhost).stream()
                .flatMap(found -> found.queues().values().stream())
                .filter(queue -> !queue.hidden());
    }

    /// Those that were declared; each queue's binding to the default exchange is understood. Owner only, and so are
    /// the three that follow: whoever asks from elsewhere has them collected on the loop.
    public Stream<BindingKey> bindings(String vhost) {
        return state.vhost(vhost).stream().flatMap(Vhost::bindings);
    }

    /// In the order in which they were made. Owner only.
    public List<BindingKey> bindingsFrom(String vhost, String exchange) {
        return state.vhost(vhost)
                .map(found -> List.copyOf(found.from(exchange)))
                .orElse(List.of());
    }

    /// Likewise.
    public List<BindingKey> bindingsToQueue(String vhost, String queue) {
        return state.vhost(vhost)
                .map(found -> List.copyOf(found.toQueue(queue)))
                .orElse(List.of());
    }

    /// Likewise.
    public List<BindingKey> bindingsToExchange(String vhost, String exchange) {
        return state.vhost(vhost)
                .map(found -> List.copyOf(found.toExchange(exchange)))
                .orElse(List.of());
    }

    public Optional<TopicDefinition> topic(String vhost, String name) {
        return state.topics().topic(vhost, name);
    }

    public Optional<TopicDefinition> topic(UUID id) {
        return state.topics().topic(id);
    }

    /// Sorted by name.
    public List<TopicDefinition> topics(String vhost) {
        return state.topics().topics(vhost);
    }

    /// Empty if nothing goes by `name`.
    public SortedMap<String, String> settings(String name) {
        return state.settings(name);
    }

    /// All that go by a name which begins with `prefix`, by the rest of the name; those that are empty are left out.
    public SortedMap<String, SortedMap<String, String>> settingsBelow(String prefix) {
        return state.settingsBelow(prefix);
    }

    public Optional<VhostDefinition> vhost(String name) {
        return state.vhost(name).map(Vhost::definition);
    }

    /// By name; one below zero limits nothing.
    public SortedMap<String, Long> vhostLimits(String vhost) {
        return state.parameters().limits(vhost);
    }

    public Optional<UserDefinition> user(String name) {
        return state.access().user(name);
    }

    /// Sorted by name.
    public List<UserDefinition> users() {
        return state.access().users();
    }

    public Optional<Permission> permission(String user, String vhost) {
        return state.access().permission(user, vhost);
    }

    /// By vhost.
    public SortedMap<String, Permission> permissionsOf(String user) {
        return state.access().permissionsOf(user);
    }

    /// By user.
    public SortedMap<String, Permission> permissionsIn(String vhost) {
        return state.access().permissionsIn(vhost);
    }

    public Optional<TopicPermission> topicPermission(String user, String vhost, String exchange) {
        return state.access().topicPermission(user, vhost, exchange);
    }

    /// Sorted by exchange.
    public List<TopicPermission> topicPermissions(String user, String vhost) {
        return state.access().topicPermissions(user, vhost);
    }

    public Optional<Policy> policy(String vhost, String name, boolean operator) {
        return state.policies().policy(vhost, name, operator);
    }

    /// Sorted by name.
    ///
    /// @param operator whether operator policies are asked for, or the others
    public List<Policy> policies(String vhost, boolean operator) {
        return state.policies().policies(vhost, operator);
    }

    public Optional<Parameter> parameter(String component, String vhost, String name) {
        return state.parameters().parameter(component, vhost, name);
    }

    /// Sorted by component, vhost and name. The limits of vhosts are among them.
    public List<Parameter> parameters() {
        return state.parameters().all();
    }

    /// By name. The cluster's name is among them, if it was set.
    public SortedMap<String, FieldValue> globalParameters() {
        return state.parameters().globals();
    }

    /// Empty if nobody set one.
    public Optional<String> clusterName() {
        return state.parameters()
                .global(CLUSTER_NAME)
                .filter(FieldValue.LongString.class::isInstance)
                .map(name -> ((FieldValue.LongString) name).text());
    }
}
