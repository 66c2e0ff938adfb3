package io.headrace.kafka;

import io.headrace.broker.Admin;
import io.headrace.broker.AdminCommand;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.OperatorDecisions;
import io.headrace.shard.Loop;
import java.util.function.Consumer;

/// What Kafka's front asks of operators' commands, on a [MemoryBroker].
///
/// Threads: one loop.
record MemoryAdmin(MemoryBroker broker) implements Admin {
    @Override
    public Catalog catalog() {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public Loop loop() {
        throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public void perform(AdminCommand command, Consumer<Outcome> answer) {
        if (!(command instanceof AdminCommand.PutScram(String user, var credentials))) {
            throw new UnsupportedOperationException("not asked for: " + command);
        }
        boolean there = broker.passwords.putIfAbsent(user, "") != null;
        broker.put(OperatorDecisions.SCRAM_SETTINGS + user, credentials);
        broker.soon(() -> answer.accept(there ? new Outcome.Changed() : new Outcome.Created()));
    }
}
