package io.headrace.conformance.kafka;

import io.headrace.conformance.Names;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;

/// Makes topics for tests, and waits for what an [Admin] was asked.
final class Topics {
    private static final long PATIENCE_SECONDS = 30;

    private Topics() {}

    /// A topic with a name of its own.
    ///
    /// @param configs `key=value` words
    static String create(Admin admin, int partitions, String... configs) throws Exception {
        var name = Names.fresh("topic");
        create(admin, name, partitions, configs);
        return name;
    }

    static void create(Admin admin, String name, int partitions, String... configs) throws Exception {
        var topic = new NewTopic(name, Optional.of(partitions), Optional.empty());
        await(admin.createTopics(List.of(topic.configs(KafkaEndpoint.pairs(configs))))
                .all());
    }

    /// @throws java.util.concurrent.ExecutionException with what the broker answered
    static <T> T await(KafkaFuture<T> asked) throws Exception {
        return asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
