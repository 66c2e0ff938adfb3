package io.headrace.broker;

import io.headrace.catalog.Decision;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Partition;
import io.headrace.stream.TransactionEnd;
import io.headrace.stream.txn.TransactionTopics;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The topics of a vhost, its groups and the ids of producers, for its transactions.
///
/// Threads: the loop.
final class LocalTransactionTopics implements TransactionTopics {
    private final Engine engine;
    private final String vhost;

    LocalTransactionTopics(Engine engine, String vhost) {
        this.engine = engine;
        this.vhost = vhost;
    }

    @Override
    public Optional<TopicDefinition> topic(String name) {
        return engine.catalog().topic(vhost, name);
    }

    @Override
    public Optional<Partition> partition(TopicDefinition topic, int index) {
        return index < 0 || index >= topic.partitions().size()
                ? Optional.empty()
                : engine.streams().partition(topic.partitions().get(index));
    }

    @Override
    public void create(String name, int partitions, Map<String, String> settings, Runnable done) {
        var decision = engine.catalog().decideCreateTopic(vhost, name, engine.randomId(), partitions, settings);
        if (decision instanceof Decision.Change<TopicDefinition> change) {
            engine.change(change.operations(), done);
        } else {
            done.run(); // it was refused: who asked looks for the topic
        }
    }

    @Override
    public void newProducerId(Consumer<Long> answer) {
        engine.producerIds().next(answer);
    }

    @Override
    public void endOffsets(int partition, TransactionEnd end, Runnable done, Consumer<Throwable> failed) {
        engine.coordinators().groups().endTransaction(partition, end, done, failed);
    }
}
