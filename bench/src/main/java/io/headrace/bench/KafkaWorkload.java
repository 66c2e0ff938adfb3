package io.headrace.bench;

import java.util.HashMap;
import java.util.Map;

/// One way to load a broker that speaks Kafka's protocol.
sealed interface KafkaWorkload
        permits DuringCompaction,
                FirstRecord,
                GroupStable,
                ShareFromStart,
                NewPartitions,
                OpenLoop,
                TopicCreation,
                TopicDeletion {
    /// @throws Exception the broker refused or is gone; the process ends with it, and there are no figures
    void run(String bootstrap, Report report) throws Exception;

    /// Settings of a client.
    static Map<String, Object> settings(String bootstrap, Map<String, Object> more) {
        var settings = new HashMap<String, Object>(more);
        settings.put("bootstrap.servers", bootstrap);
        return settings;
    }
}
