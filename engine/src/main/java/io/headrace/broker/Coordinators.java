package io.headrace.broker;

import io.headrace.catalog.Catalog;
import io.headrace.shard.Shard;
import io.headrace.stream.Streams;
import io.headrace.stream.group.GroupLags;
import io.headrace.stream.group.VhostGroups;
import io.headrace.stream.share.ShareOperations;
import io.headrace.stream.share.Shares;
import io.headrace.stream.txn.Transactions;

/// What the clients of topics are coordinated by: their transactions, their consumer groups and their share groups, all
/// of the default vhost, to which Kafka's listener leads.
///
/// Threads: the loop; before it runs, the thread that recovers.
final class Coordinators {
    private final ShareOperations shareOperations;
    private final Shares shares;
    private final Transactions transactions;
    private final VhostGroups groups;
    private final GroupLags lags;

    /// @param engine is not asked for anything yet
    Coordinators(Engine engine, Engine.Ground ground, Shard shard, Streams streams, Catalog catalog) {
        this.shareOperations = new ShareOperations(shard);
        this.shares =
                new Shares(shard.loop(), shareOperations, streams::partition, group -> groups().ofShareGroup(group));
        shareOperations.attach(shares);
        this.transactions = new Transactions(new Transactions.Ground(
                ground.loop(), new LocalTransactionTopics(engine, Catalog.DEFAULT_VHOST), ground.transactions()));
        var ofGroups = new VhostGroups.Ground(
                ground.loop(),
                catalog,
                Catalog.DEFAULT_VHOST,
                new LocalGroupTopics(engine, Catalog.DEFAULT_VHOST),
                shares,
                ground.groups(),
                transactions.offsets());
        this.groups = new VhostGroups(ofGroups);
        this.lags = new GroupLags(ofGroups, groups);
    }

    /// Behind what makes partitions.
    void listen(Catalog catalog) {
        catalog.addListener(groups.listener());
        catalog.addListener(transactions.listener());
    }

    void start() {
        transactions.start();
    }

    void stop(Runnable done) {
        transactions.stop();
        groups.stop(done);
    }

    ShareOperations shareOperations() {
        return shareOperations;
    }

    Shares shares() {
        return shares;
    }

    Transactions transactions() {
        return transactions;
    }

    VhostGroups groups() {
        return groups;
    }

    GroupLags lags() {
        return lags;
    }
}
