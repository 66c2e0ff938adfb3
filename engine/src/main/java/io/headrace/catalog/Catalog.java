package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddVhost;
import io.headrace.catalog.CatalogOperation.PutPermission;
import io.headrace.catalog.CatalogOperation.PutSettings;
import io.headrace.catalog.CatalogOperation.PutUser;
import io.headrace.catalog.CatalogOperation.RemoveExchange;
import io.headrace.catalog.CatalogOperation.RemovePermission;
import io.headrace.catalog.CatalogOperation.RemoveQueue;
import io.headrace.catalog.CatalogOperation.RemoveUser;
import io.headrace.catalog.CatalogOperation.RemoveVhost;
import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.catalog.Decision.Refused;
import io.headrace.log.EntryFrame;
import io.headrace.log.StateMachine;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What exists: vhosts, exchanges, bindings, queues, topics, users, permissions. The state machine of the CATALOG
/// group.
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
/// Threads: one owner decides, applies, restores and takes snapshots. Any thread may ask [#exchange],
/// [#queue], [#user], [#permission], the lists, the two `find` methods and the versions: each answer is
/// true at a moment between its beginning and its end, and what was applied before [#version] was read is
/// seen. Two answers need not come from the same moment.
public final class Catalog implements StateMachine {
    /// The vhost that a fresh broker has.
    public static final String DEFAULT_VHOST = "/";

    private static final String ARGUMENT_PREFIX = "x-";
    private static final int SNAPSHOT_VERSION = 2;
    private static final int SNAPSHOT_HEADER_BYTES = 1 + Long.BYTES + 2 * Integer.BYTES;
    private static final long NOTHING_APPLIED = -1;

    private final CatalogState state = new CatalogState();
    private final ExchangeDecisions exchangeDecisions = new ExchangeDecisions(state);
    private final BindingDecisions bindingDecisions = new BindingDecisions(state);
    private final TopicDecisions topicDecisions = new TopicDecisions(state);
    private final QueueDecisions queueDecisions = new QueueDecisions(state, topicDecisions);
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

    // What an operator wants

    /// @param settings all that go by `name`
    public Decision<String> decidePutSettings(String name, Map<String, String> settings) {
        var sorted = TopicDefinition.sorted(settings);
        return state.settings(name).equals(sorted)
                ? new NoChange<>(name)
                : new Change<>(List.of(new PutSettings(name, sorted)), name);
    }

    public Decision<String> decideAddVhost(String vhost) {
        return state.vhost(vhost).isPresent()
                ? new NoChange<>(vhost)
                : new Change<>(List.of(new AddVhost(vhost)), vhost);
    }

    public Decision<String> decideRemoveVhost(String vhost) {
        return state.vhost(vhost).isPresent()
                ? new Change<>(List.of(new RemoveVhost(vhost)), vhost)
                : new Refused<>(new Refusal.VhostNotFound(vhost));
    }

    public Decision<UserDefinition> decidePutUser(UserDefinition user) {
        return state.user(user.name()).equals(Optional.of(user))
                ? new NoChange<>(user)
                : new Change<>(List.of(new PutUser(user)), user);
    }

    public Decision<String> decideRemoveUser(String user) {
        return state.user(user).isPresent()
                ? new Change<>(List.of(new RemoveUser(user)), user)
                : new Refused<>(new Refusal.UserNotFound(user));
    }

    /// @param permission with patterns that `io.headrace.security` has found to be valid
    public Decision<Permission> decidePutPermission(String user, String vhost, Permission permission) {
        if (state.user(user).isEmpty()) {
            return new Refused<>(new Refusal.UserNotFound(user));
        }
        if (state.vhost(vhost).isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(vhost));
        }
        return state.permission(user, vhost).equals(Optional.of(permission))
                ? new NoChange<>(permission)
                : new Change<>(List.of(new PutPermission(user, vhost, permission)), permission);
    }

    /// @return what was taken away
    public Decision<Optional<Permission>> decideRemovePermission(String user, String vhost) {
        Optional<Permission> current = state.permission(user, vhost);
        return current.isPresent()
                ? new Change<>(List.of(new RemovePermission(user, vhost)), current)
                : new NoChange<>(current);
    }

    // Starting

    /// On a directory in which nothing was ever logged: the default vhost, and a user who may do everything
    /// there.
    public Decision<UserDefinition> decideFirstStart(UserDefinition user) {
        if (appliedOffset != NOTHING_APPLIED || !state.vhosts().isEmpty()) {
            return new NoChange<>(user);
        }
        List<CatalogOperation> operations = List.of(
                new AddVhost(DEFAULT_VHOST),
                new PutUser(user),
                new PutPermission(user.name(), DEFAULT_VHOST, Permission.ALL));
        return new Change<>(operations, user);
    }

    /// What does not survive a restart: queues and exchanges that are not durable, exclusive queues, and
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

    /// Grows with every change of users, permissions and vhosts.
    public long accessVersion() {
        return state.accessVersion();
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

    /// What holds for a queue, by the names that policies use: its arguments without `x-`.
    public FieldTable effective(QueueDefinition queue) {
        Map<String, FieldValue> settings = new LinkedHashMap<>();
        queue.arguments().fields().forEach((name, value) -> {
            if (name.startsWith(ARGUMENT_PREFIX)) {
                settings.put(name.substring(ARGUMENT_PREFIX.length()), value);
            }
        });
        return new FieldTable(settings);
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

    /// Those that were declared; each queue's binding to the default exchange is understood. Owner only.
    public Stream<BindingKey> bindings(String vhost) {
        return state.vhost(vhost).stream().flatMap(Vhost::bindings);
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

    public Optional<UserDefinition> user(String name) {
        return state.user(name);
    }

    public Optional<Permission> permission(String user, String vhost) {
        return state.permission(user, vhost);
    }
}
