package io.headrace.conformance.kafka;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// A consumer that tells every record it reads, commits some of them, and goes on until it is killed.
final class ConsumerProcess {
    private ConsumerProcess() {}

    /// @param words topic, which is also the group; offset to commit; settings
    public static void main(String[] words) {
        var topic = words[0];
        long commit = Long.parseLong(words[1]);
        var settings = Arrays.copyOfRange(words, 2, words.length + 2);
        settings[words.length - 2] = "group.id=" + topic;
        settings[words.length - 1] = "enable.auto.commit=false";
        var kafka = KafkaEndpoint.parse(System.getenv("KAFKA_BOOTSTRAP"));
        try (var consumer = kafka.consumer(settings)) {
            consumer.subscribe(List.of(topic));
            while (true) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.offset() == commit) {
                        consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(commit)));
                    }
                    System.out.println("read " + record.value());
                }
            }
        }
    }
}
