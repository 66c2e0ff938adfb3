package io.headrace.broker;

import io.headrace.catalog.Acl;
import io.headrace.catalog.Decision;
import io.headrace.catalog.TopicDefinition;
import io.headrace.security.User;
import io.headrace.stream.Partition;
import io.headrace.stream.group.GroupTopics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The topics of a vhost for its groups.
///
/// Threads: as [GroupTopics] says.
final class LocalGroupTopics implements GroupTopics {
    private final Engine engine;
    private final String vhost;

    LocalGroupTopics(Engine engine, String vhost) {
        this.engine = engine;
        this.vhost = vhost;
    }

    @Override
    public Optional<Partition> partition(TopicDefinition topic, int index) {
        return index < 0 || index >= topic.partitions().size()
                ? Optional.empty()
                : engine.streams().partition(topic.partitions().get(index));
    }

    @Override
    public boolean visible(String user, String host, String topic) {
        var asked = new User(user, Set.of(), host);
        return engine.authorizer().may(asked, vhost, Acl.Operation.DESCRIBE, Acl.ResourceType.TOPIC, topic);
    }

    @Override
    public void whenCommitted(Runnable done) {
        engine.shard().urgent();
        engine.shard().atTurnEnd(offset -> engine.shard().await(offset, _ -> done.run(), 0));
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
}
