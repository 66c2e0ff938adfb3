package io.headrace.bench;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/// Deletes what [TopicCreation] made.
record TopicDeletion(String topic) implements KafkaWorkload {
    @Override
    public void run(String bootstrap, Report report) throws Exception {
        report.begin();
        try (var admin = Admin.create(KafkaWorkload.settings(bootstrap, Map.of()))) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
        report.end(Map.of("each", 1));
    }
}
