package io.headrace.broker;

import io.headrace.catalog.Acl;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.Decision;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.TopicDefinition;
import io.headrace.security.User;
import io.headrace.security.Verdicts;
import io.headrace.stream.Partition;
import io.headrace.stream.StreamConfig;
import io.headrace.stream.group.Groups;
import io.headrace.stream.share.Shares;
import io.headrace.stream.txn.Transactions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Consumer;

/// A session on the shard that owns all partitions.
///
/// Threads: the loop.
final class LocalTopics implements TopicSession, Guest {
    /// The largest there can be takes some 200 KiB, and an entry 16 MiB.
    private static final int ACLS_AT_ONCE = 64;

    private final Engine engine;
    private final User user;
    private final String vhost;
    private final Verdicts verdicts;
    private final Relief relief;
    private Consumer<String> onEnd = _ -> {};

    LocalTopics(Engine engine, User user, String vhost) {
        this.engine = engine;
        this.user = user;
        this.vhost = vhost;
        this.verdicts = new Verdicts(engine.authorizer(), user, vhost);
        this.relief = engine.newRelief();
    }

    @Override
    public User user() {
        return user;
    }

    @Override
    public String vhost() {
        return vhost;
    }

    @Override
    public void onEnd(Consumer<String> listener) {
        onEnd = listener;
    }

    @Override
    public void end(String reason) {
        onEnd.accept(reason);
    }

    @Override
    public void close() {
        engine.sessions().closed(this, 0);
        relief.close();
    }

    @Override
    public boolean may(Acl.Operation operation, Acl.ResourceType type, String name) {
        return verdicts.may(operation, type, name);
    }

    @Override
    public boolean mayAny(Acl.Operation operation, Acl.ResourceType type) {
        return engine.authorizer().mayAny(user, vhost, operation, type);
    }

    @Override
    public List<Acl> acls() {
        return catalog().acls().all();
    }

    @Override
    public void addAcls(List<Acl> acls, Consumer<Optional<Refusal>> answer) {
        switch (catalog().acls().decideAdd(acls)) {
            case Decision.Change<Integer> change ->
                changeInPieces(change.operations(), () -> answer.accept(Optional.empty()));
            case Decision.NoChange<Integer> _ -> answer.accept(Optional.empty());
            case Decision.Refused<Integer>(Refusal refusal) -> answer.accept(Optional.of(refusal));
        }
    }

    @Override
    public void removeAcls(List<Acl> acls, Runnable done) {
        switch (catalog().acls().decideRemove(acls)) {
            case Decision.Change<Integer> change -> changeInPieces(change.operations(), done);
            case Decision.NoChange<Integer> _ -> done.run();
            case Decision.Refused<Integer>(Refusal refusal) -> throw new IllegalStateException("refused: " + refusal);
        }
    }

    /// An entry of the log has no room for thousands of them. What is logged later is committed later.
    private void changeInPieces(List<CatalogOperation> operations, Runnable done) {
        int first = 0;
        while (operations.size() - first > ACLS_AT_ONCE) {
            engine.change(operations.subList(first, first + ACLS_AT_ONCE), () -> {});
            first += ACLS_AT_ONCE;
        }
        engine.change(operations.subList(first, operations.size()), done);
    }

    @Override
    public List<TopicDefinition> topics() {
        return catalog().topics(vhost);
    }

    @Override
    public Optional<TopicDefinition> topic(String name) {
        return catalog().topic(vhost, name);
    }

    @Override
    public Optional<TopicDefinition> topic(UUID id) {
        return catalog().topic(id).filter(topic -> topic.vhost().equals(vhost));
    }

    @Override
    public Optional<Partition> partition(TopicDefinition topic, int index) {
        return index < 0 || index >= topic.partitions().size()
                ? Optional.empty()
                : engine.streams().partition(topic.partitions().get(index));
    }

    @Override
    public void create(String name, int partitions, Map<String, String> settings, Consumer<TopicAnswer> answer) {
        carryOut(catalog().decideCreateTopic(vhost, name, engine.randomId(), partitions, settings), answer);
    }

    @Override
    public void delete(String name, Consumer<TopicAnswer> answer) {
        carryOut(catalog().decideDeleteTopic(vhost, name), answer);
    }

    @Override
    public void grow(String name, int added, Consumer<TopicAnswer> answer) {
        carryOut(catalog().decideGrowTopic(vhost, name, added), answer);
    }

    @Override
    public void set(String name, Map<String, String> settings, Consumer<TopicAnswer> answer) {
        carryOut(catalog().decideSetTopic(vhost, name, settings), answer);
    }

    // the outcome of a decision is the topic as it will be, but for what grew
    private void carryOut(Decision<TopicDefinition> decision, Consumer<TopicAnswer> answer) {
        switch (decision) {
            case Decision.Change<TopicDefinition> change ->
                engine.change(
                        change.operations(), () -> answer.accept(new TopicAnswer.Done(current(change.outcome()))));
            case Decision.NoChange<TopicDefinition>(TopicDefinition topic) ->
                answer.accept(new TopicAnswer.Done(topic));
            case Decision.Refused<TopicDefinition>(Refusal refusal) -> answer.accept(new TopicAnswer.Refused(refusal));
        }
    }

    private TopicDefinition current(TopicDefinition topic) {
        return catalog().topic(topic.id()).orElse(topic);
    }

    @Override
    public SortedMap<String, String> settings(String name) {
        return catalog().settings(name);
    }

    @Override
    public List<String> settingsNames(String prefix) {
        return catalog().settingsBelow(prefix).keySet().stream()
                .map(prefix::concat)
                .toList();
    }

    @Override
    public void putSettings(String name, Map<String, String> settings, Runnable done) {
        engine.put(name, settings, done);
    }

    @Override
    public DiskSpace disk() {
        var levels = engine.resources().levels();
        return new DiskSpace(levels.diskTotalBytes(), levels.diskFreeBytes());
    }

    @Override
    public CatalogLog catalogLog() {
        return engine.catalogLog();
    }

    @Override
    public UUID clusterId() {
        return engine.clusterId();
    }

    @Override
    public void newProducerId(Consumer<Long> answer) {
        engine.producerIds().next(answer);
    }

    @Override
    public Groups groups() {
        if (!vhost.equals(Catalog.DEFAULT_VHOST)) {
            throw new IllegalStateException("no groups in vhost '" + vhost + "': no listener leads there");
        }
        return engine.coordinators().groups();
    }

    @Override
    public Shares shares() {
        return engine.coordinators().shares();
    }

    @Override
    public Transactions transactions() {
        if (!vhost.equals(Catalog.DEFAULT_VHOST)) {
            throw new IllegalStateException("no transactions in vhost '" + vhost + "': no listener leads there");
        }
        return engine.coordinators().transactions();
    }

    @Override
    public StreamConfig streamConfig() {
        return engine.streams().config();
    }

    @Override
    public void whenCommitted(Runnable done) {
        engine.shard().urgent();
        engine.shard().atTurnEnd(offset -> engine.shard().await(offset, _ -> done.run(), 0));
    }

    @Override
    public boolean underPressure() {
        return engine.shard().underPressure() || engine.alarmed();
    }

    @Override
    public void onRelief(Runnable task) {
        relief.await(task);
    }

    private Catalog catalog() {
        return engine.catalog();
    }
}
